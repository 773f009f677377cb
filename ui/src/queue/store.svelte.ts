/**
 * What the window shows: how things stand, the part of one list that is in view, live progress by job.
 *
 * Guarantees that it never holds the whole queue: pages out of view are dropped, and every answer that is
 * older than a newer question is ignored. Progress touches one row; a change of rows fetches the pages in view.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type {
  AddNotice,
  Choices,
  Drag,
  Entry,
  Left,
  List,
  Live,
  PresetChoice,
  Row,
  Sorted,
  Standing,
  ToolState,
  Update,
  Verb,
} from "../backend/types";

/** A question before something that cannot be undone. */
export interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  button: string;
  yes: () => void;
}

/** The menu of a row, at a point of the window. */
export interface OpenMenu {
  row: Row;
  x: number;
  y: number;
}

/** Which failed jobs are to be tried with another preset. */
export interface Another {
  ids: number[];
  cause: string | null;
  count: number;
}

/** How long a row says that it was in the queue already. */
const TWIN = 4000;

/** Rows fetched at once. */
export const PAGE = 50;

export class Store {
  list = $state<List>("queue");
  standing = $state.raw<Standing | null>(null);
  total = $state(0);
  /** What is in view and near it, by its place in the list. */
  entries = new SvelteMap<number, Entry>();
  /** Part of a name; only such jobs are shown. */
  find = $state("");
  sorted = $state<Sorted>("newest");
  /** How many causes the failed list has. */
  groups = $state(0);
  /** Rows that say that they were in the queue already. */
  twins = new SvelteSet<number>();
  menu = $state.raw<OpenMenu | null>(null);
  another = $state.raw<Another | null>(null);
  /** Causes of the failed list all of whose jobs are shown. */
  open = new SvelteSet<string>();
  live = new SvelteMap<number, Live>();
  selected = new SvelteSet<number>();
  /** The job that has the keyboard, and the one a range begins at. */
  current = $state<number | null>(null);
  anchor = $state<number | null>(null);
  presets = $state.raw<PresetChoice[]>([]);
  choices = $state.raw<Choices>({ preset: "", outputDir: null, theme: "system" });
  tools = $state.raw<ToolState | null>(null);
  left = $state.raw<Left>({ from: null, to: null });
  drag = $state.raw<Drag | null>(null);
  added = $state.raw<AddNotice | null>(null);
  trouble = $state<string | null>(null);
  askClose = $state<number | null>(null);
  /** Marked as removed, and still to be had back. */
  removing = new SvelteSet<number>();
  details = $state<number | null>(null);
  question = $state.raw<Question | null>(null);
  shortcuts = $state(false);
  leftOut = $state(false);
  settings = $state(false);
  /** The preset under a point of the window, while something is dragged. */
  presetAt: (x: number, y: number) => string | null = () => null;

  #first = 0;
  #last = PAGE;
  #asked = 0;
  #listed = false;

  constructor(readonly backend: Backend) {}

  async start() {
    await this.backend.subscribe((update) => this.hear(update));
    this.presets = await this.backend.presets();
    this.choices = await this.backend.choices();
    await this.checkTools();
  }

  hear(update: Update) {
    for (const live of update.live) this.live.set(live.id, live);
    if (update.left) this.left = update.left;
    if (update.drag) this.drag = update.drag;
    if (update.dragEnded) this.drag = null;
    if (update.dropped) this.dropped(update.dropped.token, update.dropped.x, update.dropped.y);
    if (update.added) {
      this.finishRemoval();
      this.added = update.added;
      this.#mark(update.added.duplicates);
    }
    if (update.trouble) this.trouble = update.trouble;
    if (update.askClose !== null) this.askClose = update.askClose;
    if (update.standing) {
      this.standing = update.standing;
      void this.refresh();
    }
  }

