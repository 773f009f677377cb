/**
 * What can be done with a row, in each state: the two buttons of the row, and the whole menu. One table, which
 * keyboard, buttons and menus share.
 */
import type { Row, Verb } from "../backend/types";

export type ActionName = Verb | "details" | "open" | "showInFolder" | "another";

export interface Action {
  name: ActionName;
  label: string;
  /** The keys that do the same, as shown in menus. */
  keys?: string;
}

const cancel: Action = { name: "cancel", label: "Cancel", keys: "Delete" };
const details: Action = { name: "details", label: "Details", keys: "Enter" };
const remove: Action = { name: "remove", label: "Remove", keys: "Delete" };
const retry: Action = { name: "retry", label: "Retry", keys: "R" };
const top: Action = { name: "moveTop", label: "Move to top", keys: "Alt+Home" };
const up: Action = { name: "moveUp", label: "Move up", keys: "Alt+↑" };
const down: Action = { name: "moveDown", label: "Move down", keys: "Alt+↓" };
const hold: Action = { name: "hold", label: "Put on hold", keys: "Space" };
const release: Action = { name: "release", label: "Release", keys: "Space" };
const another: Action = { name: "another", label: "Try another preset…" };
const open: Action = { name: "open", label: "Open" };
const folder: Action = { name: "showInFolder", label: "Show in folder" };

/** Everything that can be done with a row, in groups. The first action of the first group is its main one. */
export function menu(row: Row): Action[][] {
  switch (row.state) {
    case "running":
      return [[row.hold ? { ...release, label: "Resume" } : { ...hold, label: "Pause" }, cancel], [details]];
    case "waiting":
      return [[{ name: "now", label: "Check now", keys: "R" }], [top, up, down], [details, { ...cancel, keys: "" }, remove]];
    case "queued":
      return [
        row.hold ? [release] : row.runAt !== null ? [{ name: "now", label: "Retry now", keys: "R" }, hold] : [top, up, down],
        row.hold || row.runAt !== null ? [top, up, down] : [hold],
        [details, { ...cancel, keys: "" }, remove],
      ];
    case "done":
      return [[open, folder], [details, remove]];
    case "failed":
      return [[retry, details], [another], [folder, remove]];
    case "cancelled":
      return [[retry, remove], [details]];
  }
}

/** The buttons of a row beside "More"; a second one takes its place where two say all. */
export function buttons(row: Row): Action[] {
  const [first, second] = menu(row)[0] ?? [];
  const pair = row.state === "running" || row.state === "done" || row.state === "cancelled";
  return [first, pair ? second : undefined].filter((a) => a !== undefined);
}

/** What a key does to a row; undefined where it does nothing. */
export function byKey(row: Row, key: string): ActionName | undefined {
  const wanted = { " ": "Space", r: "R", R: "R", Delete: "Delete", Enter: "Enter" }[key];
  return menu(row).flat().find((a) => a.keys === wanted && wanted !== undefined)?.name;
}
