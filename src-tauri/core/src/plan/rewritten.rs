//! Subtitles that are given to ffmpeg as a file of our own: those that it cannot read, or of which it would lose some.
//!
//! Pure. Must not know how the cues are read.

use super::encode::{Settings, TextSettings};
use super::{Action, Plan, Planned};
use crate::media::{Kind, Stream};
use crate::subtitles;

/// The format of that file, where this stream, with which this is done, needs one.
pub(super) fn format(stream: &Stream, action: &Action) -> Option<String> {
    let converted = stream.kind == Kind::Subtitle && action.converts();
    let needed = || match &stream.cues {
        Some(cues) => (subtitles::is_foreign(stream) || cues.needs_rewriting()).then(|| cues.format()),
        None => subtitles::is_foreign(stream).then_some("srt"),
    };
    if converted { needed().map(str::to_owned) } else { None }
}

/// Has its marks passed on, as ffmpeg does by itself of a stream that it reads.
pub(super) fn mark(action: &mut Action, stream: &Stream) {
    let default = stream.default.then_some("default");
    let marks = default.into_iter().chain(stream.roles.iter().map(String::as_str));
    if let Action::Convert(spec) = action {
        let marks = Some(marks.map(str::to_owned).collect());
        spec.settings = Some(Settings::Text(TextSettings { marks }));
    }
}

impl Plan {
    /// Are there texts that are converted, of which all should be known?
    pub(crate) fn converts_texts(&self) -> bool {
        let converted = |s: &Planned| s.action.converts() && s.captions.is_none();
        self.kept().any(|s| s.kind == Kind::Subtitle && converted(s))
    }
}

/// The streams that have such a file, in the order of their inputs.
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
    fn what_ffmpeg_cannot_read_is_an_input_of_its_own_behind_all_others() {
        let stream =
            |index, kind, codec: &str| Stream { index, kind, codec: codec.into(), ..Stream::default() };
        let sound = Stream { channels: Some(2), ..stream(0, Kind::Audio, "aac") };
        let picture = crate::media::Picture { width: 64, height: 64, bits: 8, ..Default::default() };
        let film = Stream { video: Some(picture), ..stream(1, Kind::Video, "h264") };
        let subtitles = [stream(2, Kind::Subtitle, "mov_text"), stream(3, Kind::Subtitle, "wvtt")];
        let streams = [vec![sound, film], subtitles.into()].concat();
        let info = MediaInfo { streams, ..MediaInfo::default() };
        let line = |plan: &Plan| {
            let steps = steps(plan, Path::new("/v/x.mp4"), Path::new("/o/.part"), Path::new("/d/n"));
            let written = steps.iter().find(|step| step.writes).unwrap();
            written.arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
        };
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let plan = plan(&info, &spec, &Abilities::default()).unwrap();
        let whole = line(&plan);
        let own = "-f srt -seek_timestamp 1 -i file:/d/n.rewritten3 -map 0:1 -map 0:0 -map 0:2 -map 1:0";
        assert!(whole.contains(own) && whole.contains("-c:s:1 mov_text"), "{whole}");
        let clipped = line(&plan.clipped(&info, 1.0));
        assert!(clipped.contains("-map 0:2 -map 2:0"), "{clipped}");
    }
}
