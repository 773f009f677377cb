import Film from "@lucide/svelte/icons/film";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { presetIcon } from "./presets";

test("each built-in preset has a different icon, and a user's preset has the film icon", () => {
  const ids: string[] = JSON.parse(readFileSync("../src-tauri/core/src/presets.json", "utf8")).map((p: { id: string }) => p.id);
  expect(new Set([...ids.map(presetIcon), Film]).size).toBe(ids.length + 1);
  expect(presetIcon("mine")).toBe(Film);
});
