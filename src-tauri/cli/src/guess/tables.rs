//! Maps words and options that users know from other programs to those of Spool. Plain data.

/// Words, with the sentence that names the right command.
type Table = &'static [(&'static [&'static str], &'static str)];

const VERBS: Table = &[
    (
        &[
            "convert",
            "encode",
            "transcode",
            "compress",
            "process",
            "ffmpeg",
            "shrink",
            "scan",
            "import",
            "push",
        ],
        "`spool add` queues videos, `spool run` runs the queue.",
    ),
    (
        &["start", "work", "go", "exec", "begin", "serve", "server", "daemon", "worker"],
        "`spool run` runs the queue; `spool resume` ends a pause, `spool release ID` lets a held job start.",
    ),
    (
        &["stop", "halt", "quit", "exit", "kill", "abort", "end", "terminate"],
        "`spool pause` starts no further job, `spool cancel ID` ends one, and Ctrl-C ends `spool run`.",
    ),
    (
        &["rm", "del", "delete", "clear", "purge", "clean", "prune", "drop", "forget"],
        "`spool remove ID` takes jobs off the list; files stay.",
    ),
    (&["log", "logs", "tail", "stderr"], "`spool show ID --log` shows the end of ffmpeg's log."),
    (&["queue", "enqueue", "q", "jobs"], "`spool list` shows the queue, `spool add` puts videos into it."),
    (&["ls", "ps", "history", "dir", "l"], "`spool list` shows the jobs."),
    (&["top", "follow", "monitor", "progress", "wait", "tui"], "`spool watch` follows the queue."),
    (&["stat", "stats", "state", "summary"], "`spool status` shows the state of the queue."),
    (
        &["info", "inspect", "describe", "details", "detail", "mediainfo", "ffprobe", "analyze", "analyse"],
        "`spool show ID` shows a job, `spool probe FILE` a file.",
    ),
    (
        &["undo", "revert", "restore", "redo", "rerun", "restart", "requeue", "reset", "repeat"],
        "`spool retry ID` puts a failed or cancelled job back in line, `spool again ID` converts a done one again.",
    ),
    (&["continue", "unpause", "resume-all", "resumeall"], "`spool resume` resumes the whole queue."),
    (
        &["pause-all", "pauseall", "freeze"],
        "`spool pause` starts no further job; `spool hold ID` holds one job.",
    ),
    (&["suspend"], "`spool hold ID` pauses a running job."),
    (&["unhold", "unsuspend"], "`spool release ID` resumes a held job."),
    (&["retry-all", "retryall"], "`spool retry --all` retries all failed jobs."),
    (&["cancel-all", "cancelall"], "`spool cancel --all` ends all jobs."),
    (&["remove-all", "removeall"], "`spool remove --all` empties the list; files stay."),
    (&["hold-all", "holdall"], "`spool hold --all` holds all jobs."),
    (&["release-all", "releaseall"], "`spool release --all` releases all held jobs."),
    (
        &["mv", "up", "down", "bottom", "prioritize", "prioritise", "priority", "reorder", "order", "sort"],
        "`spool move ID --top` changes the order; --bottom, --up and --down too.",
    ),
    (&["verify", "test", "validate"], "`spool check ID` checks results again."),
    (&["errors", "error", "failed", "failures"], "`spool list --state failed` shows what failed, and why."),
    (&["preset", "profile", "profiles"], "`spool presets` lists them."),
    (
        &["config", "configure", "setting", "set", "get", "options", "prefs", "preferences"],
        "`spool settings` shows and changes what is set for all, `spool add --set KEY=VALUE` for videos.",
    ),
    (
        &["modify", "change", "alter", "update", "rename"],
        "`spool edit ID` changes preset, settings or destination of what has not started.",
    ),
    (&["diagnose", "diag", "doctors", "health"], "`spool doctor` checks tools, queue and disk."),
    (&["version"], "`spool --version` prints it."),
];

const PRESET_VERBS: Table = &[
    (&["rm", "del", "delete"], "`spool presets remove ID` removes one of your own."),
    (&["add", "new", "create", "save"], "`spool presets import FILE` adds one of your own."),
    (&["list", "ls"], "`spool presets` lists them."),
    (&["show", "get", "print", "info"], "`spool presets export ID` prints one."),
];

