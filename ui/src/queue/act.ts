/** Does what a button, a menu or a key asks of a row: of the whole selection where the row is part of it. */
import type { Row } from "../backend/types";
import type { ActionName } from "./actions";
import type { Store } from "./store.svelte";

export function act(store: Store, row: Row, name: ActionName) {
  if (name === "details") store.details = row.id;
  else if (name === "open") void store.try(store.backend.open(row.id));
  else if (name === "showInFolder") void store.try(store.backend.showInFolder(row.id));
  else store.steer(name, store.selected.has(row.id) ? [...store.selected] : [row.id]);
}
