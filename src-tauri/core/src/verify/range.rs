//! Is a result shown as it is marked? High dynamic range takes more than 8 bits, and Dolby Vision is declared of copies
//! alone. What of either is lost is found by comparing source and result.
//!
//! Pure. Judges what headers and first frames say, whichever is stricter.

use super::{Case, Refusal, wrong};
use crate::failure::Fault;
use crate::media::Picture;
use crate::plan::{Action, Planned};
use crate::remark::Remark;

/// Checks the moving picture; the answer is what is to be said of it.
pub(super) fn check(case: &Case<'_>) -> Result<Vec<Remark>, Refusal> {
    let Some(pair) = Pair::of(case) else { return Ok(Vec::new()) };
    let eight = pair.eight_bits().map_err(|fault| refused(fault, case))?;
    let record = pair.record().map_err(|fault| refused(fault, case))?;
    let said = [eight, record, pair.lost_metadata()];
    Ok(said.into_iter().flatten().collect())
}

fn refused(fault: Fault, case: &Case<'_>) -> Refusal {
    Refusal::Failed(wrong(fault, case.report))
}

struct Pair<'a> {
    source: &'a Picture,
    found: &'a Picture,
    copied: bool,
}

/// What is said, or why the result is refused.
type Said = Result<Option<Remark>, Fault>;

impl<'a> Pair<'a> {
    fn of(case: &Case<'a>) -> Option<Pair<'a>> {
        let planned: &Planned = case.plan.picture()?;
        let source = case.source.streams.iter().find(|s| s.index == planned.input)?.video.as_ref()?;
        let found = case.output.video()?.video.as_ref()?;
        Some(Pair { source, found, copied: matches!(planned.action, Action::Copy { .. }) })
    }

    fn eight_bits(&self) -> Said {
        match (self.found.bits == 8 && self.found.is_hdr(), self.copied) {
            (false, _) => Ok(None),
            (true, true) => Ok(Some(Remark::HdrInEightBits)),
            (true, false) => Err(Fault::EightBitHdr),
        }
    }

    /// Dolby Vision as the container declares it.
    fn record(&self) -> Said {
        let (source, found) = (self.source.dolby_vision, self.found.dolby_vision);
        match (self.copied, source, found) {
            (false, _, Some(_)) => Err(Fault::FalseDolbyVision),
            (true, Some(a), Some(b)) if a != b => Err(Fault::OtherDolbyVision),
            (true, None, Some(_)) => Err(Fault::NewDolbyVision),
            (true, Some(_), None) if self.source.has_no_base() => Err(Fault::LostDolbyVision),
            (true, Some(_), None) => Ok(Some(Remark::DolbyVisionUndeclared)),
            _ => Ok(None),
        }
    }

    /// What each scene or frame says of its light. What becomes of standard range has no use for it.
    fn lost_metadata(&self) -> Option<Remark> {
        let (source, found) = (self.source, self.found);
        let dolby = |p: &Picture| p.dolby_vision.is_some() || p.rpu;
        if source.is_hdr() && !found.is_hdr() {
            None
        } else if !self.copied && dolby(source) && !dolby(found) {
            Some(Remark::DolbyVisionLeftOut)
        } else if found.seen && source.hdr10_plus && !found.hdr10_plus {
            Some(Remark::Hdr10PlusLeftOut)
        } else if found.seen && source.hdr_vivid && !found.hdr_vivid {
            Some(Remark::HdrVividLeftOut)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bits: u32, transfer: &str) -> Picture {
        Picture { bits, transfer: transfer.into(), seen: true, ..Picture::default() }
    }

    fn pair<'a>(source: &'a Picture, found: &'a Picture, copied: bool) -> Pair<'a> {
        Pair { source, found, copied }
    }

    #[test]
    fn eight_bits_marked_as_high_dynamic_range_pass_as_a_copy_alone_and_are_told() {
        for transfer in ["smpte2084", "arib-std-b67"] {
            let eight = picture(8, transfer);
            assert!(pair(&eight, &eight, false).eight_bits().is_err(), "{transfer}");
            assert!(pair(&eight, &eight, true).eight_bits().unwrap().is_some());
            assert_eq!(pair(&eight, &picture(10, transfer), false).eight_bits(), Ok(None));
        }
        assert_eq!(pair(&picture(8, "bt709"), &picture(8, "bt709"), false).eight_bits(), Ok(None));
    }

    #[test]
    fn dolby_vision_is_declared_of_a_copy_and_of_nothing_else() {
        let declared = |profile| Picture { dolby_vision: profile, ..picture(10, "smpte2084") };
        let of = |source, found, copied| pair(&declared(source), &declared(found), copied).record();
        assert_eq!(of(Some(8), Some(8), true), Ok(None));
        assert!(of(Some(8), None, true).unwrap().is_some(), "lost and told");
        assert!(of(Some(5), None, true).is_err(), "nothing is left of profile 5");
        assert!(of(Some(8), Some(5), true).is_err() && of(None, Some(8), true).is_err());
        assert!(of(Some(8), Some(8), false).is_err());
        assert_eq!(of(Some(8), None, false), Ok(None));
    }

    #[test]
    fn metadata_that_is_lost_is_told_where_there_is_still_a_use_for_it() {
        let plain = picture(10, "smpte2084");
        let plus = Picture { hdr10_plus: true, ..plain.clone() };
        let dolby = Picture { dolby_vision: Some(8), ..plain.clone() };
        let in_frames = Picture { rpu: true, ..plain.clone() };
        let vivid = Picture { hdr_vivid: true, ..plain.clone() };
        for source in [&plus, &dolby, &in_frames, &vivid] {
            assert!(pair(source, &plain, false).lost_metadata().is_some());
            assert_eq!(pair(source, source, false).lost_metadata(), None);
            assert_eq!(pair(source, &picture(8, "bt709"), false).lost_metadata(), None);
        }
        assert!(pair(&plus, &plain, true).lost_metadata().is_some(), "of a copy, too");
        assert_eq!(pair(&dolby, &plain, true).lost_metadata(), None, "its record is what is lost");
        let unseen = Picture { seen: false, ..plain.clone() };
        assert_eq!(pair(&plus, &unseen, false).lost_metadata(), None, "nothing is said of what was not seen");
        let base = Picture { dolby_vision: Some(9), ..picture(8, "bt709") };
        assert!(pair(&base, &picture(8, "bt709"), false).lost_metadata().is_some());
    }
}
