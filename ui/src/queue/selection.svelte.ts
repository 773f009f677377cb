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
  /** The place a range begins at. */
  #anchor: number | null = null;

  constructor(readonly listing: Listing) {}

  clear() {
    this.ids.clear();
    this.current = null;
    this.#anchor = null;
  }

  /** Selects the row at this place. */
  select(place: number, how: "only" | "toggle" | "range") {
    const row = this.listing.row(place);
    if (!row) return;
    if (how === "range" && this.#anchor !== null) {
      this.#range(this.#anchor, place);
    } else {
      if (how === "only") this.ids.clear();
      if (how !== "toggle" || !this.ids.delete(row.id)) this.ids.add(row.id);
      this.#anchor = place;
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

  /** Moves to the row `by` places on, within what is loaded; the answer is its place. */
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

  /** After the list has changed. */
  follow() {
    const { listing } = this;
    if (this.current === null || listing.total > listing.entries.size) return;
    const ids = new Set(listing.rows().map((row) => row.id));
    for (const id of this.ids) if (!ids.has(id)) this.ids.delete(id);
    if (ids.has(this.current)) return;
    const next = listing.row(Math.min(this.place, listing.total - 1)) ?? listing.rows().at(-1);
    this.current = next?.id ?? null;
    if (next && this.ids.size === 0) this.ids.add(next.id);
  }
}
