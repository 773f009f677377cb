import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith("types.ts"))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));

test("only one file uses Tauri", () => {
  const users = files.filter(({ name, text }) => !name.endsWith(".test.ts") && text.includes("@tauri-apps"));
  expect(users.map((f) => f.name)).toEqual(["backend/tauri.ts"]);
});

test("no markup has a style attribute", () => {
  expect(files.filter(({ name, text }) => name.endsWith(".svelte") && /\sstyle=/.test(text))).toEqual([]);
});

test("components have at most 150 lines, styles included", () => {
  const long = files.filter(({ name, text }) => name.endsWith(".svelte") && text.split("\n").length > 150);
  expect(long.map((f) => f.name)).toEqual([]);
});

test("each command of the application is permitted and called by the page", () => {
  const shellFile = (name: string) => readFileSync(join("..", "src-tauri", name), "utf8");
  const commands = [...(shellFile("build.rs").split("];")[0] ?? "").matchAll(/"(\w+)"/g)].map((m) => m[1] ?? "");
  const allowed: string[] = JSON.parse(shellFile("capabilities/main.json")).permissions;
  const calls = readFileSync("src/backend/tauri.ts", "utf8");
  expect(allowed).toEqual(commands.map((name) => `allow-${name.replaceAll("_", "-")}`));
  expect(commands.filter((name) => !new RegExp(`invoke(<\\w+>)?\\("${name}"`).test(calls))).toEqual([]);
});
