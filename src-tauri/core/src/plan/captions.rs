//! Closed captions in the picture: they stay there where the video encoder keeps them, and become a subtitle track
//! otherwise.
//!
//! Pure.

use super::encode::{EncodeSpec, Settings, TextSettings};
use super::encoder::Encoder;
use super::{Action, Plan, Planned};
use crate::captions::{Captions, Service};
use crate::media::{Kind, MediaInfo};
use crate::preset::{Container, Preset, Subtitles};

/// The only encoder known to keep captions (checked with ffmpeg 5.1 and 9.0).
const KEEPS: Encoder = Encoder::X264;

impl Plan {
    /// Whether the moving picture is encoded.
    pub(crate) fn converts_picture(&self) -> bool {
        self.picture().is_some_and(|picture| picture.action.converts())
    }

    /// Kept streams of the source that have timestamps. Covers and attached files have none.
    pub(crate) fn timed(&self) -> impl Iterator<Item = &Planned> {
        let timed = |s: &&Planned| {
            s.kind != Kind::Attachment && !s.cover && s.captions.is_none() && s.rewritten.is_none()
        };
        self.kept().filter(timed)
    }

    /// Whether the file has captions that the video encoder must preserve.
    pub(crate) fn carries_captions(&self, info: &MediaInfo) -> bool {
        let any = info.captions.as_ref().is_some_and(|captions| !captions.is_empty());
        any && self.keeps_captions()
    }

    /// Adds a track for each caption service in `info` that the encoded picture would lose.
    #[must_use]
    pub(crate) fn captioned(mut self, info: &MediaInfo, preset: &Preset) -> Plan {
        let wanted = preset.subtitles != Subtitles::Drop && self.container != Container::M4a;
        let found = info.captions.iter().flatten().filter(|_| wanted && self.loses_captions());
        let first = self.streams.iter().map(|stream| stream.input + 1).max().unwrap_or(0);
        let alone = info.captions.as_ref().is_some_and(|all| all.len() == 1);
        let tracks: Vec<Planned> =
            found.enumerate().map(|(n, captions)| self.track(n, first + n, captions, alone)).collect();
        self.streams.extend(tracks);
        self
    }

    fn loses_captions(&self) -> bool {
        !self.has_caption_tracks() && self.converts_picture() && !self.keeps_captions()
    }

    /// Captions that have a track must not be shown in the picture too.
    fn has_caption_tracks(&self) -> bool {
        self.streams.iter().any(|stream| stream.captions.is_some())
    }

    /// Captions are stored per frame, so no frame may be dropped.
    fn keeps_captions(&self) -> bool {
        let keeps = |spec: &EncodeSpec| spec.encoder == KEEPS && !spec.frames_change;
        let spec = self.picture().and_then(|picture| picture.action.encoded());
        !self.has_caption_tracks() && spec.is_some_and(keeps)
    }

    fn track(&self, n: usize, input: usize, captions: &Captions, alone: bool) -> Planned {
        let (from, name) = match captions.service {
            Service::Channel(n) => ("eia_608", format!("CC{n}")),
            Service::Digital(n) => ("cea_708", format!("service {n}")),
        };
        let title = if alone { "Closed captions".into() } else { format!("Closed captions ({name})") };
        let (codec, encoder) = match self.container {
            Container::Mkv => ("subrip", Encoder::Subrip),
            _ => ("mov_text", Encoder::MovText),
        };
        let settings = Settings::Text(TextSettings::default());
        Planned {
            input,
            kind: Kind::Subtitle,
            codec: from.into(),
            cover: false,
            language: None,
            title: Some(title),
            further: false,
            default: false,
            titled_as_film: false,
            captions: Some(n),
            rewritten: None,
            file: std::collections::BTreeMap::new(),
            action: Action::Convert(Box::new(EncodeSpec::new(codec, encoder, settings))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::Line;
    use crate::media::{Picture, Stream};
    use crate::plan::{Abilities, plan, steps};
    use crate::preset;
    use crate::spec::JobSpec;
    use std::path::Path;

    fn info(services: &[Service], rate: f64) -> MediaInfo {
        let (width, height, rate) = (640, 360, Some(rate));
        let picture = Picture { width, height, rate, bits: 8, pixel_aspect: 1.0, ..Picture::default() };
        let (kind, codec) = (Kind::Video, "hevc".into());
        let stream = Stream { index: 4, kind, codec, video: Some(picture), ..Stream::default() };
        let lines = vec![Line { begin: 1.0, end: 2.0, text: "A".into() }];
        let captions = services.iter().map(|service| Captions { service: *service, lines: lines.clone() });
        MediaInfo { streams: vec![stream], captions: Some(captions.collect()), ..MediaInfo::default() }
    }

    /// Arguments of the encode, joined.
    fn command(services: &[Service], rate: f64, preset: &str) -> String {
        let spec = JobSpec::of(preset::find(preset).unwrap().clone());
        let plan = plan(&info(services, rate), &spec, &Abilities::default()).unwrap();
        let steps = steps(&plan, Path::new("/v/x.ts"), Path::new("/o/.part"), Path::new("/d/notes"));
        steps[0].arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    const CC1: Service = Service::Channel(1);

    #[test]
    fn captions_become_a_track_where_the_encoder_would_lose_them() {
        let line = command(&[CC1, Service::Channel(3)], 30.0, "small-hevc");
        let input = "-f srt -seek_timestamp 1 -i file:/d/notes.captions";
        assert!(line.contains(&format!("{input}0.srt {input}1.srt -map 0:4 -map 1:0 -map 2:0")), "{line}");
        assert!(
            line.contains(
                "-c:s:1 mov_text -time_base:s:1 1/1000 -metadata:s:s:1 title=Closed captions (CC3)"
            ),
            "{line}"
        );
        let line = command(&[CC1], 30.0, "archive-av1");
        assert!(line.contains("-c:s:0 srt -metadata:s:s:0 title=Closed captions "), "{line}");
        assert!(!command(&[], 30.0, "small-hevc").contains("-f srt"));
    }

    #[test]
    fn captions_stay_in_the_picture_where_all_frames_are_kept() {
        let line = command(&[CC1], 30.0, "web-1080p");
        assert!(!line.contains("-f srt") && !line.contains("a53cc"), "{line}");
        let line = command(&[CC1], 120.0, "web-1080p");
        assert!(line.contains("-f srt") && line.contains("-a53cc:v:0 0"), "not shown twice: {line}");
        assert!(!command(&[CC1], 30.0, "remux-mp4").contains("-f srt"));
    }

    #[test]
    fn captions_are_added_once_and_not_against_the_preset() {
        let spec = JobSpec::of(preset::find("small-hevc").unwrap().clone());
        let info = info(&[CC1], 30.0);
        let planned = plan(&info, &spec, &Abilities::default()).unwrap();
        let (tracks, inputs) = (planned.streams.len(), planned.timed().count());
        assert_eq!((tracks, inputs, planned.captioned(&info, &spec.preset).streams.len()), (2, 1, 2));
        let without = Preset { subtitles: Subtitles::Drop, ..spec.preset };
        let planned = plan(&info, &JobSpec::of(without), &Abilities::default()).unwrap();
        assert!(planned.streams.len() == 1 && !planned.carries_captions(&info));
    }
}
