/** Does what a button, a key or a menu asks of a row; where the row is among the selected, of all of them. */
import type { Lot } from "../backend/backend";
import type { Row } from "../backend/types";
import { byKey, menu, type ActionName } from "./actions";
import { Numbers } from "./numbers";
import type { Store } from "./store.svelte";

export async function act(store: Store, row: Row, name: ActionName) {
  const lots = await meant(store, row);
  // Others among them may be whole, or have no result.
  const some = name === "salvage" || name === "check" || name === "again";
  const fit = some ? lots.filter((lot) => menu(lot.kind).flat().some((a) => a.name === name)) : lots;
  on(store, row, name, all(fit));
}

/** The same for this row alone. */
export function actOn(store: Store, row: Row, name: ActionName) {
  on(store, row, name, Numbers.of([row.id]));
}

/** Does what a key asks of the row that has the keyboard and, where that is selected, of each other as suits it. */
export async function actByKey(store: Store, row: Row, key: string) {
  if (byKey(row, key) === "details") return actOn(store, row, "details");
  const lots = await meant(store, row);
  const names = new Set(lots.map((lot) => byKey(lot.kind, key)).filter((n) => n !== undefined));
  for (const name of names) on(store, row, name, all(lots.filter((lot) => byKey(lot.kind, key) === name)));
}

/** Moves what is selected. */
export async function move(store: Store, verb: "moveTop" | "moveUp" | "moveDown") {
  store.steer(verb, all(await store.selection.lots()));
}

async function meant(store: Store, row: Row): Promise<Lot[]> {
  return store.selection.has(row.id) ? store.selection.lots() : [{ kind: row, jobs: Numbers.of([row.id]) }];
}

const all = (lots: Lot[]) => lots.reduce((jobs, lot) => jobs.with(lot.jobs), Numbers.none);

function on(store: Store, row: Row, name: ActionName, jobs: Numbers) {
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else if (jobs.size === 0) return;
  else if (name === "another") store.another = { jobs, cause: null, count: jobs.size };
  else if (name === "salvage") void store.try(store.backend.salvage(jobs));
  else if (name === "check") store.check(jobs);
  else if (name === "again") void store.try(store.backend.doAgain(jobs));
  else store.steer(name, jobs);
}
