/** Runs the action of a button, key or menu on a row or, if the row is selected, on all selected jobs. */
import type { JobGroup } from "../backend/backend";
import type { Row } from "../backend/types";
import { byKey, menu, type ActionName } from "./actions";
import { Numbers } from "./numbers";
import type { Store } from "./store.svelte";

export async function act(store: Store, row: Row, name: ActionName) {
  const lots = await targets(store, row);
  // These actions are not available for every selected job: skip the others.
  const partial = name === "salvage" || name === "check" || name === "again";
  const available = partial ? lots.filter((lot) => menu(lot.kind).flat().some((a) => a.name === name)) : lots;
  run(store, row, name, union(available));
}

/** Runs an action on this row only, even if others are selected. */
export function actOn(store: Store, row: Row, name: ActionName) {
  run(store, row, name, Numbers.of([row.id]));
}

/** Runs the action that a key has for the focused row; if the row is selected, each selected job gets its own action of
 * that key. */
export async function actByKey(store: Store, row: Row, key: string) {
  if (byKey(row, key) === "details") return actOn(store, row, "details");
  const lots = await targets(store, row);
  const names = new Set(lots.map((lot) => byKey(lot.kind, key)).filter((n) => n !== undefined));
  for (const name of names) run(store, row, name, union(lots.filter((lot) => byKey(lot.kind, key) === name)));
}

/** Moves the selected jobs. */
export async function move(store: Store, verb: "moveTop" | "moveUp" | "moveDown") {
  store.applyCommand(verb, union(await store.selection.lots()));
}

async function targets(store: Store, row: Row): Promise<JobGroup[]> {
  return store.selection.has(row.id) ? store.selection.lots() : [{ kind: row, jobs: Numbers.of([row.id]) }];
}

const union = (lots: JobGroup[]) => lots.reduce((jobs, lot) => jobs.with(lot.jobs), Numbers.none);

function run(store: Store, row: Row, name: ActionName, jobs: Numbers) {
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else if (jobs.size === 0) return;
  else if (name === "another") store.another = { jobs, cause: null, count: jobs.size };
  else if (name === "salvage") void store.try(store.backend.salvage(jobs));
  else if (name === "check") store.check(jobs);
  else if (name === "again") void store.try(store.backend.doAgain(jobs));
  else store.applyCommand(name, jobs);
}
