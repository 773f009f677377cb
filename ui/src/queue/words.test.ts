import type { Reason } from "../backend/types";
import { short } from "./reasons";
import { expect, test } from "vitest";
import { notice, remark, row, textFailure } from "../backend/fake";
import type { Checked, Live, QueueStatus } from "../backend/types";
import { checked, checkedByEarlierVersion } from "../details/checked";
import { menu } from "./actions";
import { batchResult, ended, footer, pause, timeLeft, workers } from "./status";
import { added, cell, dragged, facts, saved } from "./words";

const live: Live = { id: 1, percent: 42.4, speed: 3.14, etaSeconds: 72, bytes: 96_000_000, doneUs: 100_000_000 };

test("a running row shows percentage, time left, speed and size", () => {
  expect(cell(row(1, { state: "running" }), live, 0)).toEqual({
    kind: "bar",
    left: "42\u202f%",
    right: "1 min 12 s left",
    belowLeft: "3.1×",
    belowRight: "96 MB so far",
    fraction: 0.424,
    paused: false,
  });
});

test("a paused row has no speed, an unknown length no percentage, and 99 % is shown as checking", () => {
  expect(cell(row(1, { state: "running", hold: true }), live, 0)).toMatchObject({ right: "Paused", belowLeft: "", paused: true });
  expect(cell(row(1, { state: "running" }), { ...live, percent: null }, 0)).toMatchObject({ left: "Working", right: "1 min 40 s done", fraction: 0 });
  expect(cell(row(1, { state: "running" }), { ...live, percent: 99 }, 0)).toMatchObject({ left: "Checking the result", right: "" });
  expect(cell(row(1, { state: "running" }), undefined, 0)).toMatchObject({ left: "Starting" });
});

test("a released row that waits for a worker differs from a running and a paused one", () => {
  const released = cell(row(1, { state: "running", awaitsWorker: true }), live, 0);
  expect(released).toMatchObject({ left: "42\u202f%", right: "Released", belowLeft: "Continues when a worker is free", paused: true });
  expect(JSON.stringify(released)).not.toContain("3.1");
});

test("a retry shows its number and counts down", () => {
  const why = textFailure("stalled", "No progress for 2 minutes.", "");
  const retrying = row(1, { attempt: 2, maxAttempts: 5, runAt: 38_000, why });
  expect(cell(retrying, undefined, 0)).toEqual({ kind: "lines", icon: "retry", first: "Retry 2 of 4 in 38 s", second: "No progress for 2 minutes" });
  expect(cell(retrying, undefined, 40_000)).toMatchObject({ first: "Retry 2 of 4" });
});

test("a queued row shows its place, unless it is on hold", () => {
  expect([1, 2].map((place) => cell(row(1, { place }), undefined, 0))).toMatchObject([{ first: "Next" }, { first: "Place 2" }]);
  expect(cell(row(1, { hold: true }), undefined, 0)).toMatchObject({ icon: "hold", first: "On hold" });
});

test("a done row shows that it is verified, or its warnings", () => {
  const at = { startedAt: 0, finishedAt: 93_000 };
  expect(cell(row(1, { state: "done", outputSize: 214_000_000, ...at }), undefined, 0)).toMatchObject({ icon: "tick", first: "Verified" });
  expect(cell(row(1, { state: "done", said: [remark()], ...at }), undefined, 0)).toMatchObject({ icon: "warning", second: "It was odd" });
  const damaged = row(1, { state: "done", said: [remark({ kind: "damaged_spots", count: 4, atLeast: false })], ...at });
  expect(cell(damaged, undefined, 0)).toMatchObject({ first: "With warnings", second: "4 damaged spots" });
  const partial = row(1, { state: "done", said: [remark({ kind: "partial", readableSeconds: 4, wholeSeconds: 8, reckoned: false, gaps: [] })], ...at });
  expect(cell(partial, undefined, 0)).toMatchObject({ first: "With warnings", second: "Partial: 0:04 of 0:08" });
  const copied = row(1, { state: "done", outputSize: 812_000_000, copied: true, startedAt: 0, finishedAt: 1000 });
  expect(cell(copied, undefined, 0)).toMatchObject({ first: "Verified", second: expect.stringContaining("copied in 1 s") });
  const bigger = row(1, { state: "done", outputSize: 900_000_000, said: [remark({ kind: "bigger", sourceBytes: 812_000_000, resultBytes: 900_000_000 })], ...at });
  expect(cell(bigger, undefined, 0)).toMatchObject({ icon: "tick", second: "Bigger than before" });
  expect(saved(bigger)).toBe("+11\u202f%");
});

