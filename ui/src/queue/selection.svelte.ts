/**
 * Which jobs of a list are selected, and which one has the focus.
 *
 * Focus and selection belong to jobs, not to places: when a job leaves the list, they pass to the job that takes its place.
 * Selecting the whole list selects the jobs in it at that time, not those added later.
 */
import { SvelteSet } from "svelte/reactivity";
import type { JobGroup } from "../backend/backend";
import type { End } from "../backend/types";
import type { Listing } from "./listing.svelte";
import { Numbers } from "./numbers";

type Mode = "only" | "toggle" | "range";

export class Selection {
  /** Jobs selected one by one. */
  #ids = new SvelteSet<number>();
  /** Jobs selected as part of a range or list that is not fully loaded, except `#excluded`. */
  #bulk = $state.raw(Numbers.none);
  #excluded = new SvelteSet<number>();
  /** The focused job. */
  current = $state<number | null>(null);
  /** The last known place of the focused job. */
  place = 0;
  /** The job where a range starts. */
  #anchor: End | null = null;
  /** A selection of a place whose row is not loaded yet. */
  #pending: { place: number; mode: Mode } | null = null;
  /** Counts replacements of the selection: a response for an earlier selection is discarded. */
  #generation = 0;
  /** Resolves when `#bulk` has been loaded. */
  #loading: Promise<void> = Promise.resolve();

  constructor(readonly listing: Listing) {}

  has(id: number): boolean {
    return this.#ids.has(id) || (this.#bulk.has(id) && !this.#excluded.has(id));
  }

  clear() {
    this.#replace([]);
    this.current = null;
    this.#anchor = null;
    this.#pending = null;
  }

  /** Selects the row at this place. */
  select(place: number, mode: Mode) {
    const row = this.listing.row(place);
    this.#pending = row ? null : { place, mode };
    if (!row) return;
    if (mode === "range" && this.#anchor !== null) {
      this.#range(this.#anchor, { id: row.id, place });
    } else {
      if (mode === "only") this.#replace([]);
      if (mode === "toggle" && this.has(row.id)) this.#drop(row.id);
      else this.#add(row.id);
      this.#anchor = { id: row.id, place };
    }
    this.current = row.id;
    this.place = place;
  }

  /** Selects the whole list. */
  all() {
    this.#pending = null;
    this.#replace(this.listing.rows());
    if (this.listing.total > this.listing.entries.size) this.#loading = this.#pick(null);
  }

  /** Returns the selected jobs that are in the list now, grouped by available actions. */
  async lots(): Promise<JobGroup[]> {
    await this.#loading;
    const jobs = this.#jobs();
    const near = this.listing.rows().filter((row) => this.has(row.id));
    if (near.length === jobs.size) return near.map((row) => ({ kind: row, jobs: Numbers.of([row.id]) }));
    return this.listing.kinds(jobs);
  }

  #jobs(): Numbers {
    return this.#bulk.without(Numbers.of(this.#excluded)).with(Numbers.of(this.#ids));
  }

  /** Selects the jobs from one end to the other; those not loaded are requested. */
  #range(a: End, b: End) {
    const [first, last] = [Math.min(a.place, b.place), Math.max(a.place, b.place)];
    const entries = Array.from({ length: last - first + 1 }, (_, n) => this.listing.entries.get(first + n));
    const near = entries.filter((entry) => entry !== undefined);
    this.#replace(near.filter((entry) => entry.kind === "row"));
    if (near.length < entries.length) this.#loading = this.#pick([a, b]);
  }

  /** Selects the jobs between these ends, or the whole list, in addition. */
  async #pick(ends: [End, End] | null) {
    const generation = this.#generation;
    const jobs = await this.listing.pick(ends);
    if (generation === this.#generation) this.#bulk = jobs;
  }

  #replace(rows: { id: number }[]) {
    this.#generation += 1;
    this.#loading = Promise.resolve();
    this.#bulk = Numbers.none;
    this.#excluded.clear();
    this.#ids.clear();
    for (const row of rows) this.#ids.add(row.id);
  }

  #add(id: number) {
    this.#ids.add(id);
    this.#excluded.delete(id);
  }

  #drop(id: number) {
    this.#ids.delete(id);
    this.#excluded.add(id);
  }

  /** Moves the focus by `by` rows and returns the new place. A row that is not loaded yet is selected once it is. */
  step(by: number, range: boolean): number {
    const { total, entries } = this.listing;
    const fit = (place: number) => Math.max(0, Math.min(total - 1, place));
    let place = fit(this.current === null ? 0 : this.place + by);
    // Skips group rows, whose buttons are reached by Tab.
    const direction = place === 0 ? 1 : place === total - 1 ? -1 : Math.sign(by);
    while (entries.get(place)?.kind === "group" && fit(place + direction) !== place) place = fit(place + direction);
    this.select(place, range ? "range" : "only");
    return place;
  }

  /**
   * Moves focus and selection with their jobs, and passes the focus of a job that left the list. To be called after each
   * change of the list.
   */
  onListChanged() {
    const { listing } = this;
    if (this.#pending && listing.row(this.#pending.place)) this.select(this.#pending.place, this.#pending.mode);
    if (this.#anchor) this.#anchor.place = listing.placeOf(this.#anchor.id) ?? this.#anchor.place;
    this.#prune();
    if (this.current === null) return;
    const place = listing.placeOf(this.current);
    if (place !== undefined) this.place = place;
    else if (listing.isKnown(this.place)) this.#passFocus();
  }

  /** Deselects jobs that have left the list, if the list is fully loaded. */
  #prune() {
    const { listing } = this;
    if (listing.total > listing.entries.size) return;
    for (const row of listing.rows()) if (this.has(row.id)) this.#ids.add(row.id);
    this.#bulk = Numbers.none;
    for (const id of this.#ids) if (listing.placeOf(id) === undefined) this.#ids.delete(id);
  }

  /** Focuses the job that took the place of the focused one. */
  #passFocus() {
    const { listing } = this;
    if (this.current !== null) this.#drop(this.current);
    const next = listing.row(Math.min(this.place, listing.total - 1)) ?? listing.rows().at(-1);
    this.current = next?.id ?? null;
    if (next && this.#jobs().size === 0) this.#ids.add(next.id);
  }
}
