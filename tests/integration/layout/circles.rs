//! Checks that there are no circular imports, neither between the top-level modules of a crate nor between siblings.
//! Imports between a parent and its child do not count.

use super::{root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The path of a module from the root of its crate.
type Module = Vec<String>;

/// The siblings that each module below one parent uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_module_depends_on_itself_through_its_siblings() {
    for name in crates() {
        for (parent, uses) in siblings(&modules(&root().join(&name).join("src"))) {
            let all: Vec<String> = circles(&uses).iter().map(|circle| circle.join(" -> ")).collect();
            assert!(all.is_empty(), "{name}, {}: {all:?}", parent.join("::"));
        }
    }
}

#[test]
fn a_circle_is_found_in_every_form_of_import() {
    let module = |name: &str, text: &str| (name.split("::").map(str::to_owned).collect(), text.to_owned());
    let of = |texts: &[(&str, &str)]| {
        let modules: BTreeMap<Module, String> = texts.iter().map(|(name, text)| module(name, text)).collect();
        let all = siblings(&modules).into_values();
        all.flat_map(|uses| circles(&uses)).map(|circle| circle.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(
        of(&[("a", "use crate::{b::{C, d}, e};"), ("b", "fn f() { super::a::g() }"), ("e", "")]),
        ["a b a"]
    );
    assert_eq!(of(&[("a::b", "use super::c::D;"), ("a::c", "pub use crate::a::b;"), ("a", "")]), ["b c b"]);
    let long = [("a", "crate::b::x"), ("b", "crate::c::y"), ("c::d", "use super::super::a;"), ("c", "")];
    assert_eq!(of(&long), ["a b c a"]);
    let family =
        [("a", "use b::C; use self::b;"), ("a::b", "use super::D; use crate::a::E;"), ("c", "use crate::a;")];
    assert!(of(&family).is_empty(), "children and parents");
    assert!(
        of(&[("a", "// use crate::b;"), ("b", "use crate::a;")]).is_empty(),
        "a comment is not an import"
    );
}

/// Returns the crates in `src-tauri` and below it.
fn crates() -> Vec<String> {
    let folders = fs::read_dir(root().join("src-tauri")).unwrap().map(|entry| entry.unwrap().file_name());
    let below = folders.map(|name| format!("src-tauri/{}", name.to_str().unwrap()));
    let all = below.chain(["src-tauri".to_owned()]);
    all.filter(|name| root().join(name).join("Cargo.toml").is_file()).collect()
}

/// Returns the text of each module below a folder, without unit tests.
fn modules(base: &Path) -> BTreeMap<Module, String> {
    let mut all: BTreeMap<Module, String> = BTreeMap::new();
    for path in sources(base) {
        let names = path.strip_prefix(base).unwrap().with_extension("");
        let mut module: Module = names.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
        if module.iter().any(|name| name == "tests") {
            continue;
        }
        if matches!(module.last().map(String::as_str), Some("lib" | "main" | "mod")) {
            module.pop();
        }
        let text = fs::read_to_string(&path).unwrap();
        *all.entry(module).or_default() += without_tests(&text);
    }
    all
}

fn without_tests(text: &str) -> &str {
    let tests = text.match_indices("#[cfg(test)]\n").find(|(at, _)| {
        let next = text[*at..].lines().find(|line| !line.starts_with("#["));
        next.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    });
    tests.map_or(text, |(at, _)| &text[..at])
}

/// Returns, for each parent, which of its children use which.
fn siblings(modules: &BTreeMap<Module, String>) -> BTreeMap<Module, Uses> {
    let mut all: BTreeMap<Module, Uses> = BTreeMap::new();
    for (module, text) in modules {
        for path in paths(text) {
            let used = resolve(module, &path, modules);
            let common = module.iter().zip(&used).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (module.get(common), used.get(common)) {
                let family = all.entry(module[..common].to_vec()).or_default();
                family.entry(from.clone()).or_default().insert(to.clone());
            }
        }
    }
    all
}

/// Returns the deepest existing module of a path.
fn resolve(from: &Module, path: &str, modules: &BTreeMap<Module, String>) -> Module {
    let mut at = from.clone();
    for name in path.split("::") {
        match name {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            name => {
                at.push(name.to_owned());
                if !modules.contains_key(&at) {
                    at.pop();
                    break;
                }
            }
        }
    }
    at
}

/// Returns every path in a text that starts with `crate`, `super` or `self`, in a `use` or elsewhere.
fn paths(text: &str) -> Vec<String> {
    let code: String = text.lines().flat_map(|line| [line.split("//").next().unwrap(), "\n"]).collect();
    let mut all = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = code[..at].rsplit(|c: char| !c.is_alphanumeric() && !"_:$".contains(c)).next().unwrap();
        if matches!(before, "crate" | "super" | "self") {
            let rest = &code[at + 2..];
            leaves(&format!("{before}::"), &rest[..end_of(rest)], &mut all);
        }
    }
    all
}

/// Returns the end of a use tree: the offset of the first character that cannot belong to it.
fn end_of(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 1 => depth -= 1,
            '}' if depth == 1 => return at + 1,
            c if depth == 0 && !c.is_alphanumeric() && !"_:".contains(c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// Appends the paths of a use tree such as `a::{B, c::{D, E}}`.
fn leaves(before: &str, tree: &str, all: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((path, inner)) = tree.split_once('{') else {
        let name = tree.split_whitespace().next().unwrap_or_default();
        return all.push(format!("{before}{name}"));
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves(&format!("{before}{path}"), &inner[from..at], all);
                from = at + 1;
            }
            _ => {}
        }
    }
    leaves(&format!("{before}{path}"), &inner[from..], all);
}

/// Returns, for each set of modules that depend on each other, the shortest cycle from its first module.
fn circles(uses: &Uses) -> Vec<Vec<String>> {
    let mut named: BTreeSet<&String> = BTreeSet::new();
    let mut all = Vec::new();
    for start in uses.keys() {
        if !named.contains(start)
            && let Some(cycle) = shortest_cycle(uses, start)
        {
            named.extend(uses.keys().filter(|other| cycle.contains(other)));
            all.push(cycle);
        }
    }
    all
}

/// Returns the shortest cycle from a module back to itself.
fn shortest_cycle(uses: &Uses, start: &String) -> Option<Vec<String>> {
    let (mut routes, mut seen) = (vec![vec![start.clone()]], BTreeSet::new());
    while !routes.is_empty() {
        let mut longer = Vec::new();
        for route in routes {
            for next in route.last().and_then(|last| uses.get(last)).into_iter().flatten() {
                let route = [route.as_slice(), std::slice::from_ref(next)].concat();
                if next == start {
                    return Some(route);
                }
                if seen.insert(next.clone()) {
                    longer.push(route);
                }
            }
        }
        routes = longer;
    }
    None
}
