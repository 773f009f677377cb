//! The sentence of every reason.

use super::*;
use serde_json::Value;
use std::collections::BTreeSet;
use ts_rs::{Config, TS};

/// One sample of each kind in its stored form, each followed by its sentence in the next line.
const SAMPLES: &str = include_str!("samples.txt");

/// Names of the variants of a type with this tag.
fn declared<T: TS>(tag: &str) -> BTreeSet<String> {
    let declared = T::decl(&Config::new());
    let start = format!("\"{tag}\": \"");
    declared.split(&start).skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

#[test]
fn each_reason_has_a_unique_sentence_and_a_stable_stored_form() {
    let lines: Vec<&str> = SAMPLES.lines().collect();
    let (mut kinds, mut faults, mut sentences) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for pair in lines.chunks(2) {
        let (stored, sentence): (Value, _) = (serde_json::from_str(pair[0]).unwrap(), reason_in(pair[0]));
        kinds.insert(stored["kind"].as_str().unwrap().to_owned());
        faults.extend(stored["fault"]["is"].as_str().map(str::to_owned));
        assert_eq!(sentence, pair[1]);
        assert!(sentences.insert(sentence), "two reasons share it: {}", pair[1]);
    }
    assert_eq!(kinds, declared::<Reason>("kind"), "a kind without a sample");
    assert_eq!(faults, declared::<Fault>("is"), "a fault without a sample");
}

fn reason_in(json: &str) -> String {
    let stored: Reason = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_value(&stored).unwrap(), serde_json::from_str::<Value>(json).unwrap());
    reason(&stored).to_string()
}

#[test]
fn every_code_has_a_next_step() {
    for code in FailureCode::ALL {
        assert!(step(*code).ends_with('.'), "{code}");
    }
}
