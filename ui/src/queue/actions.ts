/**
 * The actions available for a row in each state: its buttons and its menu. Keyboard, buttons and menus share one table.
 */
import type { Kind, Row, JobCommand } from "../backend/types";
import { notable } from "./remarks";

export type ActionName = JobCommand | "details" | "open" | "showInFolder" | "another" | "salvage" | "check" | "again";

export interface Action {
  name: ActionName;
  label: string;
  /** A shorter label for the button of a row. */
  short?: string;
  /** The keyboard shortcut, as shown in menus. */
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
const again: Action = { name: "again", label: "Convert again" };
const open: Action = { name: "open", label: "Open" };
const folder: Action = { name: "showInFolder", label: "Show in folder" };

/** Returns all actions available for a row, in groups. The first group holds the main actions. */
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

/** A job of another version is never started, so no action may start or change it. */
function unreadable(row: Kind): Action[][] {
  if (row.state === "running") return [[cancel], [details]];
  if (row.state === "done") return [[open, folder], [details, remove]];
  return row.state === "failed" || row.state === "cancelled" ? [[remove, details]] : [[top, up, down], [details], [remove]];
}

/** Returns the actions of the buttons of a row, next to "More". */
export function buttons(row: Row): Action[] {
  return row.state === "done" && !row.wrong && notable(row).length > 0 ? [details, folder] : mainActions(row);
}

/** Returns the actions of the buttons at the bottom of the details. */
export function detailsButtons(row: Kind): Action[] {
  const actions = mainActions(row).filter((action) => action.name !== "details");
  return row.cut ? [...actions, salvage] : actions;
}

function mainActions(row: Kind): Action[] {
  const [first, second] = menu(row)[0] ?? [];
  const pair = row.state !== "queued" && row.state !== "waiting";
  return [first, pair ? second : undefined].filter((a) => a !== undefined);
}

/** Returns the action that a key has for a row; undefined if it has none. */
export function byKey(row: Kind, key: string): ActionName | undefined {
  const wanted = { " ": "Space", r: "R", R: "R", Delete: "Delete", Enter: "Enter" }[key];
  return menu(row).flat().find((a) => a.keys === wanted && wanted !== undefined)?.name;
}