test("a job of another version is marked, and a result without a record is not shown as verified", () => {
  const foreign = { preset: null, readable: false };
  expect(cell(row(1, foreign), undefined, 0)).toMatchObject({ first: "Made by another version", second: "Update Spool, or remove it" });
  expect(cell(row(1, { ...foreign, foreignFormat: 2 }), undefined, 0)).toMatchObject({ first: "Made by another version (format 2)" });
  expect(menu(row(1, foreign)).flat().map((a) => a.name)).toEqual(["moveTop", "moveUp", "moveDown", "details", "remove"]);
  expect(menu(row(1, { ...foreign, state: "failed" })).flat().map((a) => a.name)).toEqual(["remove", "details"]);
  const done = { state: "done", verified: false, finishedAt: 1000 } as const;
  expect(cell(row(1, done), undefined, 0)).toMatchObject({ first: "Checked by an earlier version" });
  expect(cell(row(1, { ...done, kept: true }), undefined, 0)).toMatchObject({ first: "Original kept" });
  expect([checkedByEarlierVersion(row(1, done)), checkedByEarlierVersion(row(1, { ...done, kept: true })), checkedByEarlierVersion(row(1))]).toEqual([true, false, false]);
});

test("the text of a check lists what was measured", () => {
  const all: Checked = { streams: 3, seconds: 287, pictures: { found: 7174, expected: 7175 }, decoded: "result", places: null, compared: false, changes: [] };
  expect(checked(all)).toBe("3 streams as planned, 4:47 long, 7,174 of 7,175 pictures, result decoded");
  expect(checked({ streams: 1, seconds: null, pictures: null, decoded: "some", places: null, compared: false, changes: [] })).toBe("1 stream as planned");
  expect(checked({ ...all, places: 7, compared: true })).toBe("3 streams as planned, 4:47 long, 7,174 of 7,175 pictures, packets compared, decoded at 7 places");
  expect(checked({ ...all, places: 7 })).toMatch(/pictures, decoded at 7 places$/);
});

test("the footer lists the jobs that the batch does not include", () => {
  const counts = { queued: 5, held: 1, unreadable: 0, waiting: 1, running: 2, done: 38, failed: 2, cancelled: 3 };
  const status = { counts, batch: { done: 3, failed: 1, ended: 4, of: 11 }, lastBatch: null, suspended: 1, waitingForSpace: 0, fullDisk: null, paused: false, onBattery: false, workedBy: null, workers: 3, breaker: null, restored: null, alarm: null, mayFail: true,
 checking: null, bytesBefore: 0, bytesAfter: 0 };
  expect(footer(status)).toEqual({ all: 11, ended: 4, text: "3 of 11 done, 1 failed", without: "without 1 paused video, 1 on hold and 1 waiting" });
  const waitingForSpace = { ...status, counts: { ...counts, held: 0, waiting: 15 }, suspended: 0, waitingForSpace: 14, fullDisk: "Media" };
  expect(footer(waitingForSpace).without).toBe("without 15 waiting, 14 of them for space on “Media”");
  expect(footer({ ...waitingForSpace, waitingForSpace: 15, fullDisk: null }).without).toBe("without 15 waiting for space");
  const none = { done: 0, failed: 0, ended: 0, of: 0 };
  const held = { ...status, counts: { ...counts, queued: 1, waiting: 0, running: 0 }, suspended: 0, batch: none };
  expect(footer(held)).toEqual({ all: 0, ended: 0, text: "Nothing can start", without: "1 on hold" });
  expect(footer({ ...held, counts: { ...held.counts, queued: 0, held: 0 } })).toMatchObject({ text: "Nothing in the queue", without: "" });
});

