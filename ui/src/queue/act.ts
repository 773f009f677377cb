/** Does what a button, a key or a menu asks of a row; where the row is among the selected, of all of them. */
import type { Row } from "../backend/types";
import { byKey, type ActionName } from "./actions";
import type { Store } from "./store.svelte";

export function act(store: Store, row: Row, name: ActionName) {
  on(store, row, name, store.selection.ids.has(row.id) ? [...store.selection.ids] : [row.id]);
}

/** The same for this row alone. */
export function actOn(store: Store, row: Row, name: ActionName) {
  on(store, row, name, [row.id]);
}

/** Does what a key asks of the row that has the keyboard and, where that is selected, of each other as suits it. */
export function actByKey(store: Store, row: Row, key: string) {
  const others = store.selection.ids.has(row.id) ? store.selection.rows() : [row];
  const name = byKey(row, key);
  if (name === "details") return actOn(store, row, name);
  const names = new Set(others.map((other) => byKey(other, key)).filter((n) => n !== undefined));
  for (const each of names) {
    const ids = others.filter((other) => byKey(other, key) === each).map((other) => other.id);
    on(store, row, each, ids);
  }
}

function on(store: Store, row: Row, name: ActionName, ids: number[]) {
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else if (name === "another") store.another = { ids, cause: null, count: ids.length };
  else store.steer(name, ids);
}
