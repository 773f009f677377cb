//! A reference video in which every frame shows its number and beeps mark the time in the audio, so that the content of
//! a file can be read from its decoded frames and samples alone: which frames, when, and which audio with them.
//!
//! The audio has a short beep each second, at 0.4, 1.4, 2.4, ... seconds of the video, each with a pitch of its own.

use std::fs;
use std::path::{Path, PathBuf};

/// Width and height in pixels.
pub const SIZE: (usize, usize) = (160, 96);
/// Frames per second.
pub const RATE: f64 = 25.0;
/// Samples per second.
pub const SAMPLES: usize = 48_000;

/// Bits of a frame number, the most significant on the left; below each is its complement.
const BITS: usize = 12;
/// Width and height of a bit in pixels.
const CELL: (usize, usize) = (13, 16);

/// Duration of a beep in seconds.
const BEEP: f64 = 0.08;

/// A part of the video, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Start in the video.
    pub from: f64,
    /// Duration.
    pub seconds: f64,
}

/// The content of a file; times in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// Presentation time and number of each frame.
    pub frames: Vec<(f64, u32)>,
    /// The audio streams.
    pub tracks: Vec<Sound>,
    /// Start, end and text of each subtitle.
    pub cues: Vec<(f64, f64, String)>,
    /// Start, end and title of each chapter.
    pub chapters: Vec<(f64, f64, String)>,
}

/// The content of an audio stream; times in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sound {
    /// Start.
    pub from: f64,
    /// End.
    pub to: f64,
    /// Start and pitch, in Hz, of each beep.
    pub beeps: Vec<(f64, f64)>,
}

impl Part {
    /// Returns the first `seconds` of the video.
    pub fn first(seconds: f64) -> Part {
        Part { from: 0.0, seconds }
    }

    /// Returns its content; times count from its own start.
    pub fn shown(self) -> Shown {
        let to = self.from + self.seconds;
        let (first, last) = ((self.from * RATE).round() as u32, (to * RATE).round() as u32);
        let frames = (first..last).map(|n| (f64::from(n) / RATE - self.from, n)).collect();
        let beeps = (0..100).map(beep).filter(|(at, _)| *at >= self.from && *at < to);
        let beeps = beeps.map(|(at, pitch)| (at - self.from, pitch)).collect();
        let audio = Sound { from: 0.0, to: self.seconds, beeps };
        Shown { frames, tracks: vec![audio], ..Shown::default() }
    }

    /// Writes its frames (luma of [`SIZE`]) and its samples (16 bits, one channel) into this folder, and
    /// returns both paths.
    pub fn write(self, folder: &Path) -> (PathBuf, PathBuf) {
        let (video, audio) = (folder.join("pictures.gray"), folder.join("sound.s16"));
        let frames: Vec<u8> = self.shown().frames.iter().flat_map(|(_, n)| luma(*n)).collect();
        fs::write(&video, frames).unwrap();
        let samples = (self.seconds * SAMPLES as f64) as usize;
        let at = |n: usize| self.from + n as f64 / SAMPLES as f64;
        let bytes: Vec<u8> = (0..samples).flat_map(|n| sample(at(n)).to_le_bytes()).collect();
        fs::write(&audio, bytes).unwrap();
        (video, audio)
    }
}

/// Returns the start of beep number `k` in seconds, and its pitch in Hz.
fn beep(k: u32) -> (f64, f64) {
    (f64::from(k) + 0.4, 600.0 + 150.0 * f64::from(k))
}

/// Returns the sample at this time: a low hum, and the beeps.
fn sample(at: f64) -> i16 {
    let tone = |pitch: f64| (at * pitch * std::f64::consts::TAU).sin();
    let (begin, pitch) = beep(at.max(0.4) as u32 - u32::from(at.fract() < 0.4 && at >= 1.0));
    let beeps = (begin..begin + BEEP).contains(&at);
    let level = tone(200.0) * 0.02 + if beeps { tone(pitch) * 0.5 } else { 0.0 };
    (level * 32_767.0) as i16
}

/// Returns the luma of a frame: its number at the top, and moving waves elsewhere.
pub fn luma(number: u32) -> Vec<u8> {
    let (width, height) = SIZE;
    let pixel = |x: usize, y: usize| match y / CELL.1 {
        row @ 0..2 if x < BITS * CELL.0 => {
            let bit = number >> (BITS - 1 - x / CELL.0) & 1;
            if (bit == 1) == (row == 0) { 235 } else { 20 }
        }
        _ => {
            let wave = |a: usize, speed: u32, size: f64| (f64::from(a as u32 + number * speed) / size).sin();
            (128.0 + 70.0 * wave(x, 3, 11.0) * wave(y, 2, 9.0)) as u8
        }
    };
    (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect()
}

/// Reads the number on a frame; `None` if that part of the frame is damaged.
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
    /// Shifts all times by `by` seconds.
    #[must_use]
    pub fn later(mut self, by: f64) -> Shown {
        self.frames.iter_mut().for_each(|(at, _)| *at += by);
        for track in &mut self.tracks {
            track.from += by;
            track.to += by;
            track.beeps.iter_mut().for_each(|(at, _)| *at += by);
        }
        for (from, to, _) in self.cues.iter_mut().chain(&mut self.chapters) {
            *from += by;
            *to += by;
        }
        self
    }

    /// Appends another content, which starts at `at` seconds.
    #[must_use]
    pub fn then(mut self, other: Shown, at: f64) -> Shown {
        let other = other.later(at);
        self.frames.extend(other.frames);
        for (track, more) in self.tracks.iter_mut().zip(other.tracks) {
            track.to = more.to;
            track.beeps.extend(more.beeps);
        }
        self.cues.extend(other.cues);
        self.chapters.extend(other.chapters);
        self
    }

    /// Returns the frames and audio of `seconds` from `from` on; times count from there. Subtitles and chapters are
    /// shifted but not cut.
    #[must_use]
    pub fn between(&self, from: f64, seconds: f64) -> Shown {
        // A frame belongs to the part in which it starts.
        let inside = |at: f64| at > from - 0.001 && at < from + seconds - 0.001;
        let mut part = self.clone();
        part.frames.retain(|(at, _)| inside(*at));
        for track in &mut part.tracks {
            (track.from, track.to) = (track.from.max(from), track.to.min(from + seconds));
            track.beeps.retain(|(at, _)| inside(*at));
        }
        part.later(-from)
    }

    /// Removes frames and subtitles. Chapters stay.
    #[must_use]
    pub fn sound_alone(self) -> Shown {
        Shown { frames: Vec::new(), cues: Vec::new(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_numbers_are_read_back_unless_damaged() {
        for n in [0, 1, 7, 1000, 4095] {
            assert_eq!(number_on(&luma(n)), Some(n));
        }
        assert_eq!(number_on(&vec![235; SIZE.0 * SIZE.1]), None);
    }

    #[test]
    fn each_second_has_one_beep() {
        let loud = |from: f64| (0..400).map(|n| sample(from + f64::from(n) / 48_000.0)).max().unwrap();
        for k in 0..5 {
            let at = f64::from(k);
            assert!(loud(at + 0.41) > 10_000 && loud(at + 0.3) < 1000 && loud(at + 0.5) < 1000, "{k}");
        }
    }
}
