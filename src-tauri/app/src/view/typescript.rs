//! The TypeScript types that the page is checked against, made of those that cross.

use super::*;
use spool_core::failure::Remedy;
use spool_core::failure::{FailureCode, Fault, PlaceIn, Reason};
use spool_core::ledger::{Difference, Of, Property, Value, Why as Cause_};
use spool_core::media::{CopyFault, Facts, Kind as Carries};
use spool_core::preset::Container;
use spool_core::progress::Progress;
use spool_core::raised::{Alarm, Restored};
use spool_core::reason::StreamReason;
use spool_core::remark::{Remark, SizeAt, SoundKind};
use ts_rs::{Config, TS};

macro_rules! declared {
    ($($name:ident)*) => { &[$(|config| <$name as TS>::decl(config)),*] };
}

/// Facts of the core that are shown as they are.
const FACTS: &[fn(&Config) -> String] = declared! { Carries Container CopyFault StreamReason Of Property Value Cause_ Difference SizeAt SoundKind Remark FailureCode PlaceIn Fault Reason Alarm Restored Remedy Facts Progress };

/// What the application makes of facts for a face.
const VIEWS: &[fn(&Config) -> String] = declared! {
    List Sorted Wanted Live Why Sizes Kind
    RemarkShown Row Jobs End Lot StreamDetails AttemptView Pictures
    DecodedOf Checked Details Group Entry Page Tally
    Far CameOf Checking Rechecked Standing AddNotice Drag Dropped
    Left Update PresetChoice Verb CloseChoice Choices SettingsChosen
    WhenDone EncoderState SettingsShown ToolState
};

/// The types, written one after the other.
fn typescript() -> String {
    // JSON gives numbers.
    let config = Config::new().with_large_int("number");
    let head = "// Made from src-tauri/app/src/view/typescript.rs by `./dev types`. Do not edit.\n";
    let types = FACTS.iter().chain(VIEWS).map(|declare| format!("\nexport {}\n", declare(&config)));
    [head.to_owned()].into_iter().chain(types).collect()
}

#[test]
fn the_pages_types_are_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/backend/types.ts");
    if std::env::var_os("SPOOL_WRITE_TYPES").is_some() {
        std::fs::write(path, typescript()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), typescript(), "call ./dev types");
}
