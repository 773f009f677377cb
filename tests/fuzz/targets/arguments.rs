//! Plans any media with any preset: the result is a plan or a refusal, and no text of the file becomes an option of the
//! command line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spool_core::media;
use spool_core::plan::{self, Abilities};
use spool_core::preset;
use spool_core::spec::JobSpec;
use std::path::Path;

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let Ok(info) = media::read(text) else { return };
    let all = preset::built_in();
    let spec = JobSpec::of(all[usize::from(which) % all.len()].clone());
    let Ok(plan) = plan::plan(&info, &spec, &Abilities::default()) else { return };
    let steps = plan::steps(&plan, Path::new("/v/-source"), Path::new("/o/.part"), Path::new("/d/notes"));
    let last = &steps.iter().find(|step| step.writes).expect("a step that writes the result").arguments;
    let at = last.iter().position(|word| word == "-i").expect("an input");
    assert_eq!(last[at + 1], "file:/v/-source");
    assert!(last.iter().any(|word| word == "file:/o/.part"));
    for word in steps.iter().flat_map(|step| &step.arguments) {
        let word = word.to_str().expect("text");
        assert!(!word.contains('\0') && !word.contains("NaN") && !word.contains("inf"), "{word}");
    }
});
