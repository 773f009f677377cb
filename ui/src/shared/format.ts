/**
 * Formats numbers, times and lists. Pure; the words around them are in `words.ts`.
 * Sizes use units of 1000, like the desktops that Spool runs on.
 */

/** Narrow no-break space: between a number and its unit. */
const NARROW = "\u202f";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** 812 MB, 1.16 GB, 5.4 MB: three digits at most. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${digits(value, unit)} ${UNITS[unit]}`;
}

function digits(value: number, unit: number): string {
  if (unit < 2) return value.toFixed(0);
  if (unit === 2) return value.toFixed(value < 9.95 ? 1 : 0);
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** 42 %, rounded down. */
export function percent(value: number): string {
  return `${Math.floor(value)}${NARROW}%`;
}

/** −78 %, +12 %, "same" within half a percent. */
export function change(before: number, after: number): string {
  const off = Math.round((after / before - 1) * 100);
  if (off === 0) return "same";
  return `${off < 0 ? "−" : "+"}${Math.abs(off)}${NARROW}%`;
}

/** 3.1× */
export function speed(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}×`;
}

/** 48 s, 1 min 12 s, 2 h 5 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  return pair(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** The length of a video: 0:48, 1:12:08. */
export function playtime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 3 May, or 3 May 2023 if the year is not that of `now`. */
export function day(millis: number, now = Date.now()): string {
  return date(millis, now, "long");
}

function date(millis: number, now: number, month: "long" | "short"): string {
  const at = new Date(millis);
  const year = at.getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" as const };
  return at.toLocaleDateString("en-GB", { day: "numeric", month, ...year });
}

/** 14:02, or 3 May on another day, or 3 May 2023 in another year. */
export function when(millis: number, now = Date.now()): string {
  return sameDay(millis, now) ? clock(millis) : date(millis, now, "short");
}

/** 14:02, or 3 May, 14:02 on another day. */
export function moment(millis: number, now = Date.now()): string {
  return sameDay(millis, now) ? clock(millis) : `${when(millis, now)}, ${clock(millis)}`;
}

function sameDay(millis: number, now: number): boolean {
  return new Date(millis).toDateString() === new Date(now).toDateString();
}

/** 14:02 */
export function clock(millis: number): string {
  const at = new Date(millis);
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
}

/** 1 video, 12 videos. */
export function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** /usr/bin, /usr/local/bin and ~/.local/bin */
export function listed(all: string[]): string {
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

/** Writes 1920x1080 as 1920×1080. */
export function typeset(text: string): string {
  return text.replace(/(\d)x(?=\d)/g, "$1×");
}

/** Splits a name for ellipsis in the middle: the head, which may shrink, and the last 13 characters. */
export function parts(name: string): [head: string, tail: string] {
  const characters = [...name];
  const at = Math.max(0, characters.length - 13);
  return [characters.slice(0, at).join(""), characters.slice(at).join("")];
}
