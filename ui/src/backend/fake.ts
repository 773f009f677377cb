/**
 * An application in memory, whose rows change only through calls. For tests, screenshots and development in a browser.
 */
import type { Backend, JobState } from "./backend";
import type { AddNotice, Alarm, BatchSummary, CheckProgress, Details, End, Entry, BatchProgress, FailureCode, TimeLeftRange, List, Live, Page, Remark, RemarkShown, Restored, Row, SettingsChosen, SortOrder, QueueStatus, Update, JobCommand, PageRequest, WhenDone, Why } from "./types";
import { Numbers } from "../queue/numbers";

const STATES: Record<List, JobState[]> = {
  queue: ["running", "waiting", "queued"],
  done: ["done", "cancelled"],
  failed: ["failed"],
};

const gain = ({ sizes }: Row) => (sizes.source ?? 0) - (sizes.output ?? sizes.source ?? 0);

const ORDERS: Record<SortOrder, (a: Row, b: Row) => number> = {
  newest: (a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0),
  saved: (a, b) => gain(b) - gain(a),
  name: (a, b) => a.name.localeCompare(b.name),
};

export interface Fake extends Backend {
  /** Each call that changes something, in order: name and arguments. */
  calls: [string, ...unknown[]][];
  rows: Row[];
  restored: Restored | null;
  /** An alarm about many failures in a short time. */
  alarm: Alarm | null;
  mayFail: boolean;
  lastBatch: BatchSummary | null;
  /** Progress of checking results again. */
  checking: CheckProgress | null;
  /** Time left for the queue. */
  left: TimeLeftRange | null;
  /** Sends an update. */
  tell(update: Partial<Update>): void;
  /** Sends the current state. To be called after `rows` or another field was assigned. */
  touch(): void;
}

/** The fields of a row that differ from the defaults of `row`; some have a short name. */
export type Change = Partial<Row> & { why?: Why | null; live?: Live; sourceSize?: number | null; outputSize?: number | null };

export function row(id: number, { why = null, live, sourceSize = 812_000_000, outputSize = null, ...change }: Change = {}): Row {
  return {
    id,
    uid: `uid ${id}`,
    position: id,
    name: `video ${id}.mkv`,
    source: `/videos/video ${id}.mkv`,
    sourceMtimeNs: null,
    output: `/out/video ${id}.mp4`,
    outputName: `video ${id}.mp4`,
    facts: null,
    thumb: false,
    copied: false,
    waitsFor: null,
    preset: "web-1080p",
    presetName: "Web 1080p",
    options: change.preset === null ? null : {},
    state: "queued",
    hold: false,
    awaitsWorker: false,
    place: null,
    attempt: 0,
    maxAttempts: 4,
    runAt: null,
    delayed: (change.runAt ?? null) !== null,
    waitReason: null,
    failure: why,
    refused: why?.code === "plan_refused",
    cut: false,
    readable: change.preset !== null,
    foreignFormat: null,
    warnings: [],
    remarks: [],
    said: [],
    verified: change.state === "done" && change.check?.found !== "wrong",
    check: null,
    wrong: change.check?.found === "wrong",
    kept: false,
    sizes: { source: sourceSize, output: outputSize },
    progress: live ? { ...live, fps: null, written: null } : null,
    abandonedSince: null,
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    ...change,
  };
}

/** Returns a remark with its data; by default one that an earlier version stored, as text only. */
export function remark(fact: Remark = { kind: "text", text: "It was odd." }, message = "It was odd."): RemarkShown {
  return { ...fact, message };
}

const noChange: Update = {
  status: null,
  live: [],
  left: null,
  drag: null,
  dragEnded: false,
  dropped: null,
  added: null,
  checked: null,
  askClose: null,
  trouble: null,
};

