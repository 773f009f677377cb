/**
 * Which jobs of a list are selected, and which one has the keyboard.
 *
 * Focus and selection belong to jobs, not to places: what has left the list hands them to what took its place.
 */
import { SvelteSet } from "svelte/reactivity";
import type { Picked } from "../backend/types";
import type { Listing } from "./listing.svelte";

type How = "only" | "toggle" | "range";

export class Selection {
  ids = new SvelteSet<number>();
  /** The job that has the keyboard. */
  current = $state<number | null>(null);
  /** Its place in the list, as last known. */
  place = 0;
  /** The selected as they were when they were selected: most of a long list is not at hand. */
  #known = new Map<number, Picked>();
  /** The job a range begins at, and its place. */
  #anchor: { id: number; place: number } | null = null;
  /** A place that was gone to before its row was there. */
  #wanted: { place: number; how: How } | null = null;
  /** Counts what was asked of the selection: an answer that comes after the next wish is of no use. */
  #asked = 0;

  constructor(readonly listing: Listing) {}

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
      this.#span(Math.min(this.#anchor.place, place), Math.max(this.#anchor.place, place) + 1);
    } else {
      if (how === "only") this.#choose([]);
      if (how !== "toggle" || !this.ids.delete(row.id)) this.#add(row);
      this.#anchor = { id: row.id, place };
    }
    this.current = row.id;
    this.place = place;
  }

  /** Selects the whole list. */
  all() {
    this.#span(0, this.listing.total);
  }

  /** The selected jobs: as they are now where they are at hand. */
  rows(): Picked[] {
    const near = new Map<number, Picked>(this.listing.rows().map((row) => [row.id, row]));
    return [...this.ids].map((id) => near.get(id) ?? this.#known.get(id)).filter((row) => row !== undefined);
  }

  /** Selects what stands at the places from `first` to before `end`; what of it is not at hand is asked for. */
  #span(first: number, end: number) {
    const entries = Array.from({ length: end - first }, (_, n) => this.listing.entries.get(first + n));
    const near = entries.filter((entry) => entry !== undefined);
    this.#choose(near.filter((entry) => entry.kind === "row"));
    if (near.length < entries.length) void this.#fetch(first, end);
  }

  async #fetch(first: number, end: number) {
    const asked = this.#asked;
    const picked = await this.listing.pick(first, end - first);
    if (asked === this.#asked) this.#choose(picked);
  }

  #choose(rows: Picked[]) {
    this.#asked += 1;
    this.ids.clear();
    this.#known.clear();
    for (const row of rows) this.#add(row);
  }

  #add(row: Picked) {
    this.ids.add(row.id);
    this.#known.set(row.id, row);
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
    for (const id of this.ids) if (listing.placeOf(id) === undefined) this.ids.delete(id);
  }

  /** The job that takes the place of the current one. */
  #pass() {
    const { listing } = this;
    if (this.current !== null) this.ids.delete(this.current);
    const next = listing.row(Math.min(this.place, listing.total - 1)) ?? listing.rows().at(-1);
    this.current = next?.id ?? null;
    if (next && this.ids.size === 0) this.#add(next);
  }
}
