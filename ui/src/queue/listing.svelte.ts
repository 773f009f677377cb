/**
 * The part of one list that is in view.
 *
 * Guarantees that it never holds the whole queue: pages out of view are dropped, and one question is asked at a
 * time, so that slow answers hold up nothing and none overtakes another. Who scrolls within the pages at hand asks
 * nothing. What would look the same is left as it is, so that only changes are drawn. Knows nothing of
 * selection and progress.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend, Lot } from "../backend/backend";
import type { End, Entry, List, Page, Row, Sorted, Wanted } from "../backend/types";
import { Numbers } from "./numbers";

/** Rows fetched at once. */
export const PAGE = 50;

/** Longest time without new rows while others are asked for again and again, in milliseconds. */
const LATE = 250;

export class Listing {
  list = $state<List>("queue");
  total = $state(0);
  /** Is it known yet how long the list is? */
  loaded = $state(false);
  /** How many causes the failed list has. */
  groups = $state(0);
  /** What is in view and near it, by its place in the list. */
  entries = new SvelteMap<number, Entry>();
  /** Part of a name; only such jobs are shown. */
  find = $state("");
  sorted = $state<Sorted>("newest");
  /** Causes of the failed list all of whose jobs are shown. */
  open = new SvelteSet<string>();

  #first = 0;
  #last = PAGE;
  /** The pages asked for last. */
  #wanted = "";
  #asked = 0;
  #busy = false;
  #taken = 0;

  /** `arrived` is told each time the entries are as the application has them, `failed` why they could not be had. */
  constructor(
    readonly backend: Backend,
    readonly arrived: () => void,
    readonly failed: (why: string) => void,
  ) {}

  show(list: List) {
    this.list = list;
    this.entries.clear();
    this.total = 0;
    this.loaded = false;
    this.#begin();
  }

  filter(find: string) {
    this.find = find;
    this.#begin();
  }

  #begin() {
    this.#first = 0;
    this.#last = PAGE;
    void this.refresh();
  }

  sort(sorted: Sorted) {
    this.sorted = sorted;
    void this.refresh();
  }

  /** Shows all jobs of a cause, or the newest two. */
  toggle(cause: string) {
    if (!this.open.delete(cause)) this.open.add(cause);
    void this.refresh();
  }

  /** These places of the list are in view now. */
  look(first: number, last: number) {
    this.#first = first;
    this.#last = last;
    if (this.#offsets().join() !== this.#wanted) void this.refresh();
  }

  #offsets(): number[] {
    const offsets = [];
    const from = Math.floor(this.#first / PAGE) * PAGE;
    for (let offset = from; offset < Math.max(this.#last, from + 1); offset += PAGE) offsets.push(offset);
    return offsets;
  }

  /** Fetches the pages in view and drops the others; asked again meanwhile, once more after that. */
  async refresh() {
    this.#asked += 1;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let asked = 0; asked !== this.#asked; ) {
        asked = this.#asked;
        await this.#fetch();
      }
    } catch (cause) {
      this.#wanted = "";
      this.failed(String(cause));
    } finally {
      this.#busy = false;
    }
  }

  async #fetch() {
    const { list, find, sorted } = this;
    const offsets = this.#offsets();
    this.#wanted = offsets.join();
    const pages = await Promise.all(offsets.map((offset) => this.backend.page(this.#part(offset, PAGE))));
    // Pages of another list than the one that is shown by now are of no use, and those out of view by now only where
    // nothing was shown for long: who scrolls through the whole list is not to wait for each stop on the way.
    const listed = list === this.list && find === this.find && sorted === this.sorted;
    const viewed = this.#wanted === this.#offsets().join();
    if (listed && (viewed || performance.now() - this.#taken > LATE)) this.#take(pages);
  }

  #part(offset: number, limit: number): Wanted {
    const { list, sorted } = this;
    return { list, offset, limit, open: [...this.open], find: this.find.trim(), sorted };
  }

  /** All jobs of the list, at hand or not, or those from one end to the other; none where they cannot be had. */
  pick(ends: [End, End] | null): Promise<Numbers> {
    return this.#ask(this.backend.pick(this.#part(0, 0), ends), Numbers.none);
  }

  /** Those of these jobs that are in the list now, by what may be asked of them; none where that cannot be had. */
  kinds(jobs: Numbers): Promise<Lot[]> {
    return this.#ask(this.backend.kinds(this.#part(0, 0), jobs), []);
  }

  async #ask<T>(answer: Promise<T>, none: T): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      this.failed(String(cause));
      return none;
    }
  }

  #take(pages: Page[]) {
    this.#taken = performance.now();
    this.total = pages[0]?.total ?? 0;
    this.groups = pages[0]?.groups ?? 0;
    this.loaded = true;
    const fresh = new Map(pages.flatMap((page) => page.entries.map((entry, n) => [page.offset + n, entry] as const)));
    for (const [place, entry] of fresh) if (!same(this.entries.get(place), entry)) this.entries.set(place, entry);
    for (const place of [...this.entries.keys()]) if (!fresh.has(place)) this.entries.delete(place);
    this.arrived();
  }

  /** The job at this place, where one stands there and is loaded. */
  row(place: number): Row | undefined {
    const entry = this.entries.get(place);
    return entry?.kind === "row" ? entry : undefined;
  }

  /** What is loaded of these places, each named by what it is, so that a row that moves stays the same element. */
  between(first: number, last: number): { key: string; place: number; entry: Entry }[] {
    // Two pages may name a job that moved between them.
    const all = new Map<string, { place: number; entry: Entry }>();
    for (let place = first; place < last; place += 1) {
      const entry = this.entries.get(place);
      if (entry) all.set(entry.kind === "row" ? `${entry.id}` : entry.code, { place, entry });
    }
    return [...all].map(([key, at]) => ({ key, ...at }));
  }

  /** Where this job stands, if it is loaded. */
  placeOf(id: number): number | undefined {
    for (const [place, entry] of this.entries) if (entry.kind === "row" && entry.id === id) return place;
    return undefined;
  }

  /** Is this place among those that are loaded, or behind the end? */
  holds(place: number): boolean {
    return this.entries.has(place) || place >= this.total;
  }

  /** All jobs that are loaded. */
  rows(): Row[] {
    return [...this.entries.values()].filter((entry) => entry.kind === "row");
  }
}

function same(a: Entry | undefined, b: Entry): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
