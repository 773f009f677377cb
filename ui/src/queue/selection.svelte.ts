/**
 * Which jobs of a list are selected, and which one has the keyboard.
 *
 * Focus and selection belong to jobs, not to places: what has left the list hands them to what took its place.
 */
import { SvelteSet } from "svelte/reactivity";
import type { Listing } from "./listing.svelte";

export class Selection {
  ids = new SvelteSet<number>();
  /** The job that has the keyboard. */
  current = $state<number | null>(null);
  /** Its place in the list, as last known. */
  place = 0;
  /** The job a range begins at, and its place. */
  #anchor: { id: number; place: number } | null = null;
  /** A place that was gone to before its row was there. */
  #wanted: number | null = null;

  constructor(readonly listing: Listing) {}

  clear() {
    this.ids.clear();
    this.current = null;
    this.#anchor = null;
    this.#wanted = null;
  }

  /** Selects the row at this place. */
  select(place: number, how: "only" | "toggle" | "range") {
    const row = this.listing.row(place);
    this.#wanted = row ? null : place;
    if (!row) return;
    if (how === "range" && this.#anchor !== null) {
      this.#range(this.#anchor.place, place);
    } else {
      if (how === "only") this.ids.clear();
      if (how !== "toggle" || !this.ids.delete(row.id)) this.ids.add(row.id);
      this.#anchor = { id: row.id, place };
    }
    this.current = row.id;
    this.place = place;
  }

  #range(from: number, to: number) {
    this.ids.clear();
    for (let place = Math.min(from, to); place <= Math.max(from, to); place += 1) {
      const id = this.listing.row(place)?.id;
      if (id !== undefined) this.ids.add(id);
    }
  }

  /** Selects what is loaded. */
  all() {
    for (const row of this.listing.rows()) this.ids.add(row.id);
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
    if (this.#wanted !== null && listing.row(this.#wanted)) this.select(this.#wanted, "only");
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
    if (next && this.ids.size === 0) this.ids.add(next.id);
  }
}
