//! Benchmarks of the window: `./dev bench ui`, with a release build, on desktops of their own. Nothing is asserted;
//! tests assert the structure instead. `SPOOL_BENCH_MINUTES` sets how long eight jobs run (default 5). An argument
//! selects one of `start`, `scroll`, `drop` and `run`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]

use serde_json::{Map, Value, json};
use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_e2e::app::App;
use spool_e2e::desktop::Desktop;
use spool_e2e::usage::Process;
use spool_tests::{clips, fill};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const MANY: usize = 100_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut figures = Map::new();
    let selected = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let runs = |name: &str| selected.as_deref().is_none_or(|n| n == name);
    runtime.block_on(async {
        if runs("start") {
            start_times(&mut figures).await;
        }
        if runs("scroll") {
            scroll(&mut figures).await;
        }
        if runs("drop") {
            drop_of_1000_files(&mut figures).await;
        }
        if runs("run") {
            eight_running(&mut figures).await;
        }
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-ui.json");
    std::fs::write(&path, serde_json::to_string_pretty(&figures).unwrap()).unwrap();
    println!("written to target/bench-ui.json");
}

/// Prints a measurement, and adds it to `figures`.
fn record(figures: &mut Map<String, Value>, name: &str, value: f64, unit: &str) {
    let value = (value * 100.0).round() / 100.0;
    println!("{name:<58} {value:>10} {unit}");
    figures.insert(name.to_owned(), json!({ "value": value, "unit": unit }));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns a desktop with a paused queue of `count` jobs.
fn desk_with(count: usize) -> Desktop {
    let desk = Desktop::new();
    let queue = open_queue(&desk.env.data(), Arc::new(SystemClock::default())).unwrap();
    if count > 0 {
        fill::fill(&queue, count);
    }
    drop(queue);
    desk.env.spool(&["pause"]);
    desk
}

fn process_named<'a>(all: &'a [Process], name: &str) -> &'a Process {
    all.iter().find(|p| p.name.starts_with(name)).unwrap_or_else(|| panic!("no {name} among {all:?}"))
}

/// Returns the time from the start of the process until the list was first shown, in milliseconds.
async fn start(count: usize) -> f64 {
    let desk = desk_with(count);
    let app = App::start(&desk, &[]).await;
    let script = r"return new Promise((done) => {
        const look = () => {
            const [listed] = performance.getEntriesByName('listed');
            if (listed) done(performance.timeOrigin + listed.startTime);
            else setTimeout(look, 20);
        };
        look();
    })";
    let listed = app.page.execute(script, vec![]).await.unwrap().as_f64().unwrap();
    listed - process_named(&app.processes(), "spool-desktop").started()
}

async fn start_times(figures: &mut Map<String, Value>) {
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        empty.push(start(0).await);
        full.push(start(MANY).await);
    }
    let (empty, full) = (median(empty), median(full));
    record(figures, "start to list, empty queue, median of 7", empty, "ms");
    record(figures, "start to list, 100,000 jobs, median of 7", full, "ms (limit 2000)");
    record(figures, "start at 100,000 to an empty queue", full / empty, "(limit 1.1)");
}

async fn scroll(figures: &mut Map<String, Value>) {
    let desk = desk_with(MANY);
    let app = App::start(&desk, &[]).await;
    app.sees("[role=row]").await;
    let script = r"
        const grid = document.querySelector('[role=grid]');
        const frames = [];
        let last = performance.now(), n = 0;
        const frame = (now) => {
            frames.push(now - last);
            last = now;
            n += 1;
            // First in steps of a mouse wheel, then through the whole list.
            grid.scrollTop = n < 300 ? grid.scrollTop + 120 : (grid.scrollHeight * (n - 300)) / 300;
            if (n < 600) requestAnimationFrame(frame);
            else window.measured = frames.slice(2);
        };
        requestAnimationFrame(frame);";
    app.page.execute(script, vec![]).await.unwrap();
    // The driver aborts long scripts, so the result is polled; once a second hardly affects the measurement.
    let frames = loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let frames = app.page.execute("return window.measured ?? null", vec![]).await.unwrap();
        if !frames.is_null() {
            break frames;
        }
    };
    let frames: Vec<f64> = frames.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    record(
        figures,
        "scrolling 100,000 rows: longest frame of 600",
        frames.iter().copied().fold(0.0, f64::max),
        "ms (limit 100)",
    );
    record(figures, "scrolling 100,000 rows: median frame", median(frames), "ms");
    let used = || app.processes().iter().map(Process::cpu_seconds).sum::<f64>();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = used();
    tokio::time::sleep(Duration::from_mins(1)).await;
    record(
        figures,
        "idle for a minute, all processes",
        (used() - before) / 60.0 * 100.0,
        "% of one core (limit 1)",
    );
}

async fn drop_of_1000_files(figures: &mut Map<String, Value>) {
    let desk = desk_with(0);
    let folder = desk.env.videos().join("thousand");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..1000 {
        std::fs::write(folder.join(format!("{n}.mkv")), "x").unwrap();
    }
    let app = App::start(&desk, &[]).await;
    let watch = r"window.seen = {};
        new MutationObserver(() => {
            const shown = document.querySelector('.overlay.shown');
            if (shown) window.seen.over = true;
            else if (window.seen.over && !window.seen.dropped) window.seen.dropped = performance.now();
            if (document.querySelector('#tab-queue .count').textContent === '1,000' && document.querySelector('[role=row]'))
                window.seen.listed ??= performance.now();
        }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });";
    app.page.execute(watch, vec![]).await.unwrap();
    let (x, y) = desk.origin("Spool");
    desk.drag(&[&folder], (x + 300, y + 650));
    app.reads("#tab-queue .count", "1,000").await;
    app.sees("[role=row]").await;
    let took = app.page.execute("return window.seen.listed - window.seen.dropped", vec![]).await.unwrap();
    record(figures, "drop of 1,000 files to rows", took.as_f64().unwrap(), "ms (limit 1000)");
}

async fn eight_running(figures: &mut Map<String, Value>) {
    let minutes: u64 = std::env::var("SPOOL_BENCH_MINUTES").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let desk = Desktop::new();
    desk.env.settings(&json!({ "ffmpeg": spool_tests::env::binary("fake-ffmpeg"), "workers": 8, "outputDir": desk.env.out() }));
    for n in 0..8 {
        let folder = desk.env.videos().join(n.to_string());
        std::fs::create_dir(&folder).unwrap();
        std::fs::copy(clips::ordinary(), folder.join("fake-slow.mkv")).unwrap();
    }
    let app = App::start(&desk, &[desk.env.videos().to_str().unwrap()]).await;
    app.reads("footer", "8 of 8 workers busy").await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let all = app.processes();
    let page = process_named(&all, "WebKitWebProces");
    let (cpu, mut memory) = (page.cpu_seconds(), vec![page.megabytes()]);
    for _ in 0..minutes {
        tokio::time::sleep(Duration::from_mins(1)).await;
        memory.push(page.megabytes());
    }
    let used = (page.cpu_seconds() - cpu) / (60.0 * minutes as f64) * 100.0;
    record(figures, "web process while 8 jobs run", used, "% of one core (limit 10)");
    record(figures, "page memory after the first seconds", memory[0], "MB");
    record(figures, &format!("page memory after {minutes} min"), *memory.last().unwrap(), "MB");
    println!("page memory each minute: {memory:.1?} MB");
}
