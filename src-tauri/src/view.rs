//! What the window is told: rows, how things stand, and what happened, as plain data.
//!
//! The TypeScript types are made of these (see the test below). Paths are text to show, never to act upon:
//! the window names jobs by id. Numbers and codes only; the words on screen are the window's.

mod asked;
mod details;
mod jobs;
mod row;
mod told;

pub use asked::{
    Choices, CloseChoice, EncoderState, List, PresetChoice, SettingsChosen, SettingsShown, Sorted, ToolState,
    Verb, Wanted, WhenDone,
};
pub use details::{AttemptDetails, Checked, DecodedOf, Details, Pictures, StreamDetails};
pub use jobs::{End, Jobs, Kind, Lot, among, between};
pub use row::{Entry, Group, Live, Page, Recheck, RemarkShown, Row, VideoFacts, Why};
pub use told::{AddNotice, CameOf, Checking, Drag, Dropped, Left, Rechecked, Standing, Tally, Update};

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::ledger::{Difference, Of, Property, Value, Why as Cause};
    use spool_core::media::{CopyFault, Kind as StreamKind};
    use spool_core::preset::Container;
    use spool_core::reason::StreamReason;
    use spool_core::remark::{Remark, SizeAt, SoundKind};
    use ts_rs::{Config, TS};

    macro_rules! write_all {
        ($text:ident, $config:expr, $($name:ident),*) => { $(
            $text.push_str("\nexport ");
            $text.push_str(&<$name as TS>::decl($config));
            $text.push('\n');
        )* };
    }

    /// The facts of the core that cross as they are.
    fn write_facts(text: &mut String, config: &Config) {
        write_all!(text, config, Container, StreamKind, CopyFault, StreamReason, Of, Property, Value, Cause);
        write_all!(text, config, Difference, SizeAt, SoundKind, Remark);
    }

    /// The types that cross, written one after the other.
    fn typescript() -> String {
        // JSON gives numbers.
        let config = Config::new().with_large_int("number");
        let mut text = String::from("// Made from src-tauri/src/view.rs by `./dev types`. Do not edit.\n");
        write_all!(text, &config, List, Sorted, Wanted, Live, Why, VideoFacts, Recheck);
        write_facts(&mut text, &config);
        write_all!(
            text,
            &config,
            RemarkShown,
            Row,
            Jobs,
            End,
            Kind,
            Lot,
            StreamDetails,
            AttemptDetails,
            Pictures,
            DecodedOf,
            Checked,
            Details,
            Group,
            Entry,
            Page,
            Tally,
            CameOf,
            Checking,
            Rechecked,
            Standing,
            AddNotice,
            Drag,
            Dropped,
            Left,
            Update,
            PresetChoice,
            Verb,
            CloseChoice,
            Choices,
            SettingsChosen,
            WhenDone,
            EncoderState,
            SettingsShown,
            ToolState
        );
        text
    }

    #[test]
    fn the_windows_types_are_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/backend/types.ts");
        if std::env::var_os("SPOOL_WRITE_TYPES").is_some() {
            std::fs::write(path, typescript()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), typescript(), "call ./dev types");
    }
}
