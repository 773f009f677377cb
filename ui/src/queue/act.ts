/** Does what a button, a key or a menu asks of a row; where the row is among the selected, of all of them. */
import type { Row } from "../backend/types";
import type { ActionName } from "./actions";
import type { Store } from "./store.svelte";

export function act(store: Store, row: Row, name: ActionName) {
  const ids = store.selection.ids.has(row.id) ? [...store.selection.ids] : [row.id];
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else if (name === "another") store.another = { ids, cause: null, count: ids.length };
  else store.steer(name, ids);
}
