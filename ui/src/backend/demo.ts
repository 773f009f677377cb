/** Queues to look at in a browser: `?scene=queue`, `failed`, `done`, `empty`, `first-run`, `many`. */
import { fake, row, type Fake } from "./fake";
import type { Live, Row, Why } from "./types";

declare global {
  interface Window {
    /** For the browser suite, which plays the application's part. */
    demo?: Fake;
  }
}

const live = (id: number, percent: number, speed: number, etaSeconds: number, bytes: number): Live => ({
  id,
  percent,
  speed,
  etaSeconds,
  bytes,
  doneSeconds: 0,
});
const why = (code: string, message: string, nextStep: string): Why => ({ code, message, nextStep });
const MB = 1_000_000;
const at = (hour: number, minute: number) => new Date(2024, 10, 21, hour, minute).getTime();

function queue(): Row[] {
  const media = why("source_volume_missing", "The drive at /media/Media is not connected.", "Connect the drive; this continues by itself.");
  const stalled = why("stalled", "No progress for 2 minutes.", "Retry.");
  const rows: [string, number, Partial<Row>][] = [
    ["IMG_4812.MOV", 1160, { state: "running", live: live(1, 42, 3.1, 72, 96 * MB) }],
    [
      "Bildschirmaufnahme 2024-11-20 um 09.42.31 – Projektbesprechung mit Quartalszahlen (Bildschirm 2).mov",
      2410,
      { state: "running", live: live(2, 71, 5.4, 232, 298 * MB), preset: "Small HEVC" },
    ],
    ["C0047.MP4", 8310, { state: "running", hold: true, live: live(3, 63, 0, 0, 268 * MB) }],
    ["京都の朝 — 嵐山の竹林と渡月橋 2024年秋.mp4", 1020, { attempt: 2, maxAttempts: 5, runAt: Date.now() + 38_000, why: stalled }],
    ["MVI_3391.MOV", 714, { state: "waiting", why: media }],
    ["VID_20241102_161233.mp4", 104, { place: 1 }],
    ["GX010163.MP4", 6420, { place: 2, preset: "Small HEVC" }],
    ["Screen Recording 2024-11-21 at 17.05.44.mov", 1180, { place: 3, preset: "Web 720p" }],
    ["Geburtstag Oma 80 🎂 – alle zusammen.m4v", 1930, { hold: true, preset: "Remux to MP4" }],
    ["00017.MTS", 2680, { place: 4 }],
    ["Вечерний концерт, камера Б, часть 3.mxf", 14_200, { place: 5 }],
  ];
  return rows.map(([name, size, change], n) => row(n + 1, { name, path: `/videos/${name}`, sourceSize: size * MB, ...change }));
}

function done(): Row[] {
  const rows: [string, number, number, string[]][] = [
    ["IMG_4790.MOV", 861, 187, []],
    ["Hochzeit Lena & Jonas – Rede des Brautvaters und erster Tanz (ungeschnitten, Kamera A).mp4", 5200, 1410, []],
    ["2024-11-20 14-02-11.mkv", 2610, 566, []],
    ["tape_1994_reel3_capture.avi", 13_400, 1120, ["The original has damaged places; they may show in the result."]],
    ["Lecture 04 – Measure theory (whiteboard).webm", 388, 434, ["The result is 12 % bigger than the original."]],
  ];
  const made = rows.map(([name, before, after, warnings], n) =>
    row(100 + n, {
      name,
      state: "done",
      sourceSize: before * MB,
      outputSize: after * MB,
      warnings,
      startedAt: at(14, 0 - 5 * n),
      finishedAt: at(14, 2 - 5 * n),
    }),
  );
  return [...made, row(190, { name: "not wanted.mov", state: "cancelled", finishedAt: at(13, 1) })];
}

function failed(): Row[] {
  const cut = why("source_truncated", "The end of the video is missing: only the first 761 s of 1203 s can be read.", "Copy or download the video again, then retry.");
  const none = why("not_media", "letter.mp4 is not a video that can be read.", "Check that this is a video; it may be damaged or of another kind.");
  return [
    row(200, { name: "VID_20240803_201455.mp4", state: "failed", attempt: 1, finishedAt: at(13, 36), why: cut }),
    row(201, { name: "letter.mp4", state: "failed", attempt: 1, finishedAt: at(13, 30), why: none }),
  ];
}

export function demo(): Fake {
  const scene = new URLSearchParams(location.search).get("scene") ?? "queue";
  const many = () => Array.from({ length: 100_000 }, (_, n) => row(n + 1, { place: n + 1 }));
  const rows = scene === "empty" || scene === "first-run" ? [] : scene === "many" ? many() : [...queue(), ...done(), ...failed()];
  window.demo = fake(rows, scene === "first-run" ? "" : "7.1");
  return window.demo;
}
