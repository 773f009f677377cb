//! A film whose every frame says its number and whose sound says its place, so that what a file shows can be read off
//! its pictures and sound alone: which frames, when, and what is heard beside them.
//!
//! Sound: a short beep each second, at 0.4, 1.4, 2.4, ... seconds of the film, each of another pitch.

use std::fs;
use std::path::{Path, PathBuf};

/// Width and height.
pub const SIZE: (usize, usize) = (160, 96);
/// Frames a second.
pub const RATE: f64 = 25.0;
/// Samples a second.
pub const SAMPLES: usize = 48_000;

/// Bits of a frame's number, from left to right; below each stands its opposite.
const BITS: usize = 12;
const CELL: (usize, usize) = (13, 16);

/// Seconds of a beep.
const BEEP: f64 = 0.08;

/// A stretch of the film, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Where it begins.
    pub from: f64,
    /// How long it is.
    pub seconds: f64,
}

/// What a file shows and lets hear; times in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// When each frame is shown, and its number.
    pub frames: Vec<(f64, u32)>,
    /// Each sound track.
    pub tracks: Vec<Sound>,
    /// From, to, text.
    pub cues: Vec<(f64, f64, String)>,
    /// From, to, title.
    pub chapters: Vec<(f64, f64, String)>,
}

/// A sound track.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sound {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// When each beep begins, and its pitch in Hz.
    pub beeps: Vec<(f64, f64)>,
}

impl Part {
    /// The first `seconds` of the film.
    pub fn first(seconds: f64) -> Part {
        Part { from: 0.0, seconds }
    }

    /// What it shows, from its own beginning.
    pub fn shown(self) -> Shown {
        let to = self.from + self.seconds;
        let (first, last) = ((self.from * RATE).round() as u32, (to * RATE).round() as u32);
        let frames = (first..last).map(|n| (f64::from(n) / RATE - self.from, n)).collect();
        let beeps = (0..100).map(beep).filter(|(at, _)| *at >= self.from && *at < to);
        let beeps = beeps.map(|(at, pitch)| (at - self.from, pitch)).collect();
        let sound = Sound { from: 0.0, to: self.seconds, beeps };
        Shown { frames, tracks: vec![sound], ..Shown::default() }
    }

    /// Writes its frames (luma of [`SIZE`]) and its samples (16 bits, one channel) into this folder.
    pub fn write(self, folder: &Path) -> (PathBuf, PathBuf) {
        let (pictures, sound) = (folder.join("pictures.gray"), folder.join("sound.s16"));
        let frames: Vec<u8> = self.shown().frames.iter().flat_map(|(_, n)| luma(*n)).collect();
        fs::write(&pictures, frames).unwrap();
        let samples = (self.seconds * SAMPLES as f64) as usize;
        let at = |n: usize| self.from + n as f64 / SAMPLES as f64;
        let bytes: Vec<u8> = (0..samples).flat_map(|n| sample(at(n)).to_le_bytes()).collect();
        fs::write(&sound, bytes).unwrap();
        (pictures, sound)
    }
}

/// When beep number `k` begins, and its pitch.
fn beep(k: u32) -> (f64, f64) {
    (f64::from(k) + 0.4, 600.0 + 150.0 * f64::from(k))
}

/// A low hum, and the beeps.
fn sample(at: f64) -> i16 {
    let tone = |pitch: f64| (at * pitch * std::f64::consts::TAU).sin();
    let (begin, pitch) = beep(at.max(0.4) as u32 - u32::from(at.fract() < 0.4 && at >= 1.0));
    let beeps = (begin..begin + BEEP).contains(&at);
    let level = tone(200.0) * 0.02 + if beeps { tone(pitch) * 0.5 } else { 0.0 };
    (level * 32_767.0) as i16
}

