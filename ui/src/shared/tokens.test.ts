import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Scheme = 0 | 1;

const css = readFileSync("src/shared/tokens.css", "utf8");

function colour(name: string, scheme: Scheme): number[] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(css);
  const hex = found?.[scheme + 1];
  if (!hex) throw new Error(`no colour ${name}`);
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** WCAG 2: relative luminance. */
function luminance(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string, scheme: Scheme): number {
  const [one, two] = [luminance(colour(a, scheme)), luminance(colour(b, scheme))];
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}

const rounded = (a: string, b: string) => ([0, 1] as const).map((s) => Number(contrast(a, b, s).toFixed(1)));

test.each([
  ["text", "chrome", 15.5, 13.0],
  ["text", "list", 17.0, 14.3],
  ["text", "raised", 17.0, 11.7],
  ["text", "hover", 15.2, 12.8],
  ["text", "selected", 14.2, 10.6],
  ["text", "alert-bg", 14.9, 12.1],
  ["soft", "chrome", 6.4, 7.1],
  ["soft", "list", 7.1, 7.8],
  ["soft", "raised", 7.1, 6.4],
  ["soft", "hover", 6.3, 7.0],
  ["soft", "selected", 5.9, 5.8],
  ["soft", "alert-bg", 6.2, 6.6],
  ["accent", "chrome", 5.9, 7.2],
  ["accent", "list", 6.5, 7.9],
  ["accent", "raised", 6.5, 6.4],
  ["accent", "selected", 5.4, 5.8],
  ["alert", "chrome", 6.0, 7.5],
  ["alert", "list", 6.5, 8.3],
  ["alert", "raised", 6.5, 6.7],
  ["alert", "hover", 5.8, 7.4],
  ["alert", "selected", 5.5, 6.1],
  ["alert", "alert-bg", 5.7, 7.0],
  ["ok", "chrome", 5.6, 8.1],
  ["ok", "list", 6.1, 8.9],
  ["ok", "raised", 6.1, 7.3],
  ["ok", "hover", 5.5, 8.0],
  ["ok", "selected", 5.1, 6.6],
  ["onfill", "fill", 6.5, 5.3],
])("text: %s on %s has %f in light and %f in dark", (a, b, light, dark) => {
  expect(rounded(a, b)).toEqual([light, dark]);
  expect(Math.min(light, dark)).toBeGreaterThanOrEqual(4.5);
});

test.each([
  ["accent", "track", 4.7, 4.7],
  ["idle", "track", 3.2, 3.1],
  ["control", "chrome", 3.0, 3.7],
  ["control", "list", 3.3, 4.1],
  ["control", "raised", 3.3, 3.3],
])("bars and borders: %s on %s has %f in light and %f in dark", (a, b, light, dark) => {
  expect(rounded(a, b)).toEqual([light, dark]);
  expect(Math.min(contrast(a, b, 0), contrast(a, b, 1))).toBeGreaterThanOrEqual(2.95);
});