export function fake(rows: Row[] = [], ffmpeg = "7.1"): Fake {
  let receive: ((update: Update) => void) | undefined;
  let paused = false;
  let preset = "web-1080p";
  let outputDir: string | null = null;
  let whenDone: WhenDone = "nothing";
  let chosen: SettingsChosen = {
    workers: null,
    maxAttempts: 4,
    outputName: "{name}",
    fitSizeMb: 18,
    keepAwake: true,
    pauseOnBattery: false,
    notifyDone: true,
    notifyFailed: true,
    notifySound: false,
    theme: "system",
  };
  const calls: Fake["calls"] = [];
  const record = (name: string, ...args: unknown[]) => {
    calls.push([name, ...args]);
    return Promise.resolve();
  };
  const count = (state: JobState) => self.rows.filter((r) => r.state === state).length;
  const sum = (size: "source" | "output") =>
    self.rows.filter((r) => r.state === "done").reduce((total, r) => total + (r.sizes[size] ?? 0), 0);
  const batch = (): BatchProgress => {
    const [done, failed] = [count("done"), count("failed")];
    const starts = self.rows.filter((r) => r.state === "queued" && !r.hold && r.readable).length;
    return { done, failed, ended: done + failed, of: done + failed + starts + count("waiting") + count("running") };
  };
  const status = (): QueueStatus => ({
    counts: {
      queued: count("queued"),
      held: self.rows.filter((r) => r.state === "queued" && r.hold).length,
      unreadable: self.rows.filter((r) => r.state === "queued" && !r.hold && !r.readable).length,
      waiting: count("waiting"),
      running: count("running"),
      done: count("done"),
      failed: count("failed"),
      cancelled: count("cancelled"),
    },
    batch: batch(),
    lastBatch: self.lastBatch,
    suspended: self.rows.filter((r) => r.state === "running" && r.hold).length,
    waitingForSpace: self.rows.filter((r) => r.state === "waiting" && r.failure?.code === "disk_full").length,
    fullDisk: self.rows.find((r) => r.failure?.code === "disk_full")?.waitsFor ?? null,
    paused,
    onBattery: false,
    workedBy: null,
    workers: 3,
    breaker: null,
    restored: self.restored,
    alarm: self.alarm,
    mayFail: self.mayFail,
    checking: self.checking,
    bytesBefore: sum("source"),
    bytesAfter: sum("output"),
  });
  const listed = (list: List) => self.rows.filter((r) => STATES[list].includes(r.state));
  const filtered = (list: List, find: string) => listed(list).filter((r) => r.name.toLowerCase().includes(find.toLowerCase()));
  const entries = ({ list, open, find, sorted }: PageRequest): Entry[] => {
    const rows = filtered(list, find);
    if (list === "done") rows.sort(ORDERS[sorted]);
    return list === "failed" && find === "" ? grouped(rows, open) : rows.map((r) => ({ kind: "row" as const, ...r }));
  };
  const self: Fake = {
    calls,
    rows,
    restored: null,
    alarm: null,
    mayFail: true,
    lastBatch: null,
    checking: null,
    left: null,
    tell: (update) => receive?.({ ...noChange, ...update }),
    touch: () => self.tell({ status: status(), left: self.left }),
    subscribe: (listener) => {
      receive = listener;
      self.touch();
      return Promise.resolve();
    },
    page: (wanted: PageRequest): Promise<Page> => {
      const { offset, limit } = wanted;
      const all = entries(wanted);
      const groups = all.filter((e) => e.kind === "group").length;
      return Promise.resolve({ offset, entries: all.slice(offset, offset + limit), total: all.length, groups });
    },
    pick: (wanted, ends) => {
      const all = entries(wanted);
      const place = (end: End) => all.findIndex((e) => e.kind === "row" && e.id === end.id);
      const places = (ends ?? []).map((end) => (place(end) < 0 ? end.place : place(end)));
      const picked = ends ? all.slice(Math.min(...places), Math.max(...places) + 1) : all;
      return Promise.resolve(Numbers.of(picked.filter((e) => e.kind === "row").map((e) => e.id)));
    },
    kinds: (wanted, jobs) => {
      const rows = entries(wanted).filter((e) => e.kind === "row");
      return Promise.resolve(rows.filter((r) => jobs.has(r.id)).map((r) => ({ kind: r, jobs: Numbers.of([r.id]) })));
    },
    picture: (id) => `/thumbs/${id}.svg`,
    details: (id) => {
      const found = self.rows.find((r) => r.id === id);
      return Promise.resolve(found ? { ...found, changed: {}, folder: "~/Videos/2024 Herbst", ...extras(found) } : null);
    },
    presets: () =>
      Promise.resolve([
        { id: "web-1080p", name: "Web 1080p", description: "Plays everywhere · MP4, H.264, up to 1920x1080", sizeMb: null },
        { id: "small-hevc", name: "Small HEVC", description: "Small files for newer devices", sizeMb: null },
        { id: "archive-av1", name: "Archive AV1", description: "Smallest for keeping, all tracks", sizeMb: null },
        { id: "fit-size", name: "Fit a size", description: "For sending; mail adds 37 %, so 18 MB fit into its 25", sizeMb: 18 },
        { id: "edit-prores", name: "Edit ProRes", description: "For video editors, large files", sizeMb: null },
        { id: "audio-m4a", name: "Sound only", description: "M4A without the picture", sizeMb: null },
        { id: "web-720p", name: "Web 720p", description: "Smaller, still plays everywhere", sizeMb: null },
        { id: "remux-mp4", name: "Remux to MP4", description: "New container, no quality lost", sizeMb: null },
      ]),
    choices: () => Promise.resolve({ preset, outputDir, theme: chosen.theme }),
    settings: () =>
      Promise.resolve({ chosen, autoWorkers: 3, data: "~/.local/share/spool", dataSize: 14_000_000, outputDir, whenDone }),
    whenDone: (choice) => {
      whenDone = choice;
      return record("whenDone", choice);
    },
    chooseFfmpeg: (found) => record("chooseFfmpeg", found),
    encoders: () =>
      Promise.resolve(["H.264", "H.265", "AV1", "ProRes", "AAC", "Opus"].map((name) => ({ name, works: name !== "AV1" }))),
    showData: () => record("showData"),
    saveReport: () => record("saveReport"),
    saveSettings: (now) => {
      chosen = now;
      return record("saveSettings", now);
    },
    choosePreset: (id) => {
      preset = id;
      return record("choosePreset", id);
    },
    chooseFolder: () => {
      outputDir = "/media/archive/Videos of the family/2024 Herbst, umgewandelt";
      return record("chooseFolder");
    },
    chooseBeside: () => {
      outputDir = null;
      return record("chooseBeside");
    },
    add: (folder) => record("add", folder),
    addAgain: () => record("addAgain"),
    undoAdd: () => record("undoAdd"),
    leftOut: () => Promise.resolve(["/videos/notes.txt", "/videos/cover.jpg", "/videos/list.m3u"]),
    dropHere: (token, id) => record("dropHere", token, id),
    applyCommand: (verb, jobs) => {
      apply(verb, (r) => jobs.has(r.id));
      return record("applyCommand", verb, [...jobs]);
    },
    applyToCause: (verb, cause) => {
      apply(verb, (r) => r.state === "failed" && r.failure?.code === cause);
      return record("applyToCause", verb, cause);
    },
    retryAs: (jobs, cause, id) => record("retryAs", [...jobs], cause, id),
    salvage: (jobs) => record("salvage", [...jobs]),
    checkAgain: (jobs) => {
      const all = self.rows.filter((r) => r.state === "done" && (jobs?.has(r.id) ?? true));
      self.checking = { n: Math.min(1, all.length), of: all.length, waits: false };
      self.touch();
      return record("checkAgain", jobs && [...jobs]);
    },
    stopChecking: () => {
      self.checking = null;
      self.touch();
      return record("stopChecking");
    },
    doAgain: (jobs) => {
      const next = Math.max(0, ...self.rows.map((r) => r.id)) + 1;
      const again = self.rows.filter((r) => jobs.has(r.id)).map((r, n) => row(next + n, { name: r.name, place: n + 1 }));
      self.rows = [...self.rows, ...again];
      self.touch();
      return record("doAgain", [...jobs]);
    },
    pause: (now) => {
      paused = now;
      self.touch();
      return record("pause", now);
    },
    open: (id) => record("open", id),
    showInFolder: (id) => record("showInFolder", id),
    close: (choice) => record("close", choice),
    tools: () => Promise.resolve({ path: ffmpeg ? "/usr/bin/ffmpeg" : null, chosen: false, version: ffmpeg || null, looked: ffmpeg ? [] : ["/usr/local/bin", "/usr/bin", "~/.local/bin"], problem: ffmpeg ? null : { code: "ffmpeg_missing", kind: "tool_missing", tool: "ffmpeg", message: "ffmpeg was not found.", nextStep: "" }, remedy: { kind: "command", command: "sudo apt install ffmpeg" } }),
  };
  const apply = (verb: JobCommand, which: (row: Row) => boolean) => {
    if (verb === "remove") self.rows = self.rows.filter((r) => !which(r));
    for (const r of self.rows.filter(which)) {
      if (verb === "retry") Object.assign(r, { state: "queued", failure: null });
      if (verb === "cancel") Object.assign(r, { state: "cancelled" });
      if (verb === "hold") r.hold = true;
      if (verb === "release") r.hold = false;
    }
    self.touch();
  };
  return self;
}

