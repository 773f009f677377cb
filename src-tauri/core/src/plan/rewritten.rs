//! Subtitles that ffmpeg reads from a file that Spool writes: formats it cannot read, or of which it would lose cues.
//!
//! Pure. Must not know how the cues are read.

use super::encode::{Settings, TextSettings};
use super::{Action, Plan, Planned};
use crate::media::{Kind, Stream};
use crate::subtitles;

/// Format of that file, or `None` where this stream with this action needs none.
pub(super) fn format(stream: &Stream, action: &Action) -> Option<String> {
    let converted = stream.kind == Kind::Subtitle && action.converts();
    let needed = || match &stream.cues {
        Some(cues) => (subtitles::is_foreign(stream) || cues.needs_rewriting()).then(|| cues.format()),
        None => subtitles::is_foreign(stream).then_some("srt"),
    };
    if converted { needed().map(str::to_owned) } else { None }
}

/// Passes the dispositions on, as ffmpeg does itself for a stream that it reads.
pub(super) fn mark(action: &mut Action, stream: &Stream) {
    let default = stream.default.then_some("default");
    let marks = default.into_iter().chain(stream.roles.iter().map(String::as_str));
    if let Action::Convert(spec) = action {
        let marks = Some(marks.map(str::to_owned).collect());
        spec.settings = Some(Settings::Text(TextSettings { marks }));
    }
}

impl Plan {
    /// Whether text subtitles are converted, so that all cues must be known.
    pub(crate) fn converts_texts(&self) -> bool {
        let converted = |s: &Planned| s.action.converts() && s.captions.is_none();
        self.kept().any(|s| s.kind == Kind::Subtitle && converted(s))
    }
}

/// Streams that have such a file, in the order of the inputs.
pub(super) fn streams(plan: &Plan) -> impl Iterator<Item = &Planned> {
    plan.kept().filter(|s| s.rewritten.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::MediaInfo;
    use crate::plan::{Abilities, plan, steps};
    use crate::preset;
    use crate::spec::JobSpec;
    use std::path::Path;

    #[test]
    fn rewritten_subtitles_are_the_last_input() {
        let stream =
            |index, kind, codec: &str| Stream { index, kind, codec: codec.into(), ..Stream::default() };
        let sound = Stream { channels: Some(2), ..stream(0, Kind::Audio, "aac") };
        let picture = crate::media::Picture { width: 64, height: 64, bits: 8, ..Default::default() };
        let video = Stream { video: Some(picture), ..stream(1, Kind::Video, "h264") };
        let subtitles = [stream(2, Kind::Subtitle, "mov_text"), stream(3, Kind::Subtitle, "wvtt")];
        let streams = [vec![sound, video], subtitles.into()].concat();
        let info = MediaInfo { streams, ..MediaInfo::default() };
        let line = |plan: &Plan| {
            let steps = steps(plan, Path::new("/v/x.mp4"), Path::new("/o/.part"), Path::new("/d/n"));
            let written = steps.iter().find(|step| step.writes).unwrap();
            written.arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
        };
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let plan = plan(&info, &spec, &Abilities::default()).unwrap();
        let whole = line(&plan);
        let input = "-f srt -seek_timestamp 1 -i file:/d/n.rewritten3 -map 0:1 -map 0:0 -map 0:2 -map 1:0";
        assert!(whole.contains(input) && whole.contains("-c:s:1 mov_text"), "{whole}");
        let clipped = line(&plan.clipped(&info, 1.0));
        assert!(clipped.contains("-map 0:2 -map 2:0"), "{clipped}");
    }
}
