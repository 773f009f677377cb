/**
 * Which jobs of a list are selected, and which one has the keyboard.
 *
 * Focus and selection belong to jobs, not to places: what has left the list hands them to what took its place.
 */
import { SvelteSet } from "svelte/reactivity";
import type { Picked } from "../backend/types";
import type { Listing } from "./listing.svelte";

type How = "only" | "toggle" | "range";

/** A job and its place, as last known. */
interface At {
  id: number;
  place: number;
}

export class Selection {
  ids = new SvelteSet<number>();
  /** The job that has the keyboard. */
  current = $state<number | null>(null);
  /** Its place in the list, as last known. */
  place = 0;
  /** The job a range begins at. */
  #anchor: At | null = null;
  /** A place that was gone to before its row was there. */
  #wanted: { place: number; how: How } | null = null;
  /** Counts what was selected anew: an answer for what was selected before is of no use. */
  #asked = 0;
  /** What is still to be added of a selection that is not at hand, and what was taken out of it meanwhile. */
  #more: Promise<void> = Promise.resolve();
  #out = new Set<number>();

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
      this.#range(this.#anchor, { id: row.id, place });
    } else {
      if (how === "only") this.#choose([]);
      if (how === "toggle" && this.ids.delete(row.id)) this.#out.add(row.id);
      else this.ids.add(row.id);
      this.#anchor = { id: row.id, place };
    }
    this.current = row.id;
    this.place = place;
  }

  /** Selects the whole list. */
  all() {
    this.#wanted = null;
    this.#choose(this.listing.rows());
    if (this.listing.total > this.listing.entries.size) this.#more = this.#add((all) => all);
  }

  /** The selected jobs of the list as they are now. */
  async rows(): Promise<Picked[]> {
    await this.#more;
    const chosen = (rows: Picked[]) => rows.filter((row) => this.ids.has(row.id));
    const near = chosen(this.listing.rows());
    return near.length === this.ids.size ? near : chosen(await this.listing.everything());
  }

  /** Selects what stands from one job to the other; what of it is not at hand is asked for. */
  #range(a: At, b: At) {
    const [first, last] = [Math.min(a.place, b.place), Math.max(a.place, b.place)];
    const entries = Array.from({ length: last - first + 1 }, (_, n) => this.listing.entries.get(first + n));
    const near = entries.filter((entry) => entry !== undefined);
    this.#choose(near.filter((entry) => entry.kind === "row"));
    if (near.length < entries.length) this.#more = this.#add((all) => between(all, a, b));
  }

  /** Adds part of the whole list. */
  async #add(part: (all: Picked[]) => Picked[]) {
    const asked = this.#asked;
    const all = await this.listing.everything();
    if (asked !== this.#asked) return;
    for (const row of part(all)) if (!this.#out.has(row.id)) this.ids.add(row.id);
  }

  #choose(rows: Picked[]) {
    this.#asked += 1;
    this.#more = Promise.resolve();
    this.#out.clear();
    this.ids.clear();
    for (const row of rows) this.ids.add(row.id);
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
    if (next && this.ids.size === 0) this.ids.add(next.id);
  }
}

/** What stands from one job to the other, wherever these stand by now; one that has gone counts by its place. */
function between(all: Picked[], a: At, b: At): Picked[] {
  const place = ({ id, place }: At) => {
    const at = all.findIndex((row) => row.id === id);
    return at < 0 ? place : at;
  };
  const ends = [place(a), place(b)];
  return all.slice(Math.min(...ends), Math.max(...ends) + 1);
}
