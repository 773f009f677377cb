//! Fits the channels of converted audio to an encoder: the layout, and the filters that produce it.
//!
//! Pure. Guarantees that no channel gets quieter, that none is lost that the layout can hold, and that a mix stays
//! below full scale.

use super::encode::{Mixed, SoundFilter};
use super::layouts::{self, AAC, OPUS};
use crate::media::{Stream, speakers};
use crate::preset::AudioCodec;

/// Maximum number of channels of AAC and Opus.
pub(super) const MAX_CHANNELS: u32 = 8;

/// Channels that fit the encoder.
pub(super) struct Fitted {
    /// Number of channels.
    pub(super) count: u32,
    /// Filters, in order.
    pub(super) filters: Vec<SoundFilter>,
    /// The last filter is a limiter.
    pub(super) limited: bool,
}

/// Fits the channels of a track to an encoder, with at most this many.
pub(super) fn fitted(stream: &Stream, codec: AudioCodec, most: u32) -> Fitted {
    let had = stream.channels.unwrap_or(2);
    if codec == AudioCodec::Pcm && had <= most {
        let filters = named(&stream.layout).into_iter().collect();
        return Fitted { count: had, filters, limited: false };
    }
    let source = Source::of(stream, had);
    let all = if codec == AudioCodec::Opus { OPUS } else { AAC };
    let small = all.iter().copied().filter(|layout| speakers::of(layout).len() <= most as usize);
    if speakers::of(&stream.layout).is_empty()
        && let Some(layout) = small.clone().find(|layout| speakers::of(layout).len() == had as usize)
    {
        // ffmpeg guesses a layout here, and a mapping by speaker names could silence channels.
        let layout = layout.to_owned();
        let filter = if source.known { SoundFilter::Layout { layout } } else { SoundFilter::Name { layout } };
        return Fitted { count: had, filters: vec![filter], limited: false };
    }
    let layout = if had == 1 { "mono" } else { layouts::best(&source.places, small).unwrap_or("mono") };
    let filters = source.filters(layout);
    let limited = filters.contains(&LIMIT);
    Fitted { count: speakers::of(layout).len() as u32, filters, limited }
}

/// Names the layout, so that the first decoded frame does not decide it.
fn named(layout: &str) -> Option<SoundFilter> {
    speakers::is_named(layout).then(|| SoundFilter::Layout { layout: layout.to_owned() })
}

/// Channels of a track.
struct Source<'a> {
    /// Speaker names.
    places: Vec<&'a str>,
    /// Channel names in the filter.
    names: Vec<String>,
    /// ffmpeg assumes the same speakers itself.
    known: bool,
}

/// Layout assumed for channels without speakers, by their number; further channels count as top centre.
const DEFAULT_LAYOUTS: [&str; 8] = ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"];

