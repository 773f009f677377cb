//! Compares the closed captions of source and result. Pure.

use super::Case;
use crate::captions::{Captions, Line};
use crate::plan::Action;
use crate::remark::Remark;

/// Tolerance for the time of a line, in seconds: three frames.
const TOLERANCE: f64 = 0.13;

/// Remark about captions that were moved, damaged or lost.
pub(super) fn remark(case: &Case<'_>) -> Option<Remark> {
    let source = case.source.captions.as_ref().filter(|captions| !captions.is_empty())?;
    let picture = case.plan.picture()?;
    let tracks = case.plan.kept().filter(|stream| stream.captions.is_some()).count();
    match (&picture.action, &case.output.captions) {
        (Action::Convert(_), _) if tracks == source.len() => Some(Remark::CaptionsMoved),
        (Action::Convert(_), _) if tracks > 0 => Some(Remark::CaptionsDamaged),
        (Action::Convert(_), Some(found)) if is_complete(source, found) => None,
        (Action::Convert(_), Some(found)) if !found.is_empty() => Some(Remark::CaptionsDamaged),
        (Action::Convert(_), _) => Some(Remark::CaptionsLost),
        // Copied with the packets.
        _ => None,
    }
}

fn is_complete(source: &[Captions], found: &[Captions]) -> bool {
    let same = |(a, b): (&Line, &Line)| a.text == b.text && (a.begin - b.begin).abs() <= TOLERANCE;
    let equal = |a: &Captions, b: &Captions| {
        a.service == b.service && a.lines.len() == b.lines.len() && a.lines.iter().zip(&b.lines).all(same)
    };
    source.len() == found.len() && source.iter().zip(found).all(|(a, b)| equal(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::Service;

    #[test]
    fn captions_are_complete_where_each_line_is_found_at_its_time() {
        let line = |begin, text: &str| Line { begin, end: begin + 1.0, text: text.into() };
        let of = |lines: Vec<Line>| vec![Captions { service: Service::Channel(1), lines }];
        let source = of(vec![line(1.0, "A"), line(2.0, "B")]);
        assert!(is_complete(&source, &of(vec![line(1.04, "A"), line(1.95, "B")])));
        for other in [
            vec![line(1.0, "A")],
            vec![line(1.0, "AA"), line(2.0, "B")],
            vec![line(1.0, "A"), line(3.0, "B")],
        ] {
            assert!(!is_complete(&source, &of(other)));
        }
        assert!(!is_complete(&source, &[]));
    }
}
