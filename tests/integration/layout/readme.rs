//! Checks that `tests/README.md` names tests that exist, each after the file that holds it.

use super::root;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn every_test_named_in_the_readme_is_in_the_file_named_before_it() {
    let text = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let (mut file, mut named, mut wrong) = (String::new(), 0, Vec::new());
    for word in text.lines().filter(|line| line.starts_with("| ")).flat_map(str::split_whitespace) {
        let name = word.trim_matches([',', ';', '`']);
        if let Some(path) = word.strip_suffix(':').filter(|path| path.contains('/')) {
            path.clone_into(&mut file);
        } else if word.starts_with('`') && is_test_name(name) {
            named += 1;
            let path = root().join("tests/integration").join(&file).with_extension("rs");
            if !tests(&fs::read_to_string(path).unwrap_or_default()).contains(name) {
                wrong.push(format!("{file}: {name}"));
            }
        }
    }
    assert!(wrong.is_empty() && named > 30, "{named} tests, missing: {wrong:?}");
}

/// Names of tests have several words; files and folders have a dot or a slash.
fn is_test_name(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Functions marked as tests, and entries of `contract!`.
fn tests(text: &str) -> BTreeSet<&str> {
    let (mut all, mut marked) = (BTreeSet::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" => |") {
            all.insert(name);
        }
        let name = line.trim_start_matches("async ").strip_prefix("fn ");
        if let Some((name, _)) = name.filter(|_| marked).and_then(|rest| rest.split_once('(')) {
            all.insert(name);
        }
        marked = line.contains("test]") || line.contains("test(") || (marked && line.starts_with('#'));
    }
    all
}
