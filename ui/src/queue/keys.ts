/** The keys that count everywhere in the window; those of a row belong to the list. `shortcuts.ts` shows both. */
import type { Store } from "./store.svelte";

const LISTS = ["queue", "done", "failed"] as const;

export function windowKey(store: Store, event: KeyboardEvent) {
  // What is open above the window has the keyboard alone.
  if (document.querySelector("dialog[open]")) return;
  const command = event.ctrlKey || event.metaKey;
  if (command ? commanded(store, event.key.toLowerCase()) : plain(store, event)) event.preventDefault();
}

function commanded(store: Store, key: string): boolean {
  const list = LISTS[Number(key) - 1];
  if (list) store.show(list);
  else if (key === ",") store.settings = "Queue";
  else if (key === "z" && !(document.activeElement instanceof HTMLInputElement)) store.undoRemoval();
  else if (key === "o") void store.try(store.backend.add(false));
  else return false;
  return true;
}

function plain(store: Store, event: KeyboardEvent): boolean {
  if (event.target instanceof HTMLInputElement) return false;
  const filter = document.getElementById("filter");
  if (event.key === "?") store.shortcuts = true;
  else if (event.key === "Escape" && store.details !== null) store.details = null;
  else if (event.key === "/" && filter) filter.focus();
  else return false;
  return true;
}
