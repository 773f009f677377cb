/**
 * Which jobs of a list are selected, and which one has the keyboard.
 *
 * Focus and selection belong to jobs, not to places: what has left the list hands them to what took its place. A selection
 * of the whole list means what stood there then; what comes later is not among it.
 */
import { SvelteSet } from "svelte/reactivity";
import type { Lot } from "../backend/backend";
import type { End } from "../backend/types";
import type { Listing } from "./listing.svelte";
import { Numbers } from "./numbers";

type How = "only" | "toggle" | "range";

export class Selection {
  /** Selected one by one. */
  #ids = new SvelteSet<number>();
  /** Selected as part of a list that is not at hand, but for those taken out of it since. */
  #many = $state.raw(Numbers.none);
  #out = new SvelteSet<number>();
  /** The job that has the keyboard. */
  current = $state<number | null>(null);
  /** Its place in the list, as last known. */
  place = 0;
  /** The job a range begins at. */
  #anchor: End | null = null;
  /** A place that was gone to before its row was there. */
  #wanted: { place: number; how: How } | null = null;
  /** Counts changes of the selection: an answer for an earlier selection is dropped. */
  #asked = 0;
  /** What is still to be added of a selection that is not at hand. */
  #more: Promise<void> = Promise.resolve();

  constructor(readonly listing: Listing) {}

  has(id: number): boolean {
    return this.#ids.has(id) || (this.#many.has(id) && !this.#out.has(id));
  }

  clear() {
    this.#choose([]);
    this.current = null;
    this.#anchor = null;
    this.#wanted = null;
  }

  /** Selects the row at this place. */
  select(place: number, how: How) {
    const row = this.listing.row(place);
    this.#wanted = row ? null : { place, how };
    if (!row) return;
    if (how === "range" && this.#anchor !== null) {
      this.#range(this.#anchor, { id: row.id, place });
    } else {
      if (how === "only") this.#choose([]);
      if (how === "toggle" && this.has(row.id)) this.#drop(row.id);
      else this.#add(row.id);
      this.#anchor = { id: row.id, place };
    }
    this.current = row.id;
    this.place = place;
  }

  /** Selects the whole list. */
  all() {
    this.#wanted = null;
    this.#choose(this.listing.rows());
    if (this.listing.total > this.listing.entries.size) this.#more = this.#pick(null);
  }

  /** The selected jobs that are in the list now, by what may be asked of them. */
  async lots(): Promise<Lot[]> {
    await this.#more;
    const jobs = this.#all();
    const near = this.listing.rows().filter((row) => this.has(row.id));
    if (near.length === jobs.size) return near.map((row) => ({ kind: row, jobs: Numbers.of([row.id]) }));
    return this.listing.kinds(jobs);
  }

  #all(): Numbers {
    return this.#many.without(Numbers.of(this.#out)).with(Numbers.of(this.#ids));
  }

  /** Selects what stands from one job to the other; what of it is not at hand is asked for. */
  #range(a: End, b: End) {
    const [first, last] = [Math.min(a.place, b.place), Math.max(a.place, b.place)];
    const entries = Array.from({ length: last - first + 1 }, (_, n) => this.listing.entries.get(first + n));
    const near = entries.filter((entry) => entry !== undefined);
    this.#choose(near.filter((entry) => entry.kind === "row"));
    if (near.length < entries.length) this.#more = this.#pick([a, b]);
  }

  /** Adds what stands between these ends, or the whole list. */
  async #pick(ends: [End, End] | null) {
    const asked = this.#asked;
    const many = await this.listing.pick(ends);
    if (asked === this.#asked) this.#many = many;
  }

  #choose(rows: { id: number }[]) {
    this.#asked += 1;
    this.#more = Promise.resolve();
    this.#many = Numbers.none;
    this.#out.clear();
    this.#ids.clear();
    for (const row of rows) this.#ids.add(row.id);
  }

  #add(id: number) {
    this.#ids.add(id);
    this.#out.delete(id);
  }

  #drop(id: number) {
    this.#ids.delete(id);
    this.#out.add(id);
  }

  /** Moves to the row `by` places on; one that is not loaded yet is selected when it arrives. The answer is its place. */
  step(by: number, range: boolean): number {
    const { total, entries } = this.listing;
    const fit = (place: number) => Math.max(0, Math.min(total - 1, place));
    let place = fit(this.current === null ? 0 : this.place + by);
    // The heads of causes are passed over: their buttons are reached by Tab.
    const on = place === 0 ? 1 : place === total - 1 ? -1 : Math.sign(by);
    while (entries.get(place)?.kind === "group" && fit(place + on) !== place) place = fit(place + on);
    this.select(place, range ? "range" : "only");
    return place;
  }

  /** After the list has changed: jobs that moved keep what they have, the place of one that left passes on. */
  follow() {
    const { listing } = this;
    if (this.#wanted && listing.row(this.#wanted.place)) this.select(this.#wanted.place, this.#wanted.how);
    if (this.#anchor) this.#anchor.place = listing.placeOf(this.#anchor.id) ?? this.#anchor.place;
    this.#forget();
    if (this.current === null) return;
    const place = listing.placeOf(this.current);
    if (place !== undefined) this.place = place;
    else if (listing.holds(this.place)) this.#pass();
  }

  /** What has left a list that is loaded whole is no longer selected. */
  #forget() {
    const { listing } = this;
    if (listing.total > listing.entries.size) return;
    for (const row of listing.rows()) if (this.has(row.id)) this.#ids.add(row.id);
    this.#many = Numbers.none;
    for (const id of this.#ids) if (listing.placeOf(id) === undefined) this.#ids.delete(id);
  }

  /** The job that takes the place of the current one. */
  #pass() {
    const { listing } = this;
    if (this.current !== null) this.#drop(this.current);
    const next = listing.row(Math.min(this.place, listing.total - 1)) ?? listing.rows().at(-1);
    this.current = next?.id ?? null;
    if (next && this.#all().size === 0) this.#ids.add(next.id);
  }
}
