//! Generates the TypeScript types of the page from the types that it sends and receives.

use super::*;
use spool_core::failure::Remedy;
use spool_core::failure::{FailureCode, Fault, LocationIn, Reason};
use spool_core::ledger::{ChangeReason as Cause_, Difference, Property, Subject, Value};
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

/// Types of the core that the page receives unchanged.
const FACTS: &[fn(&Config) -> String] = declared! { Carries Container CopyFault StreamReason Subject Property Value Cause_ Difference SizeAt SoundKind Remark FailureCode LocationIn Fault Reason Alarm Restored Remedy Facts Progress };

/// Types of the application for front ends.
const VIEWS: &[fn(&Config) -> String] = declared! {
    List SortOrder PageRequest Live Why Sizes Kind
    RemarkShown Row JobIds End JobGroup StreamDetails AttemptView Pictures
    DecodedOf Checked Details Group Entry Page StateCounts
    BatchProgress BatchSummary CheckProgress CheckSummary QueueStatus AddNotice Drag Dropped
    TimeLeftRange Update PresetChoice JobCommand CloseChoice Choices SettingsChosen
    WhenDone EncoderState SettingsShown ToolState
};

/// Returns the declarations of all types.
fn typescript() -> String {
    // JSON numbers are parsed as `number`, never as `bigint`.
    let config = Config::new().with_large_int("number");
    let head = "// Made from src-tauri/app/src/view/typescript.rs by `./dev types`. Do not edit.\n";
    let types = FACTS.iter().chain(VIEWS).map(|declare| format!("\nexport {}\n", declare(&config)));
    [head.to_owned()].into_iter().chain(types).collect()
}

#[test]
fn page_types_are_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/backend/types.ts");
    if std::env::var_os("SPOOL_WRITE_TYPES").is_some() {
        std::fs::write(path, typescript()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), typescript(), "run ./dev types");
}
