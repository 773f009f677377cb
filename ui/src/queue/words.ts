/**
 * The texts of rows, footer and notices. Pure functions from a row, its progress and the time to text and an icon name. A row
 * shows the fact first, then what happens next.
 */
import type { AddNotice, CheckProgress, CheckSummary, Drag, FailureCode, Live, Row } from "../backend/types";
import { change, count, day, duration, listed, percent, playtime, size, speed, when } from "../shared/format";
import { continues, short } from "./reasons";
import { brief, notable } from "./remarks";

export type IconName = "hold" | "retry" | "drive" | "tick" | "warning" | "cancelled";

/** A progress bar with text above and below it, left and right. */
export interface BarCell {
  kind: "bar";
  left: string;
  right: string;
  belowLeft: string;
  belowRight: string;
  /** 0 to 1. */
  fraction: number;
  paused: boolean;
}

/** One or two lines of text, optionally with an icon. */
export interface LinesCell {
  kind: "lines";
  icon?: IconName;
  first: string;
  second?: string;
  /** Continuation of the second line, shown in a wide window. */
  rest?: string;
  soft?: boolean;
}

export type Cell = BarCell | LinesCell;

/** Progress of a job, from the latest update or from its row. */
type Progress = Omit<Live, "id">;

/** A job whose preset this version cannot read is never started. */
function otherVersion(row: Row): LinesCell {
  const format = row.foreignFormat === null ? "" : ` (format ${row.foreignFormat})`;
  return { kind: "lines", icon: "hold", first: `Made by another version${format}`, second: "Update Spool, or remove it" };
}

/** Returns the content of the state column. */
export function cell(row: Row, live: Progress | undefined, now: number): Cell {
  if (!row.readable && row.state !== "done") return otherVersion(row);
  switch (row.state) {
    case "running":
      return running(row, live ?? row.progress ?? undefined);
    case "waiting":
      return { kind: "lines", icon: "drive", first: waitingFor(row), ...continues(row.failure?.code) };
    case "queued":
      return queued(row, now);
    case "done":
      return done(row, now);
    case "failed":
      return { kind: "lines", first: short(row.failure), second: failedBelow(row, now) };
    case "cancelled":
      return { kind: "lines", icon: "cancelled", first: "Cancelled", second: time(row.finishedAt, now) };
  }
}

function running(row: Row, live: Progress | undefined): Cell {
  const known = live?.percent ?? null;
  const written = live?.bytes ?? null;
  const still = row.hold || row.awaitsWorker;
  return {
    kind: "bar",
    left: known === null ? (live ? "Working" : "Starting") : known >= 99 ? "Checking the result" : percent(known),
    right: row.hold ? "Paused" : row.awaitsWorker ? "Released" : left(live),
    belowLeft: row.awaitsWorker ? "Continues when a worker is free" : still || !live?.speed ? "" : speed(live.speed),
    belowRight: written === null || row.awaitsWorker ? "" : `${size(written)} so far`,
    fraction: known === null ? 0 : known / 100,
    paused: still,
  };
}

function left(live: Progress | undefined): string {
  if (!live) return "";
  if (live.percent === null) return `${duration(live.doneUs / 1e6)} done`;
  if (live.etaSeconds === null || live.percent >= 99) return "";
  return live.etaSeconds < 10 ? "a few seconds left" : `${duration(live.etaSeconds)} left`;
}

