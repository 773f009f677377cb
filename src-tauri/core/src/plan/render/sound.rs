//! ffmpeg's audio filters. Pure tables.

use crate::plan::encode::{Mixed, SoundFilter};

/// Text of one filter.
pub(in crate::plan) fn filter(filter: &SoundFilter) -> String {
    match filter {
        SoundFilter::Fill { exact } => {
            format!("aresample=async=1{}", if *exact { ":min_hard_comp=0.04" } else { "" })
        }
        SoundFilter::Layout { layout } => format!("aformat=channel_layouts={layout}"),
        SoundFilter::Name { layout } => format!("channelmap=channel_layout={layout}"),
        SoundFilter::Mix { layout, channels } => {
            format!("pan={layout}{}", channels.iter().map(channel).collect::<String>())
        }
        SoundFilter::Float => "aformat=sample_fmts=fltp".to_owned(),
        SoundFilter::Limit { level } => format!("alimiter=limit={level}:level=0:latency=1"),
        SoundFilter::Delay { seconds } => format!("asetpts=PTS+{seconds}/TB"),
    }
}

/// `|FL=FL+0.7071*FC`
fn channel(Mixed { to, from }: &Mixed) -> String {
    let share = |(level, from): &(f64, String)| {
        if (level - 1.0).abs() < 1e-9 { from.clone() } else { format!("{level:.4}*{from}") }
    };
    format!("|{to}={}", from.iter().map(share).collect::<Vec<_>>().join("+"))
}
