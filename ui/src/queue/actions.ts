/**
 * What can be done with a row, in each state: the two buttons of the row, and the whole menu. One table, which
 * keyboard, buttons and menus share.
 */
import type { Kind, Row, Verb } from "../backend/types";
import { remarkable } from "./remarks";

export type ActionName = Verb | "details" | "open" | "showInFolder" | "another" | "salvage" | "check" | "again";

export interface Action {
  name: ActionName;
  label: string;
  /** What the button of a row says where that is less. */
  short?: string;
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
const another: Action = { name: "another", label: "Try another preset…", short: "Preset…" };
const salvage: Action = { name: "salvage", label: "Keep what can be read" };
const check: Action = { name: "check", label: "Check again" };
const again: Action = { name: "again", label: "Do it again" };
const open: Action = { name: "open", label: "Open" };
const folder: Action = { name: "showInFolder", label: "Show in folder" };

/** Everything that can be done with a row, in groups. The first action of the first group is its main one. */
export function menu(row: Kind): Action[][] {
  if (!row.readable) return unreadable(row);
  switch (row.state) {
    case "running":
      return [[row.hold ? { ...release, label: "Resume" } : { ...hold, label: "Pause" }, cancel], [details]];
    case "waiting":
      return [[{ name: "now", label: "Check now", keys: "R" }], [top, up, down], [details], [remove]];
    case "queued":
      if (row.hold) return [[release], [top, up, down], [details], [remove]];
      if (row.delayed) return [[{ name: "now", label: "Retry now", keys: "R" }], [top, up, down], [hold, details], [remove]];
      return [[top, up, down], [hold, details], [remove]];
    case "done":
      if (row.wrong) return [[again, details], [open, folder], [check, remove]];
      return [[open, folder], row.kept ? [details, remove] : [details, check, remove]];
    case "failed":
      if (row.refused) return [[another, details], [retry], [folder, remove]];
      return [[retry, details], row.cut ? [salvage, another] : [another], [folder, remove]];
    case "cancelled":
      return [[retry, remove], [details]];
  }
}

/** A job of another version: it is never started, so that all that starts or changes it is missing. */
function unreadable(row: Kind): Action[][] {
  if (row.state === "running") return [[cancel], [details]];
  if (row.state === "done") return [[open, folder], [details, remove]];
  return row.state === "failed" || row.state === "cancelled" ? [[remove, details]] : [[top, up, down], [details], [remove]];
}

/** The buttons of a row beside "More"; a second one takes its place where two say all. */
export function buttons(row: Row): Action[] {
  return row.state === "done" && !row.wrong && remarkable(row).length > 0 ? [details, folder] : main(row);
}

/** The buttons below the details. */
export function detailsButtons(row: Kind): Action[] {
  const actions = main(row).filter((action) => action.name !== "details");
  return row.cut ? [...actions, salvage] : actions;
}

function main(row: Kind): Action[] {
  const [first, second] = menu(row)[0] ?? [];
  const pair = row.state !== "queued" && row.state !== "waiting";
  return [first, pair ? second : undefined].filter((a) => a !== undefined);
}

/** What a key does to a row; undefined where it does nothing. */
export function byKey(row: Kind, key: string): ActionName | undefined {
  const wanted = { " ": "Space", r: "R", R: "R", Delete: "Delete", Enter: "Enter" }[key];
  return menu(row).flat().find((a) => a.keys === wanted && wanted !== undefined)?.name;
}