function queued(row: Row, now: number): Cell {
  if (row.hold && row.failure?.code === "machine_down") return { kind: "lines", icon: "hold", first: "On hold", second: withoutFullStop(row.failure.message) };
  // The number of paused processes is limited; a job beyond the limit was stopped and starts again.
  if (row.hold) return { kind: "lines", icon: "hold", first: "On hold", ...(row.startedAt === null ? {} : { second: "Starts again from its beginning" }) };
  if (row.runAt !== null) {
    const wait = Math.max(0, Math.ceil((row.runAt - now) / 1000));
    const first = `Retry ${row.attempt} of ${row.maxAttempts - 1}${wait > 0 ? ` in ${duration(wait)}` : ""}`;
    return { kind: "lines", icon: "retry", first, second: withoutFullStop(row.failure?.message) };
  }
  const place = row.place === null ? "Queued" : row.place === 1 ? "Next" : `Place ${row.place.toLocaleString("en")}`;
  return { kind: "lines", first: place, soft: true };
}

/** Returns what a waiting job waits for. */
function waitingFor(row: Row): string {
  const name = row.waitsFor === null ? null : `“${row.waitsFor}”`;
  const where: Partial<Record<FailureCode, string>> = {
    source_volume_missing: `Waiting for ${name ?? "the drive"}`,
    destination_missing: `Waiting for ${name ?? "the folder"}`,
    volume_silent: `${name ?? "The drive"} does not answer`,
    disk_full: `Waiting for space${name ? ` on ${name}` : ""}`,
    destination_read_only: `Waiting for permission to write${name ? ` to ${name}` : ""}`,
    encoder_missing: "Waiting for the encoder",
    source_changed: "Waiting until it is written",
    source_growing: "Waiting until it is written",
  };
  return (row.failure && where[row.failure.code]) ?? "Waiting";
}

function done(row: Row, now: number): Cell {
  const grown = row.sizes.source !== null && row.sizes.output !== null && row.sizes.output > row.sizes.source * 1.005;
  const remarks = notable(row);
  if (row.check?.found === "wrong") return { kind: "lines", icon: "warning", first: "Result is wrong", second: withoutFullStop(row.check.message) };
  if (remarks.length > 0) {
    const [only] = remarks;
    const second = only && remarks.length === 1 ? brief(only) : count(remarks.length, "remark", "remarks");
    return { kind: "lines", icon: "warning", first: "With warnings", second };
  }
  const second = grown ? "Bigger than before" : [time(row.finishedAt, now), elapsed(row)].filter(Boolean).join(" · ");
  // Earlier versions stored no record of their checks.
  const first = row.verified ? "Verified" : row.kept ? "Original kept" : "Checked by an earlier version";
  return { kind: "lines", icon: "tick", first, second };
}

function elapsed(row: Row): string {
  if (row.startedAt === null || row.finishedAt === null) return "";
  const long = duration((row.finishedAt - row.startedAt) / 1000);
  return row.copied ? `copied in ${long}` : long;
}

function failedBelow(row: Row, now: number): string {
  return [count(row.attempt, "attempt", "attempts"), time(row.finishedAt, now)].filter(Boolean).join(" · ");
}

function time(at: number | null, now: number): string {
  return at === null ? "" : when(at, now);
}

/** Removes the full stop. */
function withoutFullStop(text: string | undefined): string {
  return (text ?? "").replace(/\.$/, "");
}

/** Returns the cell with both sizes as second line, for windows too narrow for size columns. */
export function sizesBelow(cell: Cell, row: Row): Cell {
  const sizes = `${size(row.sizes.source ?? 0)} → ${size(row.sizes.output ?? 0)}`;
  return cell.kind === "lines" ? { ...cell, second: sizes } : cell;
}

/** Returns the change of size, for example −78 %; empty unless the job is done and both sizes are known. */
export function saved(row: Row): string {
  if (row.state !== "done" || !row.sizes.source || !row.sizes.output) return "";
  return change(row.sizes.source, row.sizes.output);
}

/** A fact in the line under a name; narrow windows hide some kinds. */
export interface Fact {
  kind: "picture" | "codec" | "length" | "size";
  text: string;
}

