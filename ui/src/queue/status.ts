/** Sentences about the queue as a whole: its batch, its workers, and the figures of the done list. Pure. */
import type { BatchSummary, QueueStatus, TimeLeftRange } from "../backend/types";
import { count, duration, listed, size } from "../shared/format";

const number = (n: number) => n.toLocaleString("en");

/** Returns the left part of the footer: progress of the current batch, and `without`, the jobs it does not include. */
export function footer(status: QueueStatus): { all: number; ended: number; text: string; without: string } {
  const { batch, lastBatch } = status;
  const without = excluded(status);
  if (lastBatch) return { all: 0, ended: 0, text: doneAndFailed(lastBatch.done, lastBatch.failed), without: listed(without) };
  if (batch.of === 0) return { all: 0, ended: 0, text: without.length === 0 ? "Nothing in the queue" : "Nothing can start", without: listed(without) };
  const failed = batch.failed > 0 ? `, ${number(batch.failed)} failed` : "";
  const text = `${number(batch.done)} of ${number(batch.of)} done${failed}`;
  return { all: batch.of, ended: batch.ended, text, without: without.length === 0 ? "" : `without ${listed(without)}` };
}

/** Returns the jobs that the batch does not include, or that make no progress; each job once. */
function excluded({ counts: c, suspended, waitingForSpace: space, fullDisk }: QueueStatus): string[] {
  const forSpace = `for space${fullDisk ? ` on “${fullDisk}”` : ""}`;
  const waiting = space === c.waiting ? `waiting ${forSpace}` : space > 0 ? `waiting, ${number(space)} of them ${forSpace}` : "waiting";
  const parts = [
    [suspended, count(suspended, "paused video", "paused videos")],
    [c.held, `${number(c.held)} on hold`],
    [c.unreadable, `${number(c.unreadable)} made by another version`],
    [c.waiting, `${number(c.waiting)} ${waiting}`],
  ] as const;
  return parts.filter(([n]) => n > 0).map(([, text]) => text);
}

/** `queue paused`, `queue paused on battery`; empty while it runs. */
export function pause({ paused, onBattery }: QueueStatus): string {
  if (!paused) return "";
  return onBattery ? "queue paused on battery" : "queue paused";
}

/** Returns how many workers are busy; after their number was lowered, more videos may still run. */
export function workers({ counts, suspended, workers: allowed }: QueueStatus): string {
  const busy = counts.running - suspended;
  if (allowed === null || counts.running === 0) return "";
  if (busy > allowed) return `${count(busy, "video", "videos")} running, then ${number(allowed)} at a time`;
  return `${number(busy)} of ${count(allowed, "worker", "workers")} busy`;
}

/** Returns what the done list contains: `2 videos done, 4 cancelled`. */
export function ended({ counts: { done, cancelled } }: QueueStatus): string {
  const all = [done > 0 ? `${count(done, "video", "videos")} done` : "", cancelled > 0 ? `${number(cancelled)} cancelled` : ""];
  return all.filter(Boolean).join(", ");
}

/** `6 done, 2 failed` */
function doneAndFailed(done: number, failed: number): string {
  const parts = [[done, "done"], [failed, "failed"]] as const;
  return parts.filter(([n]) => n > 0).map(([n, word]) => `${number(n)} ${word}`).join(", ");
}

/** Returns the result of a finished batch: `9.7 MB saved`, `took 1 min 12 s`; `saved` is empty if there is no change. */
export function batchResult({ done, bytesBefore, bytesAfter, seconds }: BatchSummary): { saved: string; took: string } {
  const less = bytesBefore - bytesAfter;
  const saved = done === 0 || less === 0 ? "" : less > 0 ? `${size(less)} saved` : `${size(-less)} more`;
  return { saved, took: `took ${duration(seconds)}` };
}

/** Returns the time left as a range, rounded to the precision of the estimate; empty if unknown. */
export function timeLeft(left: TimeLeftRange): string {
  if (left.from === null || left.to === null) return "";
  if (left.to < 10) return "a few seconds left";
  if (left.to < 90) return `about ${Math.max(10, tens(left.from, Math.floor))}–${Math.max(20, tens(left.to, Math.ceil))} s left`;
  // Half hours for short ranges, so that rounding does not widen them much.
  const [unit, seconds, step] = left.to < 5400 ? ["min", 60, 1] as const : ["h", 3600, left.to < 18000 ? 0.5 : 1] as const;
  const from = Math.max(step, Math.floor(left.from / seconds / step) * step);
  const to = Math.max(from + step, Math.ceil(left.to / seconds / step) * step);
  return `about ${from}–${to} ${unit} left`;
}

function tens(seconds: number, round: (n: number) => number): number {
  return round(seconds / 10) * 10;
}
