import { expect, test } from "vitest";
import { day, listed, playtime, typeset, change, clock, count, duration, parts, percent, size, speed, moment, when } from "./format";

test("sizes have at most three digits and a unit", () => {
  const all = [0, 999, 1500, 5_400_000, 12_300_000, 812_000_000, 1_160_000_000, 44_700_000_000, 999_999_999];
  expect(all.map(size)).toEqual(["0 B", "999 B", "2 kB", "5.4 MB", "12 MB", "812 MB", "1.16 GB", "44.7 GB", "1.00 GB"]);
});

test("percentages are rounded down", () => {
  expect(percent(42.9)).toBe("42\u202f%");
});

test("changes of size have a sign, with U+2212 as minus", () => {
  expect(change(812, 214)).toBe("−74\u202f%");
  expect(change(388, 434)).toBe("+12\u202f%");
  expect(change(1000, 1001)).toBe("same");
});

test("durations, times, dates and speeds are formatted", () => {
  expect([7.4, 60, 72, 3600, 7530].map(duration)).toEqual(["7 s", "1 min", "1 min 12 s", "1 h", "2 h 5 min"]);
  expect(clock(new Date(2024, 1, 1, 9, 5).getTime())).toBe("9:05");
  const [then, now] = [new Date(2024, 1, 1, 9, 5).getTime(), (...day: [number, number, number]) => new Date(...day).getTime()];
  expect([now(2024, 1, 1), now(2024, 1, 2), now(2025, 1, 1)].map((day) => when(then, day))).toEqual(["9:05", "1 Feb", "1 Feb 2024"]);
  expect([now(2024, 1, 1), now(2024, 1, 2)].map((day) => moment(then, day))).toEqual(["9:05", "1 Feb, 9:05"]);
  expect([3.14, 12.6].map(speed)).toEqual(["3.1×", "13×"]);
});

test("counts agree with their noun", () => {
  expect([count(1, "video", "videos"), count(1200, "video", "videos")]).toEqual(["1 video", "1,200 videos"]);
});

test("names are split before their last 13 characters, never within a code point", () => {
  expect(parts("short.mp4")).toEqual(["", "short.mp4"]);
  expect(parts("Bildschirmaufnahme (Bildschirm 2).mov")).toEqual(["Bildschirmaufnahme (Bild", "schirm 2).mov"]);
  expect(parts("👩‍🎤".repeat(10))[1].codePointAt(0)).toBeGreaterThan(0x200c);
});

test("lists end with \"and\", and dimensions use ×", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual(["", "a", "a and b", "a, b and c"]);
  expect(typeset("up to 1920x1080, x264, 5x")).toBe("up to 1920×1080, x264, 5x");
});

test("video lengths and days are formatted", () => {
  expect([48.4, 204, 4328].map(playtime)).toEqual(["0:48", "3:24", "1:12:08"]);
  const may = new Date(2026, 4, 3, 12).getTime();
  expect([day(may, may), day(may, new Date(2027, 0, 1).getTime())]).toEqual(["3 May", "3 May 2026"]);
});
