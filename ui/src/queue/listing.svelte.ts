/**
 * The pages of one list that are in view.
 *
 * Guarantees that it never holds the whole queue: pages out of view are dropped. Only one fetch runs at a time, so responses
 * never arrive out of order. Scrolling within loaded pages sends no request. Unchanged entries keep their identity, so only
 * changed rows are rendered again. Knows nothing of selection and progress.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend, JobGroup } from "../backend/backend";
import type { End, Entry, List, Page, Row, SortOrder, PageRequest } from "../backend/types";
import { Numbers } from "./numbers";
import { ALL_CAUSES } from "./reasons";

/** Rows per page. */
export const PAGE = 50;

/** Longest time without new rows while the view keeps moving, in milliseconds. */
const MAX_DELAY = 250;

export class Listing {
  list = $state<List>("queue");
  total = $state(0);
  /** Whether the list was loaded since it was shown. */
  loaded = $state(false);
  /** Number of causes in the failed list. */
  groups = $state(0);
  /** The loaded entries, by their place in the list. */
  entries = new SvelteMap<number, Entry>();
  /** Only jobs whose name contains this text are shown. */
  find = $state("");
  /** The filter of the loaded entries. */
  #applied = $state("");
  sorted = $state<SortOrder>("newest");
  /** Expanded causes of the failed list: all of their jobs are shown. */
  open = new SvelteSet<string>();

  #first = 0;
  #last = PAGE;
  /** Offsets of the pages requested last. */
  #requested = "";
  /** Counts calls of `refresh`. */
  #refreshes = 0;
  #busy = false;
  /** When pages were last applied. */
  #updatedAt = 0;

  /** `onUpdate` is called after the entries were updated, `onError` with the reason when a request failed. */
  constructor(
    readonly backend: Backend,
    readonly onUpdate: () => void,
    readonly onError: (why: string) => void,
  ) {}

  show(list: List) {
    this.list = list;
    this.entries.clear();
    this.total = 0;
    this.loaded = false;
    this.#reset();
  }

  filter(find: string) {
    this.find = find;
    this.#reset();
  }

  #reset() {
    this.#first = 0;
    this.#last = PAGE;
    void this.refresh();
  }

  sort(sorted: SortOrder) {
    this.sorted = sorted;
    void this.refresh();
  }

  /** Switches a cause between all of its jobs and the newest two. */
  toggle(cause: string) {
    if (!this.open.delete(cause)) this.open.add(cause);
    void this.refresh();
  }

  /** Sets the places of the list that are in view; `last` is exclusive. */
  setView(first: number, last: number) {
    this.#first = first;
    this.#last = last;
    if (this.#offsets().join() !== this.#requested) void this.refresh();
  }

  #offsets(): number[] {
    const offsets = [];
    const from = Math.floor(this.#first / PAGE) * PAGE;
    for (let offset = from; offset < Math.max(this.#last, from + 1); offset += PAGE) offsets.push(offset);
    return offsets;
  }

  /** Fetches the pages in view and drops the others. Called while it runs, it fetches once more afterwards. */
  async refresh() {
    this.#refreshes += 1;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let seen = 0; seen !== this.#refreshes; ) {
        seen = this.#refreshes;
        await this.#fetch();
      }
    } catch (cause) {
      this.#requested = "";
      this.onError(String(cause));
    } finally {
      this.#busy = false;
    }
  }

  async #fetch() {
    const { list, find, sorted } = this;
    const offsets = this.#offsets();
    this.#requested = offsets.join();
    const pages = await Promise.all(offsets.map((offset) => this.backend.page(this.#request(offset, PAGE))));
    // Discard pages of a list, filter or order that is no longer shown. Discard pages that are out of view by now, unless
    // nothing was shown for `MAX_DELAY`: scrolling through the whole list must not wait for each position on the way.
    const current = list === this.list && find === this.find && sorted === this.sorted;
    const inView = this.#requested === this.#offsets().join();
    if (current && (inView || performance.now() - this.#updatedAt > MAX_DELAY)) this.#apply(pages);
  }

  #request(offset: number, limit: number): PageRequest {
    const { list, sorted } = this;
    return { list, offset, limit, open: [...this.open], find: this.find.trim(), sorted };
  }

  /** Returns all jobs of the list, loaded or not, or those from one end to the other; none if the request fails. */
  pick(ends: [End, End] | null): Promise<Numbers> {
    return this.#orElse(this.backend.pick(this.#request(0, 0), ends), Numbers.none);
  }

  /** Returns all jobs that the list stands for: those that match the filter, and those of collapsed causes too. */
  everything(): Promise<Numbers> {
    return this.#orElse(this.backend.pick({ ...this.#request(0, 0), open: ALL_CAUSES }, null), Numbers.none);
  }

  /** Number of jobs that `everything` returns, of `all` in the list; 0 until the filter has been applied. */
  matching(all: number): number {
    if (this.find.trim() === "") return all;
    return this.find === this.#applied ? this.total : 0;
  }

  /** Groups these jobs by available actions, without those that left the list. Returns none if the request fails. */
  kinds(jobs: Numbers): Promise<JobGroup[]> {
    return this.#orElse(this.backend.kinds(this.#request(0, 0), jobs), []);
  }

  async #orElse<T>(response: Promise<T>, fallback: T): Promise<T> {
    try {
      return await response;
    } catch (cause) {
      this.onError(String(cause));
      return fallback;
    }
  }

  #apply(pages: Page[]) {
    this.#updatedAt = performance.now();
    this.total = pages[0]?.total ?? 0;
    this.groups = pages[0]?.groups ?? 0;
    this.loaded = true;
    this.#applied = this.find;
    const fresh = new Map(pages.flatMap((page) => page.entries.map((entry, n) => [page.offset + n, entry] as const)));
    for (const [place, entry] of fresh) if (!same(this.entries.get(place), entry)) this.entries.set(place, entry);
    for (const place of [...this.entries.keys()]) if (!fresh.has(place)) this.entries.delete(place);
    this.onUpdate();
  }

  /** Returns the job at this place; undefined for a group or where nothing is loaded. */
  row(place: number): Row | undefined {
    const entry = this.entries.get(place);
    return entry?.kind === "row" ? entry : undefined;
  }

  /** Returns the loaded entries of these places. `key` identifies the job or cause, so a moved row keeps its element. */
  between(first: number, last: number): { key: string; place: number; entry: Entry }[] {
    // Two pages may both contain a job that moved between them.
    const all = new Map<string, { place: number; entry: Entry }>();
    for (let place = first; place < last; place += 1) {
      const entry = this.entries.get(place);
      if (entry) all.set(entry.kind === "row" ? `${entry.id}` : entry.code, { place, entry });
    }
    return [...all].map(([key, at]) => ({ key, ...at }));
  }

  /** Returns the place of this job, if it is loaded. */
  placeOf(id: number): number | undefined {
    for (const [place, entry] of this.entries) if (entry.kind === "row" && entry.id === id) return place;
    return undefined;
  }

  /** Checks whether the content of this place is known: it is loaded, or past the end. */
  isKnown(place: number): boolean {
    return this.entries.has(place) || place >= this.total;
  }

  /** Returns all jobs that are loaded. */
  rows(): Row[] {
    return [...this.entries.values()].filter((entry) => entry.kind === "row");
  }
}

function same(a: Entry | undefined, b: Entry): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