/// A frame: its number on top, below it waves that move.
pub fn luma(number: u32) -> Vec<u8> {
    let (width, height) = SIZE;
    let pixel = |x: usize, y: usize| match y / CELL.1 {
        row @ 0..2 if x < BITS * CELL.0 => {
            let bit = number >> (BITS - 1 - x / CELL.0) & 1;
            if (bit == 1) == (row == 0) { 235 } else { 20 }
        }
        _ => {
            let wave = |a: usize, speed: u32, long: f64| (f64::from(a as u32 + number * speed) / long).sin();
            (128.0 + 70.0 * wave(x, 3, 11.0) * wave(y, 2, 9.0)) as u8
        }
    };
    (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect()
}

/// The number on a frame; nothing where the picture is damaged there.
pub fn number_on(frame: &[u8]) -> Option<u32> {
    let bright = |column: usize, row: usize| {
        let (x, y) = (column * CELL.0 + CELL.0 / 2, row * CELL.1 + CELL.1 / 2);
        let near = (y - 3..y + 3).flat_map(|y| (x - 2..x + 3).map(move |x| y * SIZE.0 + x));
        let sum: usize = near.map(|at| usize::from(frame[at])).sum();
        match sum / 30 {
            0..90 => Some(0),
            166.. => Some(1),
            _ => None,
        }
    };
    (0..BITS).try_fold(0, |number, column| {
        let (bit, opposite) = (bright(column, 0)?, bright(column, 1)?);
        (bit != opposite).then_some(number << 1 | bit)
    })
}

impl Shown {
    /// The same, so many seconds later.
    #[must_use]
    pub fn later(mut self, by: f64) -> Shown {
        self.frames.iter_mut().for_each(|(at, _)| *at += by);
        for sound in &mut self.tracks {
            sound.from += by;
            sound.to += by;
            sound.beeps.iter_mut().for_each(|(at, _)| *at += by);
        }
        for (from, to, _) in self.cues.iter_mut().chain(&mut self.chapters) {
            *from += by;
            *to += by;
        }
        self
    }

    /// This one, and another behind it that begins at `at`.
    #[must_use]
    pub fn then(mut self, other: Shown, at: f64) -> Shown {
        let other = other.later(at);
        self.frames.extend(other.frames);
        for (sound, more) in self.tracks.iter_mut().zip(other.tracks) {
            sound.to = more.to;
            sound.beeps.extend(more.beeps);
        }
        self.cues.extend(other.cues);
        self.chapters.extend(other.chapters);
        self
    }

    /// What is shown from `from` on for `seconds`, as a film of its own.
    #[must_use]
    pub fn between(&self, from: f64, seconds: f64) -> Shown {
        // A frame belongs to the piece in which it begins.
        let inside = |at: f64| at > from - 0.001 && at < from + seconds - 0.001;
        let mut piece = self.clone();
        piece.frames.retain(|(at, _)| inside(*at));
        for sound in &mut piece.tracks {
            (sound.from, sound.to) = (sound.from.max(from), sound.to.min(from + seconds));
            sound.beeps.retain(|(at, _)| inside(*at));
        }
        piece.later(-from)
    }

    /// Without pictures, subtitles and all but the sound.
    #[must_use]
    pub fn sound_alone(self) -> Shown {
        Shown { frames: Vec::new(), cues: Vec::new(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_and_damage_is_no_number() {
        for n in [0, 1, 7, 1000, 4095] {
            assert_eq!(number_on(&luma(n)), Some(n));
        }
        assert_eq!(number_on(&vec![235; SIZE.0 * SIZE.1]), None);
    }

    #[test]
    fn each_second_has_a_beep_of_its_own() {
        let loud = |from: f64| (0..400).map(|n| sample(from + f64::from(n) / 48_000.0)).max().unwrap();
        for k in 0..5 {
            let at = f64::from(k);
            assert!(loud(at + 0.41) > 10_000 && loud(at + 0.3) < 1000 && loud(at + 0.5) < 1000, "{k}");
        }
    }
}
