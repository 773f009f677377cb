/** The shortcuts of the whole window; `List.svelte` handles those of a row. `shortcuts.ts` lists both. */
import type { Store } from "./store.svelte";

const LISTS = ["queue", "done", "failed"] as const;

export function windowKey(store: Store, event: KeyboardEvent) {
  // An open dialog handles all keys itself.
  if (document.querySelector("dialog[open]")) return;
  const modified = event.ctrlKey || event.metaKey;
  if (modified ? withModifier(store, event.key.toLowerCase()) : withoutModifier(store, event)) event.preventDefault();
}

function withModifier(store: Store, key: string): boolean {
  const list = LISTS[Number(key) - 1];
  if (list) store.show(list);
  else if (key === ",") store.settings = "Queue";
  else if (key === "z" && !(document.activeElement instanceof HTMLInputElement)) store.undoRemoval();
  else if (key === "o") void store.try(store.backend.add(false));
  else return false;
  return true;
}

function withoutModifier(store: Store, event: KeyboardEvent): boolean {
  if (event.target instanceof HTMLInputElement) return false;
  const filter = document.getElementById("filter");
  if (event.key === "?") store.shortcuts = true;
  else if (event.key === "Escape" && store.details !== null) store.details = null;
  else if (event.key === "/" && filter) filter.focus();
  else return false;
  return true;
}
