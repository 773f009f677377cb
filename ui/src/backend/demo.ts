/** Demo queues for the browser tests and for development in a browser: `?scene=queue`, `failed`, `empty`, `over`, `first-run` or `many`. */
import { playtime } from "../shared/format";
import { fake, remark, row, textFailure, type Change, type Fake } from "./fake";
import type { FailureCode, Live, Row, VideoFacts, Why } from "./types";

declare global {
  interface Window {
    /** For the browser tests, which send updates as the application does. */
    demo?: Fake;
  }
}

const live = (id: number, percent: number, speed: number, etaSeconds: number, bytes: number): Live => ({
  id,
  percent,
  speed,
  etaSeconds,
  bytes,
  doneUs: 0,
});
const MB = 1_000_000;
const at = (hour: number, minute: number) => new Date(2024, 10, 21, hour, minute).getTime();

type KnownFacts = [width: number, height: number, codec: string, seconds: number, more?: "HDR" | "10-bit" | "interlaced"];

function facts([width, height, codec, seconds, more]: KnownFacts): VideoFacts {
  return { width, height, codec, seconds, hdr: more === "HDR", bits: more === "10-bit" ? 10 : 8, interlaced: more === "interlaced" };
}

type RowSpec = [name: string, megabytes: number, known: KnownFacts | null, change: Change];

function rowsOf(firstId: number, specs: RowSpec[]): Row[] {
  return specs.map(([name, size, known, change], n) =>
    row(firstId + n, {
      name,
      source: `/videos/${name}`,
      outputName: `${name.replace(/\.\w+$/, "")} (Web 1080p).mp4`,
      sourceSize: size * MB,
      facts: known && facts(known),
      thumb: known !== null && new URLSearchParams(location.search).has("pictures"),
      ...change,
    }),
  );
}

function queue(): Row[] {
  const media = textFailure("source_volume_missing", "The drive at /media/Media is not connected.", "Continues by itself once the drive is connected.");
  const stalled = textFailure("stalled", "No progress for 2 minutes.", "Retry.");
  const retry = { attempt: 2, maxAttempts: 5, runAt: Date.now() + 38_000, why: stalled, presetName: "Archive AV1" };
  return rowsOf(1, [
    ["IMG_4812.MOV", 1160, [3840, 2160, "HEVC", 385, "HDR"], { state: "running", live: live(1, 42, 3.1, 72, 96 * MB) }],
    [
      "Bildschirmaufnahme 2024-11-20 um 09.42.31 – Projektbesprechung mit Quartalszahlen (Bildschirm 2).mov",
      2410,
      [2560, 1440, "H.264", 4328],
      { state: "running", live: live(2, 71, 5.4, 232, 298 * MB), presetName: "Small HEVC" },
    ],
    ["C0047.MP4", 8310, [3840, 2160, "H.264", 665, "10-bit"], { state: "running", hold: true, live: live(3, 63, 0, 0, 268 * MB) }],
    ["京都の朝 — 嵐山の竹林と渡月橋 2024年秋.mp4", 1020, [1920, 1080, "H.264", 892], retry],
    ["MVI_3391.MOV", 714, [1920, 1080, "H.264", 131], { state: "waiting", waitsFor: "Media", why: media }],
    ["VID_20241102_161233.mp4", 104, [1080, 1920, "H.264", 48], { place: 1 }],
    ["GX010163.MP4", 6420, [5312, 2988, "HEVC", 512], { place: 2, presetName: "Small HEVC" }],
    ["Screen Recording 2024-11-21 at 17.05.44.mov", 1180, [2880, 1800, "H.264", 1600], { place: 3, presetName: "Web 720p" }],
    ["Geburtstag Oma 80 🎂 – alle zusammen.m4v", 1930, [1280, 720, "H.264", 3859], { hold: true, presetName: "Remux to MP4" }],
    ["00017.MTS", 2680, [1920, 1080, "H.264", 1263, "interlaced"], { place: 4, presetName: "Archive AV1" }],
    ["Вечерний концерт, камера Б, часть 3.mxf", 14_200, null, { place: 5, presetName: "Archive AV1" }],
    ["IMG_4813.MOV", 940, [3840, 2160, "HEVC", 301, "HDR"], { place: 6 }],
    ["IMG_4814.MOV", 233, [3840, 2160, "HEVC", 74, "HDR"], { place: 7 }],
  ]);
}

/** Results that are older than those listed in `done`. */
function older(result: (after: number, minutes: number) => Change): RowSpec[] {
  return Array.from({ length: 28 }, (_, n) => [`C00${70 - n}.MP4`, 980 + 7 * n, [1920, 1080, "H.264", 200 + n], result(420 + 3 * n, 70 + 3 * n)]);
}

