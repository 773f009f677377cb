//! The benchmarks: `./dev bench [queue|copy|batch|percent|eta]`. Figures are ratios or medians of one run on one
//! machine; they are printed and written to `target/bench.json`. Benchmarks assert no figures: tests assert structure
//! instead.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod batch;
mod copy;
mod eta;
mod percent;
mod queue;

use serde_json::{Map, Value};
use std::path::Path;

/// Figures by name.
type Figures = Map<String, Value>;

fn main() {
    let wanted = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let mut figures = Figures::new();
    for (name, measure) in [
        ("queue", queue::measure as fn(&mut Figures)),
        ("copy", copy::measure),
        ("batch", batch::measure),
        ("percent", percent::measure),
        ("eta", eta::measure),
    ] {
        if wanted.as_deref().is_none_or(|w| w == name) {
            measure(&mut figures);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench.json");
    std::fs::write(&path, serde_json::to_string_pretty(&figures).unwrap()).unwrap();
    println!("written to target/bench.json");
}

/// Prints and stores a figure.
fn keep(figures: &mut Figures, name: &str, value: f64, unit: &str) {
    let value = (value * 1000.0).round() / 1000.0;
    println!("{name:<58} {value:>10} {unit}");
    figures.insert(name.to_owned(), serde_json::json!({ "value": value, "unit": unit }));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
