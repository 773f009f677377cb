/** The icon of each action, on buttons and in menus. */
import ArrowDown from "@lucide/svelte/icons/arrow-down";
import ArrowUp from "@lucide/svelte/icons/arrow-up";
import ArrowUpToLine from "@lucide/svelte/icons/arrow-up-to-line";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import ClipboardCheck from "@lucide/svelte/icons/clipboard-check";
import FolderOpen from "@lucide/svelte/icons/folder";
import List from "@lucide/svelte/icons/list";
import Pause from "@lucide/svelte/icons/pause";
import Play from "@lucide/svelte/icons/play";
import RotateCw from "@lucide/svelte/icons/rotate-cw";
import Scissors from "@lucide/svelte/icons/scissors";
import SlidersHorizontal from "@lucide/svelte/icons/sliders-horizontal";
import Trash2 from "@lucide/svelte/icons/trash-2";
import X from "@lucide/svelte/icons/x";
import type { Row } from "../backend/types";
import type { ActionName } from "./actions";

const icons: Record<ActionName, typeof Play> = {
  cancel: X,
  hold: CirclePause,
  release: Play,
  now: RotateCw,
  retry: RotateCw,
  another: SlidersHorizontal,
  salvage: Scissors,
  check: ClipboardCheck,
  again: RotateCw,
  moveTop: ArrowUpToLine,
  moveUp: ArrowUp,
  moveDown: ArrowDown,
  open: Play,
  showInFolder: FolderOpen,
  remove: Trash2,
  details: List,
};

export function iconOf(row: Row, name: ActionName): typeof Play {
  return name === "hold" && row.state === "running" ? Pause : icons[name];
}