impl<'a> Source<'a> {
    fn of(stream: &'a Stream, had: u32) -> Source<'a> {
        let places = speakers::of(&stream.layout);
        if places.len() == had as usize {
            let names = places.iter().map(|name| (*name).to_owned()).collect();
            let standard = layouts::standard(&places);
            let known = speakers::is_named(&stream.layout) && standard == places;
            return Source { places: standard, names, known };
        }
        let default_layout = DEFAULT_LAYOUTS[(had.clamp(1, MAX_CHANNELS) - 1) as usize];
        let mut places = speakers::of(default_layout);
        places.resize(had.max(1) as usize, "TC");
        // ffmpeg guesses other speakers for three and four channels, and none for most larger numbers.
        let known = matches!(had, 1 | 2 | 5..=8);
        Source { places, names: (0..had.max(1)).map(|n| format!("c{n}")).collect(), known }
    }

    /// Leaves speakers that the layout has to ffmpeg, which also handles later changes in the stream; writes all else
    /// out as a mix.
    fn filters(&self, layout: &'static str) -> Vec<SoundFilter> {
        let target = speakers::of(layout);
        let alone = |name: &str| {
            matches!(name, "SL" | "SR") && !self.places.contains(&"BL") && target.contains(&"BL")
        };
        let held = |name: &&str| target.contains(name) || alone(name);
        if self.known && self.places.iter().all(held) {
            return vec![SoundFilter::Layout { layout: layout.to_owned() }];
        }
        if self.places.len() == 1 {
            let only = Mixed { to: "FC".into(), from: vec![(1.0, "c0".into())] };
            return vec![SoundFilter::Mix { layout: "mono".into(), channels: vec![only] }];
        }
        mixed(layout, &target, self)
    }
}

/// Speakers that the audio may have as well, where its layout changes in the stream.
const COMMON_SPEAKERS: [&str; 9] = ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR", "BC"];

/// Headroom below full scale for what a lossy encoder may add: with pure tones, ffmpeg's AAC encoder added up to 3
/// dB. The limiter looks ahead, and does not delay the audio.
const LIMIT: SoundFilter = SoundFilter::Limit { level: 0.708 };

fn mixed(layout: &str, target: &[&'static str], source: &Source<'_>) -> Vec<SoundFilter> {
    let own: Vec<(&str, &str)> =
        source.places.iter().copied().zip(source.names.iter().map(String::as_str)).collect();
    let is_new = |name: &&str| !own.iter().any(|(_, own)| own == name || own.starts_with('c'));
    let others = COMMON_SPEAKERS.into_iter().filter(is_new).map(|name| (name, name));
    let all: Vec<(&str, &str)> = own.iter().copied().chain(others).collect();
    let shares = |of: &[(&str, &str)], to: &str| -> Vec<(f64, String)> {
        let share = |(place, name): &(&str, &str)| {
            let shares = layouts::place(place, &source.places, target).into_iter();
            let level: f64 = shares.filter(|(_, speaker)| *speaker == to).map(|(level, _)| level).sum();
            (level > 0.0).then(|| (level, (*name).to_owned()))
        };
        of.iter().filter_map(share).collect()
    };
    let loudness = |to: &&str| shares(&own, to).iter().map(|(level, _)| level).sum::<f64>();
    let channels = target.iter().map(|to| Mixed { to: (*to).to_owned(), from: shares(&all, to) });
    let channels = channels.filter(|channel| !channel.from.is_empty()).collect();
    let mix = SoundFilter::Mix { layout: layout.to_owned(), channels };
    if target.iter().map(loudness).all(|loudness| loudness <= 1.0) {
        return vec![mix];
    }
    // Integer samples would clip in the mix.
    vec![SoundFilter::Float, mix, LIMIT]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(channels: u32, layout: &str, codec: AudioCodec, most: u32) -> Vec<String> {
        let stream = Stream { channels: Some(channels), layout: layout.into(), ..Stream::default() };
        fitted(&stream, codec, most).filters.iter().map(crate::plan::render::sound_filter).collect()
    }

    #[test]
    fn mix_is_written_out_only_where_the_layout_lacks_speakers() {
        let aac = |channels, layout| filters(channels, layout, AudioCodec::Aac, MAX_CHANNELS);
        assert_eq!(aac(2, ""), ["aformat=channel_layouts=stereo"]);
        assert_eq!(aac(3, "2.1"), ["aformat=channel_layouts=5.1"]);
        assert_eq!(aac(6, "5.1(side)"), ["aformat=channel_layouts=5.1"]);
        assert_eq!(aac(1, "1 channels (LFE)"), ["pan=mono|FC=c0"]);
        assert_eq!(aac(3, ""), ["channelmap=channel_layout=3.0"]);
        let opus = filters(6, "hexagonal", AudioCodec::Opus, MAX_CHANNELS);
        assert!(opus[0].starts_with("pan=6.1|FL=FL|FR=FR|FC=FC|LFE=LFE|BC=BC|SL=BL"), "{opus:?}");
        let [pan] = &aac(5, "5 channels (FL+FR+LFE+BL+BR)")[..] else { panic!() };
        assert!(pan.starts_with("pan=5.1|FL=FL|FR=FR|FC=FC|LFE=LFE|BL=BL+"), "{pan}");
        let [_, pan, limit] = &aac(8, "7.1(wide)")[..] else { panic!() };
        assert!(pan.starts_with("pan=5.1|FL=FL+FLC|FR=FR+FRC|FC=FC|LFE=LFE|BL=BL+"), "{pan}");
        assert!(limit.starts_with("alimiter=limit=0.708"));
        assert!(aac(10, "")[1].ends_with("|SL=c6|SR=c7") && aac(10, "")[1].contains("FL=c0+0.5000*c8"));
    }

    #[test]
    fn downmix_follows_bs_775_and_stays_below_full_scale() {
        let mix = filters(6, "5.1(side)", AudioCodec::Aac, 2);
        assert!(mix[1].starts_with("pan=stereo|FL=FL+0.7071*FC+0.7071*SL+"), "{mix:?}");
        assert_eq!((mix.len(), mix[2].as_str()), (3, "alimiter=limit=0.708:level=0:latency=1"));
        assert!(filters(2, "stereo", AudioCodec::Aac, 1)[1].starts_with("pan=mono|FC=0.7071*FL+0.7071*FR"));
    }

    #[test]
    fn pcm_keeps_every_layout() {
        let pcm = |channels, layout| filters(channels, layout, AudioCodec::Pcm, u32::MAX);
        assert_eq!(pcm(6, "5.1(side)"), ["aformat=channel_layouts=5.1(side)"]);
        assert_eq!(pcm(24, "22.2"), ["aformat=channel_layouts=22.2"]);
        assert!(pcm(10, "").is_empty() && pcm(1, "1 channels (FL)").is_empty());
    }
}
