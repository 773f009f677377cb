import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith("types.ts"))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));

test("one file knows Tauri", () => {
  const knowing = files.filter(({ name, text }) => !name.endsWith(".test.ts") && text.includes("@tauri-apps"));
  expect(knowing.map((f) => f.name)).toEqual(["backend/tauri.ts"]);
});

test("no markup has a style attribute", () => {
  expect(files.filter(({ name, text }) => name.endsWith(".svelte") && /\sstyle=/.test(text))).toEqual([]);
});

test("components have less than 150 lines, styles and all", () => {
  const long = files.filter(({ name, text }) => name.endsWith(".svelte") && text.split("\n").length > 150);
  expect(long.map((f) => f.name)).toEqual([]);
});

test("each command that the application offers is allowed, and called by the page", () => {
  const shell = (name: string) => readFileSync(join("..", "src-tauri", name), "utf8");
  const offered = [...(shell("build.rs").split("];")[0] ?? "").matchAll(/"(\w+)"/g)].map((m) => m[1] ?? "");
  const allowed: string[] = JSON.parse(shell("capabilities/main.json")).permissions;
  const calls = readFileSync("src/backend/tauri.ts", "utf8");
  expect(allowed).toEqual(offered.map((name) => `allow-${name.replaceAll("_", "-")}`));
  expect(offered.filter((name) => !new RegExp(`invoke(<\\w+>)?\\("${name}"`).test(calls))).toEqual([]);
});
