//! Verifies that HDR tags and Dolby Vision of a result are right: HDR needs more than 8 bits, and only copies may be
//! declared Dolby Vision. Other losses are found by comparing source and result.
//!
//! Pure. Uses headers and first frames, whichever is stricter.

use super::{Case, Refusal, wrong};
use crate::failure::Fault;
use crate::media::Picture;
use crate::plan::{Action, Planned};
use crate::remark::Remark;

/// Checks the moving picture. Returns its remarks.
pub(super) fn check(case: &Case<'_>) -> Result<Vec<Remark>, Refusal> {
    let Some(pair) = Pair::of(case) else { return Ok(Vec::new()) };
    let eight = pair.eight_bits().map_err(|fault| refused(fault, case))?;
    let record = pair.record().map_err(|fault| refused(fault, case))?;
    let remarks = [eight, record, pair.lost_metadata()];
    Ok(remarks.into_iter().flatten().collect())
}

fn refused(fault: Fault, case: &Case<'_>) -> Refusal {
    Refusal::Failed(wrong(fault, case.report))
}

struct Pair<'a> {
    source: &'a Picture,
    found: &'a Picture,
    copied: bool,
}

/// A remark, or the fault for which the result is refused.
type CheckResult = Result<Option<Remark>, Fault>;

impl<'a> Pair<'a> {
    fn of(case: &Case<'a>) -> Option<Pair<'a>> {
        let planned: &Planned = case.plan.picture()?;
        let source = case.source.streams.iter().find(|s| s.index == planned.input)?.video.as_ref()?;
        let found = case.output.video()?.video.as_ref()?;
        Some(Pair { source, found, copied: matches!(planned.action, Action::Copy { .. }) })
    }

    fn eight_bits(&self) -> CheckResult {
        match (self.found.bits == 8 && self.found.is_hdr(), self.copied) {
            (false, _) => Ok(None),
            (true, true) => Ok(Some(Remark::HdrInEightBits)),
            (true, false) => Err(Fault::EightBitHdr),
        }
    }

    /// Checks Dolby Vision as declared by the container.
    fn record(&self) -> CheckResult {
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

    /// Dynamic HDR metadata that was lost. A result with standard range does not need it.
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
    fn hdr_in_eight_bits_passes_only_as_a_copy_with_a_remark() {
        for transfer in ["smpte2084", "arib-std-b67"] {
            let eight = picture(8, transfer);
            assert!(pair(&eight, &eight, false).eight_bits().is_err(), "{transfer}");
            assert!(pair(&eight, &eight, true).eight_bits().unwrap().is_some());
            assert_eq!(pair(&eight, &picture(10, transfer), false).eight_bits(), Ok(None));
        }
        assert_eq!(pair(&picture(8, "bt709"), &picture(8, "bt709"), false).eight_bits(), Ok(None));
    }

    #[test]
    fn only_copies_may_be_declared_dolby_vision() {
        let declared = |profile| Picture { dolby_vision: profile, ..picture(10, "smpte2084") };
        let of = |source, found, copied| pair(&declared(source), &declared(found), copied).record();
        assert_eq!(of(Some(8), Some(8), true), Ok(None));
        assert!(of(Some(8), None, true).unwrap().is_some(), "lost, with a remark");
        assert!(of(Some(5), None, true).is_err(), "profile 5 has no base layer");
        assert!(of(Some(8), Some(5), true).is_err() && of(None, Some(8), true).is_err());
        assert!(of(Some(8), Some(8), false).is_err());
        assert_eq!(of(Some(8), None, false), Ok(None));
    }

    #[test]
    fn lost_dynamic_metadata_is_remarked_where_the_result_could_use_it() {
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
        assert!(pair(&plus, &plain, true).lost_metadata().is_some(), "copies too");
        assert_eq!(pair(&dolby, &plain, true).lost_metadata(), None, "only the declaration is lost");
        let unseen = Picture { seen: false, ..plain.clone() };
        assert_eq!(pair(&plus, &unseen, false).lost_metadata(), None, "no remark where no frame was read");
        let base = Picture { dolby_vision: Some(9), ..picture(8, "bt709") };
        assert!(pair(&base, &picture(8, "bt709"), false).lost_metadata().is_some());
    }
}