/** Returns a failure as an earlier version stored it: as text only. */
export function textFailure(code: FailureCode, message: string, nextStep = ""): Why {
  return { code, kind: "text", text: message, message, nextStep };
}

const outOfMemory: Why = { code: "out_of_memory", kind: "out_of_memory", message: "Memory ran out.", nextStep: "Retry." };

/** Returns the fields that the details have in addition to a row. */
function extras(row: Row): Pick<Details, "checked" | "streams" | "attempts"> {
  const done = row.state === "done";
  const streams = [
    { kind: "video", codec: "HEVC", into: "H.264", done: "Converted", note: "HDR turned into standard colours" },
    { kind: "audio", codec: "AAC", into: "", done: "Kept", note: "Already fits the preset; copied without loss" },
    { kind: "data", codec: "", into: "", done: "Dropped", note: "MP4 for the web has no place for it" },
  ];
  const attempt = {
    epoch: 1,
    outcome: row.state,
    failure: row.failure,
    exit: done ? 0 : 1,
    signal: null,
    commands: [["ffmpeg", "-i", row.source, row.output]],
    command: `ffmpeg -i ${row.source} ${row.output}`,
    plan: null,
    verification: null,
    logTail: "frame= 2010 fps=75\nvideo: 180 MB",
    startedAt: row.startedAt ?? 0,
    endedAt: row.finishedAt,
  };
  const first = { ...attempt, outcome: "retry", failure: outOfMemory, exit: null, signal: 9, startedAt: attempt.startedAt - 60_000, endedAt: attempt.startedAt - 19_000 };
  return {
    checked: row.verified ? { streams: 2, seconds: 287, pictures: { found: 7175, expected: 7175 }, decoded: "original", places: null, compared: false, changes: ["Track 0: the size 3840x2160 became 1920x1080."] } : null,
    streams: row.state === "queued" ? [] : streams,
    attempts: [...(done && row.attempt > 1 ? [first] : []), ...(row.attempt > 0 || done ? [attempt] : [])],
  };
}

/** Returns the failed list: a group row for each cause, followed by two of its jobs, or by all if the group is open. */
function grouped(rows: Row[], open: string[]): Entry[] {
  const causes = [...new Set(rows.map((r) => r.failure?.code ?? "internal"))];
  return causes.flatMap((code) => {
    const all = rows.filter((r) => (r.failure?.code ?? "internal") === code);
    const shown = open.includes(code) ? all : all.slice(0, 2);
    const head = { kind: "group" as const, code, count: all.length, shown: shown.length, nextStep: all[0]?.failure?.nextStep ?? "" };
    return [head, ...shown.map((r) => ({ kind: "row" as const, ...r }))];
  });
}

export function notice(change: Partial<AddNotice>): AddNotice {
  return {
    first: null,
    accepted: 0,
    duplicates: [],
    duplicateCount: 0,
    skipped: 0,
    endedBeforeCount: 0,
    own: 0,
    doneBefore: null,
    doneAt: null,
    doneBeforeCount: 0,
    refused: [],
    refusedCount: 0,
    renamed: null,
    renamedCount: 0,
    ...change,
  };
}
