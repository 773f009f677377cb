//! CPU time, memory and start times of processes, read from `/proc`. Linux only.

use std::fs;

/// A process at the time it was found.
#[derive(Debug, Clone)]
pub struct Process {
    /// Its process id.
    pub id: u32,
    /// Its name, at most 15 characters.
    pub name: String,
}

/// Clock ticks per second of the kernel: 100 on every Linux that Spool is tested on.
const TICKS: f64 = 100.0;

/// Returns the name and the fields after it from `/proc/ID/stat`; the first field is the state.
fn fields(id: u32) -> Option<(String, Vec<String>)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
    Some((name.to_owned(), rest.split_whitespace().map(str::to_owned).collect()))
}

fn number(fields: &[String], n: usize) -> f64 {
    fields.get(n).and_then(|f| f.parse().ok()).unwrap_or(0.0)
}

/// Returns all descendants of a process.
pub fn below(id: u32) -> Vec<Process> {
    let ids = fs::read_dir("/proc").unwrap().filter_map(|e| e.unwrap().file_name().to_str()?.parse().ok());
    let all: Vec<(u32, u32, String)> = ids
        .filter_map(|id: u32| {
            let (name, fields) = fields(id)?;
            Some((id, number(&fields, 1) as u32, name))
        })
        .collect();
    let (mut found, mut next) = (Vec::new(), vec![id]);
    while let Some(parent) = next.pop() {
        for (id, _, name) in all.iter().filter(|(_, p, _)| *p == parent) {
            found.push(Process { id: *id, name: name.clone() });
            next.push(*id);
        }
    }
    found
}

impl Process {
    /// Checks whether it runs. A zombie does not.
    pub fn is_alive(&self) -> bool {
        fields(self.id).is_some_and(|(_, f)| f.first().is_some_and(|state| state != "Z"))
    }

    /// Returns the CPU time used so far, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        fields(self.id).map_or(0.0, |(_, f)| (number(&f, 11) + number(&f, 12)) / TICKS)
    }

    /// Returns its resident anonymous memory, in units of 1000 KiB; 0 if it has ended.
    pub fn megabytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:"));
        line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1000.0
    }

    /// Returns when it started, in milliseconds since 1970, with a precision of 10 ms.
    pub fn started(&self) -> f64 {
        let stat = fs::read_to_string("/proc/uptime").unwrap();
        let up: f64 = stat.split_whitespace().next().unwrap().parse().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
        let ticks = fields(self.id).map_or(0.0, |(_, f)| number(&f, 19));
        (now - up + ticks / TICKS) * 1000.0
    }
}