const OPTIONS: Table = &[
    (
        &["-o", "--output", "--out", "--outdir", "--out-dir", "--dest", "--destination", "--target"],
        "`spool add --output-dir DIR` names the folder of the results, and -o FILE the result of one.",
    ),
    (
        &["--crf", "-crf", "--quality", "-q:v", "--cq", "-cq", "--qp", "-qp", "--rf"],
        "`spool add --set video.crf=18` sets the quality.",
    ),
    (
        &["--size", "--max-size", "--maxsize", "--target-size", "--file-size", "--filesize", "-fs"],
        "`spool add --preset fit-size --set video.sizeMb=25` stays under a size.",
    ),
    (
        &["--bitrate", "-b", "-b:v", "--vb", "--video-bitrate", "--kbps"],
        "`spool add --set video.kbps=4000` sets the bit rate.",
    ),
    (
        &["-b:a", "--ab", "--audio-bitrate", "--audio-kbps"],
        "`spool add --set audio.kbps=160` sets the audio bit rate.",
    ),
    (
        &["--resolution", "--scale", "--width", "--height", "--maxwidth", "--maxheight", "-s", "-vf"],
        "`spool add --set video.boxLong=1280 --set video.boxShort=720` sets the largest frame size.",
    ),
    (
        &["--codec", "--vcodec", "-c:v", "-vcodec", "--encoder", "-e", "--format", "-f", "--container", "-c"],
        "`spool add --preset ID` chooses codec and container, and `spool presets` lists the presets.",
    ),
    (&["--speed", "-preset", "--encoder-preset"], "`spool add --set video.speed=slow` sets the effort."),
    (
        &["--fps", "--rate", "--framerate", "-r:v"],
        "`spool add --set video.maxFps=30` sets the highest frame rate.",
    ),
    (&["-p", "--profile", "-Z"], "`spool add --preset ID` chooses the preset."),
    (
        &["--jobs", "-j", "--parallel", "--threads", "-t", "--workers", "-w", "--concurrency"],
        "`spool run --workers N` says how many jobs run at a time.",
    ),
    (
        &["-n", "--max", "--count", "--lines", "--limit", "--head"],
        "`spool list --limit N` lists at most so many.",
    ),
    (
        &["--status", "--filter", "--state", "--failed", "--done", "--queued"],
        "`spool list --state failed` lists jobs by their state.",
    ),
    (&["-r", "-R", "--recursive", "--recurse"], "folders are taken with all that is in them."),
    (
        &["-y", "--overwrite", "--force", "--replace", "--in-place", "--inplace"],
        "nothing is ever overwritten: a result gets a name of its own, and `spool add --again` does what was done.",
    ),
    (
        &["--delete", "--delete-source", "--delete-original", "--remove-source", "--rm"],
        "originals are only ever read, and stay.",
    ),
    (
        &["--dry-run", "--dryrun", "--simulate"],
        "`spool probe --preset ID FILE` says what would become of a file.",
    ),
    (&["--follow", "--watch", "--tail"], "`spool watch` follows the queue."),
    (&["--log", "--logs"], "`spool show ID --log` shows the end of ffmpeg's log."),
    (
        &["--first", "--now", "--priority", "--top", "--front"],
        "`spool add --next` and `spool move ID --top` put first.",
    ),
    (&["--last", "--end", "--bottom"], "`spool move ID --bottom` puts last."),
    (
        &["--data", "--datadir", "--db", "--database", "--queue"],
        "`spool --data-dir DIR` names the folder of the queue.",
    ),
    (&["--silent"], "--quiet says only what went wrong."),
    (&["--debug"], "--verbose shows the log."),
];

/// Returns the sentence for a word used as a command.
pub(super) fn verb(word: &str) -> Option<&'static str> {
    find(VERBS, &word.to_lowercase().replace('_', "-"))
}

/// Returns the sentence for a word after `spool presets`.
pub(super) fn preset_verb(word: &str) -> Option<&'static str> {
    find(PRESET_VERBS, &word.to_lowercase())
}

/// Returns the sentence for an option without its value.
pub(super) fn option(name: &str) -> Option<&'static str> {
    find(OPTIONS, name).or_else(|| find(OPTIONS, &name.to_lowercase()))
}

fn find(table: Table, word: &str) -> Option<&'static str> {
    table.iter().find(|(words, _)| words.contains(&word)).map(|(_, meant)| *meant)
}

/// Returns every sentence.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    [VERBS, PRESET_VERBS, OPTIONS].into_iter().flatten().map(|(_, meant)| *meant)
}
