/**
 * What the window shows: how things stand, the part of one list that is in view, live progress by job.
 *
 * Guarantees that it never holds the whole queue: pages out of view are dropped, and every answer that is
 * older than a newer question is ignored. Progress touches one row; a change of rows fetches the pages in view.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AddNotice, Choices, Drag, List, Live, PresetChoice, Row, Standing, ToolState, Update, Verb } from "../backend/types";

/** Rows fetched at once. */
export const PAGE = 50;

export class Store {
  list = $state<List>("queue");
  standing = $state.raw<Standing | null>(null);
  total = $state(0);
  /** Rows in view and near it, by their place in the list. */
  rows = new SvelteMap<number, Row>();
  live = new SvelteMap<number, Live>();
  selected = new SvelteSet<number>();
  /** The job that has the keyboard, and the one a range begins at. */
  current = $state<number | null>(null);
  anchor = $state<number | null>(null);
  presets = $state.raw<PresetChoice[]>([]);
  choices = $state.raw<Choices>({ preset: "", outputDir: null });
  tools = $state.raw<ToolState | null>(null);
  drag = $state.raw<Drag | null>(null);
  added = $state.raw<AddNotice | null>(null);
  trouble = $state<string | null>(null);
  askClose = $state<number | null>(null);
  details = $state<number | null>(null);
  /** The preset under a point of the window, while something is dragged. */
  presetAt: (x: number, y: number) => string | null = () => null;

  #first = 0;
  #last = PAGE;
  #asked = 0;

  constructor(readonly backend: Backend) {}

  async start() {
    await this.backend.subscribe((update) => this.hear(update));
    this.presets = await this.backend.presets();
    this.choices = await this.backend.choices();
    await this.checkTools();
  }

  hear(update: Update) {
    for (const live of update.live) this.live.set(live.id, live);
    if (update.drag) this.drag = update.drag;
    if (update.dragEnded) this.drag = null;
    if (update.dropped) this.dropped(update.dropped.token, update.dropped.x, update.dropped.y);
    if (update.added) this.added = update.added;
    if (update.trouble) this.trouble = update.trouble;
    if (update.askClose !== null) this.askClose = update.askClose;
    if (update.standing) {
      this.standing = update.standing;
      void this.refresh();
    }
  }

  /** Runs a call of the backend; what it could not do is shown. */
  async try(call: Promise<void>) {
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
    this.rows.clear();
    this.total = 0;
    this.unselect();
    this.look(0, PAGE);
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
    const pages = await Promise.all(offsets.map((offset) => this.backend.page(list, offset, PAGE)));
    if (asked !== this.#asked) return;
    this.total = pages[0]?.total ?? 0;
    const fresh = new Set<number>();
    for (const page of pages) {
      page.rows.forEach((row, n) => {
        const place = page.offset + n;
        fresh.add(place);
        if (!same(this.rows.get(place), row)) this.rows.set(place, row);
        if (row.state !== "running") this.live.delete(row.id);
      });
    }
    for (const place of [...this.rows.keys()]) if (!fresh.has(place)) this.rows.delete(place);
    this.#keepFocus();
  }

  /** Focus and selection belong to jobs: what has left the list hands them to what took its place. */
  #keepFocus() {
    if (this.current === null || this.total > this.rows.size) return;
    const ids = new Set([...this.rows.values()].map((row) => row.id));
    for (const id of this.selected) if (!ids.has(id)) this.selected.delete(id);
    if (!ids.has(this.current)) {
      const next = this.rows.get(Math.min(this.currentPlace, this.total - 1));
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
    const row = this.rows.get(place);
    if (!row) return;
    if (how === "range" && this.anchor !== null) {
      this.selected.clear();
      for (let n = Math.min(this.anchor, place); n <= Math.max(this.anchor, place); n += 1) {
        const id = this.rows.get(n)?.id;
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
    const place = Math.max(0, Math.min(this.total - 1, this.current === null ? 0 : this.currentPlace + by));
    this.select(place, range ? "range" : "only");
    return place;
  }

  steer(verb: Verb, ids: number[] = [...this.selected]) {
    if (ids.length > 0) void this.try(this.backend.steer(verb, ids));
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
function same(a: Row | undefined, b: Row): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
