//! Checks that `tests/README.md` names tests that exist.

use super::{root, sources};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn every_test_named_in_the_readme_exists() {
    let text = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(|name| is_test_name(name)).collect();
    assert!(named.len() > 30, "{named:?}");
    let existing = tests();
    let missing: Vec<_> = named.iter().filter(|name| !existing.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Names of tests have several words; files and folders have a dot or a slash.
fn is_test_name(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Functions marked as tests, and entries of `contract!`.
fn tests() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for path in sources(&root().join("tests")) {
        let text = fs::read_to_string(path).unwrap();
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" => |") {
                all.insert(name.to_owned());
            }
            let name = line.trim_start_matches("async ").strip_prefix("fn ");
            if let Some((name, _)) = name.filter(|_| marked).and_then(|rest| rest.split_once('(')) {
                all.insert(name.to_owned());
            }
            marked = line.contains("test]") || line.contains("test(") || (marked && line.starts_with('#'));
        }
    }
    all
}
