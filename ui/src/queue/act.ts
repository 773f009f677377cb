/** Does what a button, a key or a menu asks of a row; where the row is among the selected, of all of them. */
import type { Picked, Row } from "../backend/types";
import { byKey, menu, type ActionName } from "./actions";
import type { Store } from "./store.svelte";

export async function act(store: Store, row: Row, name: ActionName) {
  const rows = await meant(store, row);
  // Others among them may be whole, or have no result.
  const some = name === "salvage" || name === "check" || name === "again";
  const fit = some ? rows.filter((r) => menu(r).flat().some((a) => a.name === name)) : rows;
  on(store, row, name, ids(fit));
}

/** The same for this row alone. */
export function actOn(store: Store, row: Row, name: ActionName) {
  on(store, row, name, [row.id]);
}

/** Does what a key asks of the row that has the keyboard and, where that is selected, of each other as suits it. */
export async function actByKey(store: Store, row: Row, key: string) {
  if (byKey(row, key) === "details") return actOn(store, row, "details");
  const rows = await meant(store, row);
  const names = new Set(rows.map((r) => byKey(r, key)).filter((n) => n !== undefined));
  for (const name of names) on(store, row, name, ids(rows.filter((r) => byKey(r, key) === name)));
}

/** Moves what is selected. */
export async function move(store: Store, verb: "moveTop" | "moveUp" | "moveDown") {
  store.steer(verb, ids(await store.selection.rows()));
}

async function meant(store: Store, row: Row): Promise<Picked[]> {
  return store.selection.ids.has(row.id) ? store.selection.rows() : [row];
}

const ids = (rows: Picked[]) => rows.map((row) => row.id);

function on(store: Store, row: Row, name: ActionName, ids: number[]) {
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else if (name === "another") store.another = { ids, cause: null, count: ids.length };
  else if (name === "salvage") void store.try(store.backend.salvage(ids));
  else if (name === "check") store.check(ids);
  else if (name === "again") void store.try(store.backend.doAgain(ids));
  else store.steer(name, ids);
}