test("the footer shows the result of a finished batch, and the jobs that are left", () => {
  const counts = { queued: 1, held: 1, unreadable: 0, waiting: 1, running: 0, done: 38, failed: 2, cancelled: 3 };
  const over = { done: 6, failed: 2, bytesBefore: 10_000_000, bytesAfter: 300_000, seconds: 72 };
  const status = { counts, batch: { done: 6, failed: 2, ended: 8, of: 9 }, lastBatch: over, suspended: 0, waitingForSpace: 0, fullDisk: null, paused: false, onBattery: false, workedBy: null, workers: 3, breaker: null, restored: null, alarm: null, mayFail: true,
 checking: null, bytesBefore: 0, bytesAfter: 0 };
  expect(footer(status)).toEqual({ all: 0, ended: 0, text: "6 done, 2 failed", without: "1 on hold and 1 waiting" });
  expect(batchResult(over)).toEqual({ saved: "9.7 MB saved", took: "took 1 min 12 s" });
  expect(batchResult({ ...over, bytesAfter: 11_000_000 }).saved).toBe("1.0 MB more");
  expect(batchResult({ ...over, done: 0 }).saved).toBe("");
});

test("each combination of counts has one sentence, and no job is counted twice", () => {
  const counts = { queued: 0, held: 0, unreadable: 0, waiting: 0, running: 0, done: 2, failed: 0, cancelled: 4 };
  const base = { counts, batch: { done: 0, failed: 0, ended: 0, of: 6 }, lastBatch: null, suspended: 0, waitingForSpace: 0, fullDisk: null, paused: false, onBattery: false, workedBy: null, workers: 1, breaker: null, restored: null, alarm: null, mayFail: true, checking: null, bytesBefore: 0, bytesAfter: 0 };
  const shown = (part: Partial<QueueStatus>) => {
    const status = { ...base, ...part };
    const { text, without } = footer(status);
    return [text, without, pause(status), workers(status)].filter(Boolean).join(" | ");
  };
  expect(shown({ counts: { ...counts, running: 1 }, suspended: 1, paused: true })).toBe("0 of 6 done | without 1 paused video | queue paused | 0 of 1 worker busy");
  expect(shown({ counts: { ...counts, waiting: 2 }, waitingForSpace: 1 })).toBe("0 of 6 done | without 2 waiting, 1 of them for space");
  expect(shown({ counts: { ...counts, running: 2 } })).toBe("0 of 6 done | 2 videos running, then 1 at a time");
  expect(shown({ counts: { ...counts, running: 2 }, workers: 3 })).toBe("0 of 6 done | 2 of 3 workers busy");
  expect(shown({ counts: { ...counts, running: 1 }, workers: null })).toBe("0 of 6 done");
  expect(shown({ paused: true, onBattery: true })).toBe("0 of 6 done | queue paused on battery");
  expect(ended(base)).toBe("2 videos done, 4 cancelled");
  expect(ended({ ...base, counts: { ...counts, cancelled: 0 } })).toBe("2 videos done");
});

test("the time left is a rounded range", () => {
  const left = [
    [null, null],
    [2, 8],
    [31, 47],
    [100, 130],
    [1560, 2100],
    [7300, 8900],
    [30000, 50000],
  ].map(([from, to]) => timeLeft({ from: from ?? null, to: to ?? null }));
  expect(left).toEqual(["", "a few seconds left", "about 30–50 s left", "about 1–3 min left", "about 26–35 min left", "about 2–2.5 h left", "about 8–14 h left"]);
});

test("dragged files and folders are counted", () => {
  const over = [
    [12, 1],
    [1, 0],
    [0, 2],
  ].map(([files = 0, folders = 0]) => dragged({ files, folders, x: 0, y: 0 }));
  expect(over).toEqual(["12 files and 1 folder", "1 file", "2 folders"]);
});

test("a held job that was stopped shows that it starts again", () => {
  expect(cell(row(1, { hold: true }), undefined, 0)).toEqual({ kind: "lines", icon: "hold", first: "On hold" });
  expect(cell(row(1, { hold: true, startedAt: 5 }), undefined, 0)).toMatchObject({ second: "Starts again from its beginning" });
});

test("a job held because the computer went down repeatedly shows the reason", () => {
  const why = textFailure("machine_down", "The computer went down 6 times.", "");
  const held = cell(row(1, { hold: true, startedAt: 5, why }), undefined, 0);
  expect(held).toEqual({ kind: "lines", icon: "hold", first: "On hold", second: "The computer went down 6 times" });
});

