//! Constraints on presets that the types do not express.

use super::{AudioCodec, Container, Depth, Hdr, Preset, VideoCodec, VideoPreset};

/// Returns the preset if it is valid.
///
/// # Errors
/// One sentence naming the invalid field.
pub(crate) fn validate(preset: Preset) -> Result<Preset, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if preset.id.is_empty() || preset.id.len() > 40 || !preset.id.chars().all(plain) {
        return Err("id must be 1 to 40 letters, digits, - or _".into());
    }
    // Both are displayed unchanged.
    if [&preset.name, &preset.description].iter().any(|text| text.chars().any(char::is_control)) {
        return Err("name and description must be without control characters".into());
    }
    // The name becomes part of file names.
    if preset.name.is_empty() || preset.name.len() > 60 || preset.name.contains(['/', '\\', ':', '\0', '\n'])
    {
        return Err("name must be 1 to 60 characters without / \\ : or line breaks".into());
    }
    match &preset.video {
        Some(video) => check_video(preset.container, video)?,
        None if preset.container != Container::M4a => {
            return Err("without video the container must be m4a".into());
        }
        None => {}
    }
    check_audio(&preset)?;
    Ok(preset)
}

fn check_video(container: Container, video: &VideoPreset) -> Result<(), String> {
    if container == Container::M4a {
        return Err("M4A holds no picture; leave video out or choose another container".into());
    }
    if video.codec == VideoCodec::ProRes && container == Container::Mp4 {
        return Err("MP4 cannot hold ProRes; choose mov or mkv as the container".into());
    }
    check_quality(video)?;
    if video.box_long.is_some_and(|n| n < 16) || video.box_short.is_some_and(|n| n < 16) {
        return Err("video.boxLong and video.boxShort must be at least 16".into());
    }
    if video.max_fps == Some(0) {
        return Err("video.maxFps must be at least 1".into());
    }
    if video.hdr == Hdr::Keep && video.depth == Depth::Eight {
        return Err(
            "video.hdr can be keep only with more than 8 bits; set video.depth to source or ten".into()
        );
    }
    Ok(())
}

fn check_quality(video: &VideoPreset) -> Result<(), String> {
    let chosen = [video.crf.is_some(), video.kbps.is_some(), video.size_mb.is_some()];
    let chosen = chosen.into_iter().filter(|set| *set).count();
    if video.codec == VideoCodec::ProRes {
        return if chosen == 0 { Ok(()) } else { Err("ProRes takes no video.crf, kbps or sizeMb".into()) };
    }
    if chosen != 1 {
        return Err("exactly one of video.crf, video.kbps and video.sizeMb must be set".into());
    }
    let worst = if video.codec == VideoCodec::Av1 { 63 } else { 51 };
    if let Some(crf) = video.crf.filter(|crf| *crf > worst) {
        return Err(format!("video.crf must be 0 to {worst}, not {crf}"));
    }
    if let Some(kbps) = video.kbps.filter(|kbps| !(50..=500_000).contains(kbps)) {
        return Err(format!("video.kbps must be 50 to 500000, not {kbps}"));
    }
    match video.size_mb {
        Some(0) => Err("video.sizeMb must be at least 1".into()),
        Some(_) if video.codec != VideoCodec::H264 => Err("video.sizeMb goes with h264 alone".into()),
        _ => Ok(()),
    }
}

fn check_audio(preset: &Preset) -> Result<(), String> {
    let audio = &preset.audio;
    if !(8..=1024).contains(&audio.kbps) {
        return Err(format!("audio.kbps must be 8 to 1024, not {}", audio.kbps));
    }
    if audio.channels.is_some_and(|n| !(1..=8).contains(&n)) {
        return Err("audio.channels must be 1 to 8".into());
    }
    let fits = match audio.codec {
        AudioCodec::Aac => true,
        AudioCodec::Opus => preset.container == Container::Mkv,
        AudioCodec::Pcm => matches!(preset.container, Container::Mov | Container::Mkv),
    };
    if fits { Ok(()) } else { Err(format!("{} does not hold this audio.codec", preset.container.name())) }
}