function done(): Row[] {
  const result = (after: number, minutes: number, change: Change = {}, took = 60 + ((after * 7) % 400)): Change => ({
    state: "done",
    attempt: 1,
    outputSize: after * MB,
    startedAt: at(14, 2 - minutes) - took * 1000,
    finishedAt: at(14, 2 - minutes),
    ...change,
  });
  const small = { presetName: "Small HEVC" };
  const damaged = { presetName: "Archive AV1", said: [remark({ kind: "damaged_spots", count: 4, atLeast: false }, "4 damaged spots in the original; they may show in the result.")] };
  const grown = { presetName: "Web 720p", said: [remark({ kind: "bigger", sourceBytes: 388 * MB, resultBytes: 434 * MB }, "The result is 12 % bigger than the original.")] };
  return rowsOf(100, [
    ["IMG_4790.MOV", 861, [3840, 2160, "HEVC", 287, "HDR"], result(187, 0, { attempt: 2 }, 93)],
    [
      "Hochzeit Lena & Jonas – Rede des Brautvaters und erster Tanz (ungeschnitten, Kamera A).mp4",
      5200,
      [1920, 1080, "H.264", 2478],
      result(1410, 5, small),
    ],
    ["2024-11-20 14-02-11.mkv", 2610, [1920, 1080, "H.264", 3483], result(566, 10, { presetName: "Web 720p" })],
    ["VID-20241119-WA0007.mp4", 5.4, [848, 480, "H.264", 32], result(5.4, 17)],
    ["학교 운동회 2024 – 이어달리기 결승.mov", 412, [1920, 1080, "HEVC", 464], result(231, 17)],
    ["GX010158.MP4", 6880, [5312, 2988, "HEVC", 550], result(1620, 21, small)],
    ["tape_1994_reel3_capture.avi", 13_400, [720, 576, "DV", 3730], result(1120, 30, damaged)],
    ["Lecture 04 – Measure theory (whiteboard).webm", 388, [1280, 720, "VP9", 5472], result(434, 40, grown)],
    ["Cámara frontal – Concierto de Año Nuevo.mp4", 4520, [3840, 2160, "H.264", 729], result(487, 55)],
    ["DJI_20241012143305_0041_D.MP4", 1750, [3840, 2160, "HEVC", 156, "10-bit"], result(98, 59)],
    ...older(result),
    ["not wanted.mov", 1200, [1920, 1080, "H.264", 300], { state: "cancelled", finishedAt: at(13, 1) }],
  ]);
}

function failed(): Row[] {
  const cut = (readable: number, whole: number): Why => ({
    code: "source_truncated",
    kind: "ends_early",
    readable,
    whole,
    estimated: false,
    message: `The recording ends early: ${playtime(readable)} of ${playtime(whole)} can be read.`,
    nextStep: "Copy or download the video again, then retry.",
  });
  const ended = (minute: number, cause: Why): Change => ({ state: "failed", cut: true, attempt: 1, finishedAt: at(13, minute), why: cause });
  return rowsOf(200, [
    ["VID_20240803_201455.mp4", 1100, [1080, 1920, "H.264", 1203], ended(36, cut(761, 1203))],
    [
      "Zoom_0 – Elternabend 4b (lokale Aufnahme, nicht abgeschlossen).mp4",
      402,
      [1280, 720, "H.264", 5500],
      ended(30, cut(3492, 5500)),
    ],
  ]);
}

/** Many failures, with three causes. */
function manyFailures(): Row[] {
  const ended = (code: FailureCode, message: string, nextStep: string, minutes: number, attempt = 1): Change => ({
    state: "failed",
    attempt,
    finishedAt: at(14, 21 - minutes),
    why: textFailure(code, message, nextStep),
  });
  const unread = (time: string, minutes: number) => ended("io_error", `Read error at ${time}, twice.`, "Try another card reader or cable, then retry.", minutes, 2);
  const big = (least: number) => ended("plan_refused", `Smallest possible: ${least} MB.`, "Choose a larger size, a smaller picture, or another preset.", 59);
  return [
    ...rowsOf(230, [
      ["C0061.MP4", 6900, [3840, 2160, "H.264", 552, "10-bit"], unread("3:07", 0)],
      ["C0058.MP4", 1750, [3840, 2160, "H.264", 140, "10-bit"], unread("0:02", 1)],
      ...Array.from({ length: 9 }, (_, n): RowSpec => [`C005${n}.MP4`, 2000, [3840, 2160, "H.264", 160], unread("0:02", 2)]),
    ]),
    ...failed(),
    ...failed().map((r) => ({ ...r, id: r.id + 10 })),
    ...rowsOf(250, [
      ["Vereinsfest 2024 – Rede.mp4", 1920, [1920, 1080, "H.264", 2890], { ...big(61), presetName: "Fit a size" }],
      ["demo-final-v7 (neu).mov", 840, [1920, 1080, "H.264", 1864], { ...big(38), presetName: "Fit a size" }],
    ]),
  ];
}

export function demo(): Fake {
  const scene = new URLSearchParams(location.search).get("scene") ?? "queue";
  const many = () => Array.from({ length: 100_000 }, (_, n) => row(n + 1, { place: n + 1 }));
  const rows: Record<string, () => Row[]> = {
    empty: () => [],
    over: () => [...done(), ...failed()],
    "first-run": () => [],
    many,
    failed: () => [...queue(), ...done(), ...manyFailures()],
    queue: () => [...queue(), ...done(), ...failed()],
  };
  const backend = fake((rows[scene] ?? queue)(), scene === "first-run" ? "" : "7.1");
  if (scene === "failed") backend.alarm = { kind: "lately", failed: 11, minutes: 10, volume: "SD-128" };
  if (scene === "over") backend.lastBatch = { done: 6, failed: 2, bytesBefore: 10_000_000, bytesAfter: 300_000, seconds: 72 };
  if (scene === "queue" || scene === "failed") backend.left = { from: 1570, to: 2090 };
  window.demo = backend;
  return backend;
}