test("the notice after adding has full sentences", () => {
  expect(added(notice({ own: 1 }))[1]).toBe("1 is a result of Spool.");
  expect(added(notice({ accepted: 5, duplicateCount: 1, skipped: 3 }))).toEqual([
    "5 videos added.",
    "1 was already in the queue. 3 files are not videos.",
  ]);
  const renamed = 'con becomes "con_.mp4": the drive does not allow this file name.';
  expect(added(notice({ accepted: 1, renamed, renamedCount: 1 }))).toEqual(["1 video added.", renamed]);
  expect(added(notice({ accepted: 3, renamed, renamedCount: 2 }))[1]).toBe(
    "2 results get other names, because their drive cannot hold the requested ones.",
  );
  expect(added(notice({ skipped: 1 }))).toEqual(["No videos found.", "1 file is not a video."]);
  const may = new Date(2024, 4, 3).getTime();
  expect(added(notice({ doneBeforeCount: 1, doneAt: may }))).toEqual(["Nothing added.", "It was already done on 3 May 2024."]);
});

test("the facts leave out what is unknown", () => {
  const text = (change: Parameters<typeof row>[1]) => facts(row(1, change)).map((f) => f.text);
  const known = { width: 3840, height: 2160, codec: "HEVC", hdr: true, bits: 10, interlaced: false, seconds: 385 };
  expect(text({ facts: known, sourceSize: 1_160_000_000 })).toEqual(["3840×2160", "HEVC HDR", "6:25", "1.16 GB"]);
  expect(text({ facts: { ...known, hdr: false, codec: "H.264", interlaced: true, height: 1080, width: 1920 } })[0]).toBe("1920×1080 interlaced");
  expect(text({ facts: { ...known, hdr: false, codec: "H.264" } })[1]).toBe("H.264 10-bit");
  expect(text({ facts: known, state: "done" })).toEqual(["3840×2160", "HEVC HDR", "6:25"]);
  expect(text({ facts: null, sourceSize: 14_200_000_000 })).toEqual(["Just added", "14.2 GB"]);
  expect(text({ facts: { ...known, width: 0, codec: "", seconds: null } })).toEqual(["812 MB"]);
});

test("a failed row shows the specific reason without the file name", () => {
  const of = (reason: Reason) => short({ ...reason, code: "internal", message: "", nextStep: "" });
  expect(of({ kind: "ends_early", readable: 761, whole: 1203, estimated: false })).toBe("Ends at 12:41 of 20:03");
  expect(of({ kind: "ends_early", readable: 12, whole: 36, estimated: true })).toBe("Ends at about 0:12 of 0:36");
  expect(of({ kind: "not_media", name: "a.mp4" })).toBe("Not a video that can be read");
  expect(of({ kind: "text", code: "encode_failed", text: "ffmpeg ended with 1." })).toBe("ffmpeg ended with 1");
  expect(of({ kind: "wrong_result", fault: { is: "tells_place", by: { in: "tag", name: "location" } } })).toBe(
    "May reveal where it was recorded, by its tag location",
  );
});

test("a waiting row shows what it waits for", () => {
  const why = textFailure("source_volume_missing", "", "Continues by itself once the drive is connected.");
  const waiting = cell(row(1, { state: "waiting", waitsFor: "Media", why }), undefined, 0);
  expect(waiting).toMatchObject({ first: "Waiting for “Media”", second: "Continues by itself", rest: " once the drive is connected" });
  const silent = textFailure("volume_silent", "", "Continues by itself once the drive answers.");
  const one = row(1, { state: "waiting", waitsFor: "Media", why: silent });
  expect(cell(one, undefined, 0)).toMatchObject({ first: "“Media” does not answer", second: "Continues by itself", rest: " once the drive answers" });
  expect(cell({ ...one, waitsFor: null }, undefined, 0)).toMatchObject({ first: "The drive does not answer" });
  const written = textFailure("source_growing", "", "Continues by itself once the copy or recording has ended.");
  const growing = cell(row(1, { state: "waiting", why: written }), undefined, 0);
  expect(growing).toMatchObject({ first: "Waiting until it is written", rest: " once the copy or recording has ended" });
  const full = textFailure("disk_full", "", "Free some space; this continues by itself.");
  expect(cell(row(1, { state: "waiting", why: full }), undefined, 0)).toMatchObject({ second: "Free some space; this continues by itself", rest: "" });
});