  #mark(ids: number[]) {
    for (const id of ids) this.twins.add(id);
    setTimeout(() => ids.forEach((id) => this.twins.delete(id)), TWIN);
  }

  /** Runs a call of the backend; what it could not do is shown. */
  async try(call: Promise<void>) {
    this.trouble = null;
    try {
      await call;
    } catch (cause) {
      this.trouble = String(cause);
    }
  }

  dropped(token: number, x: number, y: number) {
    void this.try(this.backend.dropHere(token, this.presetAt(x, y) ?? this.choices.preset));
  }

  show(list: List) {
    if (list === this.list) return;
    this.list = list;
    this.entries.clear();
    this.total = 0;
    this.unselect();
    this.look(0, PAGE);
  }

  /** Shows only jobs with this part of a name. */
  filter(find: string) {
    this.find = find;
    this.unselect();
    this.look(0, PAGE);
  }

  sort(sorted: Sorted) {
    this.sorted = sorted;
    void this.refresh();
  }

  /** These places of the list are in view now. */
  look(first: number, last: number) {
    this.#first = first;
    this.#last = last;
    void this.refresh();
  }

  /** Fetches the pages in view and drops the others. */
  async refresh() {
    const asked = ++this.#asked;
    const list = this.list;
    const from = Math.floor(this.#first / PAGE) * PAGE;
    const until = Math.max(this.#last, from + 1);
    const offsets = [];
    for (let offset = from; offset < until; offset += PAGE) offsets.push(offset);
    const wanted = { list, limit: PAGE, open: [...this.open], find: this.find.trim(), sorted: this.sorted };
    const pages = await Promise.all(offsets.map((offset) => this.backend.page({ ...wanted, offset })));
    if (asked !== this.#asked) return;
    this.total = pages[0]?.total ?? 0;
    this.groups = pages[0]?.groups ?? 0;
    const fresh = new Set<number>();
    for (const page of pages) {
      page.entries.forEach((entry, n) => {
        const place = page.offset + n;
        fresh.add(place);
        if (!same(this.entries.get(place), entry)) this.entries.set(place, entry);
        if (entry.kind === "row" && entry.state !== "running") this.live.delete(entry.id);
      });
    }
    for (const place of [...this.entries.keys()]) if (!fresh.has(place)) this.entries.delete(place);
    this.#keepFocus();
    // For measuring the start: when the list first stood there.
    if (!this.#listed) performance.mark("listed");
    this.#listed = true;
  }

  /** Focus and selection belong to jobs: what has left the list hands them to what took its place. */
  #keepFocus() {
    if (this.current === null || this.total > this.entries.size) return;
    const ids = new Set(this.rows().map((row) => row.id));
    for (const id of this.selected) if (!ids.has(id)) this.selected.delete(id);
    if (!ids.has(this.current)) {
      const next = this.row(Math.min(this.currentPlace, this.total - 1)) ?? this.rows().at(-1);
      this.current = next?.id ?? null;
      if (next && this.selected.size === 0) this.selected.add(next.id);
    }
  }

  /** Place of the job that has the keyboard, as last known. */
  currentPlace = 0;

  unselect() {
    this.selected.clear();
    this.current = null;
    this.anchor = null;
  }

  /** Selects the row at this place. */
  select(place: number, how: "only" | "toggle" | "range") {
    const row = this.row(place);
    if (!row) return;
    if (how === "range" && this.anchor !== null) {
      this.selected.clear();
      for (let n = Math.min(this.anchor, place); n <= Math.max(this.anchor, place); n += 1) {
        const id = this.row(n)?.id;
        if (id !== undefined) this.selected.add(id);
      }
    } else {
      if (how === "only") this.selected.clear();
      if (how === "toggle" && this.selected.has(row.id)) this.selected.delete(row.id);
      else this.selected.add(row.id);
      this.anchor = place;
    }
    this.current = row.id;
    this.currentPlace = place;
  }

  /** Moves to the row `by` places on, within what is loaded. */
  step(by: number, range: boolean): number {
    const fit = (place: number) => Math.max(0, Math.min(this.total - 1, place));
    let place = fit(this.current === null ? 0 : this.currentPlace + by);
    // The heads of causes are passed over: their buttons are reached by Tab.
    const on = place === 0 ? 1 : place === this.total - 1 ? -1 : Math.sign(by);
    while (this.entries.get(place)?.kind === "group" && fit(place + on) !== place) place = fit(place + on);
    this.select(place, range ? "range" : "only");
    return place;
  }

  /** The job at this place, where one stands there and is loaded. */
  row(place: number): Row | undefined {
    const entry = this.entries.get(place);
    return entry?.kind === "row" ? entry : undefined;
  }

  /** All jobs that are loaded. */
  rows(): Row[] {
    return [...this.entries.values()].filter((entry) => entry.kind === "row");
  }

  /** Shows all jobs of a cause, or the newest two. */
  toggle(cause: string) {
    if (!this.open.delete(cause)) this.open.add(cause);
    void this.refresh();
  }

  steer(verb: Verb, ids: number[] = [...this.selected]) {
    if (ids.length === 0) return;
    if (verb === "remove") this.remove(ids);
    else void this.try(this.backend.steer(verb, ids));
  }

  /** Marks jobs as removed; they leave the queue when nobody can want them back any more. */
  remove(ids: number[]) {
    this.finishRemoval();
    this.added = null;
    for (const id of ids) this.removing.add(id);
  }

  /** Removes what was marked. Whoever closes the window before has removed nothing. */
  finishRemoval() {
    const ids = [...this.removing];
    this.removing.clear();
    if (ids.length > 0) void this.try(this.backend.steer("remove", ids));
  }

  undoRemoval() {
    this.removing.clear();
  }

  async checkTools() {
    this.tools = await this.backend.tools();
  }

  async choosePreset(id: string) {
    await this.try(this.backend.choosePreset(id));
    this.choices = await this.backend.choices();
  }

  async chooseTarget(folder: boolean) {
    await this.try(folder ? this.backend.chooseFolder() : this.backend.chooseBeside());
    this.choices = await this.backend.choices();
  }
}

/** Rows that would look the same are left as they are, so that only what changed is drawn anew. */
function same(a: Entry | undefined, b: Entry): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