/** Returns the facts in the line under a name, before the preset. Unknown facts are left out. */
export function facts(row: Row): Fact[] {
  const f = row.facts;
  const bytes = row.sizes.source === null || row.state === "done" ? "" : size(row.sizes.source);
  const all: Fact[] = [
    { kind: "picture", text: f?.width ? `${f.width}×${f.height}${f.interlaced ? " interlaced" : ""}` : "" },
    { kind: "codec", text: f?.codec ? [f.codec, f.hdr ? "HDR" : f.bits > 8 ? `${f.bits}-bit` : ""].filter(Boolean).join(" ") : "" },
    { kind: "length", text: f ? (f.seconds ? playtime(f.seconds) : "") : row.state === "queued" ? "Just added" : "" },
    { kind: "size", text: bytes },
  ];
  return all.filter((fact) => fact.text !== "");
}

/** Returns the progress of checking results again. */
export function checking({ n, of, waits }: CheckProgress): string {
  const at = `Checking ${Math.max(1, n).toLocaleString("en")} of ${of.toLocaleString("en")}`;
  return waits ? `${at}, waiting for the queue` : at;
}

/** Returns the notice after results were checked again: first sentence and the rest. */
export function rechecked({ right, wrong, notChecked }: CheckSummary): [string, string] {
  const all = right + wrong;
  const first = wrong > 0 ? `${count(wrong, "result is", "results are")} wrong.` : all > 0 ? "Nothing wrong was found." : "Nothing was checked.";
  const rest = [];
  if (all > 0) rest.push(`${count(all, "result", "results")} checked.`);
  if (notChecked > 0) rest.push(`${count(notChecked, "result", "results")} could not be checked.`);
  return [first, rest.join(" ")];
}

/** Returns the number of files and folders that are dragged over the window. */
export function dragged({ files, folders }: Drag): string {
  return listed([files > 0 ? count(files, "file", "files") : "", folders > 0 ? count(folders, "folder", "folders") : ""].filter(Boolean));
}

/** Returns the notice after files were added: first sentence and the rest. */
export function added(notice: AddNotice): [string, string] {
  const first = notice.accepted > 0 ? `${count(notice.accepted, "video", "videos")} added.` : nothingAdded(notice);
  const rest = [];
  if (notice.duplicateCount > 0) rest.push(`${notice.duplicateCount} ${notice.duplicateCount === 1 ? "was" : "were"} already in the queue.`);
  if (notice.doneBeforeCount > 0) rest.push(doneBefore(notice));
  if (notice.endedBeforeCount > 0) rest.push(endedBefore(notice.endedBeforeCount));
  if (notice.renamed !== null) rest.push(renamed(notice.renamed, notice.renamedCount));
  if (notice.own > 0) rest.push(`${count(notice.own, "is a result", "are results")} of Spool.`);
  if (notice.skipped > 0) rest.push(`${count(notice.skipped, "file is", "files are")} not ${notice.skipped === 1 ? "a video" : "videos"}.`);
  if (notice.refusedCount > 0) rest.push(`${notice.refusedCount} could not be added.`);
  return [first, rest.join(" ")];
}

/** An empty folder leaves no trace but that nothing was found. */
function nothingAdded({ duplicateCount, doneBeforeCount, endedBeforeCount, own, refusedCount }: AddNotice): string {
  return duplicateCount + doneBeforeCount + endedBeforeCount + own + refusedCount > 0 ? "Nothing added." : "No videos found.";
}

function renamed(sentence: string, of: number): string {
  return of === 1 ? sentence : `${of} results get other names, because their drive cannot hold the requested ones.`;
}

function endedBefore(of: number): string {
  return of === 1 ? "It failed or was cancelled before; retry it in its list." : `${of} failed or were cancelled before; retry them in their lists.`;
}

function doneBefore(notice: AddNotice): string {
  const then = notice.doneAt === null ? "before" : `on ${day(notice.doneAt)}`;
  return notice.doneBeforeCount === 1 ? `It was already done ${then}.` : `${notice.doneBeforeCount} were already done, the last ${then}.`;
}
