/**
 * What the window shows: how things stand, the list in view and what is selected in it, live progress by job,
 * and what is open above it. Progress touches one row; a change of rows fetches the pages in view.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AddNotice, Choices, Drag, Left, List, Live, PresetChoice, Rechecked, Row, Standing, ToolState, Update, Verb } from "../backend/types";
import { typeset } from "../shared/format";
import { Listing } from "./listing.svelte";
import { Numbers } from "./numbers";
import { Selection } from "./selection.svelte";

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
  jobs: Numbers;
  cause: string | null;
  count: number;
}

/** How long a row says that it was in the queue already. */
const TWIN = 4000;

export class Store {
  standing = $state.raw<Standing | null>(null);
  listing: Listing;
  selection: Selection;
  live = new SvelteMap<number, Live>();
  /** Rows that say that they were in the queue already. */
  twins = new SvelteSet<number>();
  presets = $state.raw<PresetChoice[]>([]);
  choices = $state.raw<Choices>({ preset: "", outputDir: null, theme: "system" });
  tools = $state.raw<ToolState | null>(null);
  left = $state.raw<Left>({ from: null, to: null });
  drag = $state.raw<Drag | null>(null);
  added = $state.raw<AddNotice | null>(null);
  /** What checking results again found. */
  checked = $state.raw<Rechecked | null>(null);
  trouble = $state<string | null>(null);
  askClose = $state<number | null>(null);
  /** Marked as removed, and still to be had back. */
  removing = $state.raw(Numbers.none);
  /** How many times something was removed. */
  removals = $state(0);
  details = $state<number | null>(null);
  menu = $state.raw<OpenMenu | null>(null);
  another = $state.raw<Another | null>(null);
  question = $state.raw<Question | null>(null);
  /** The alarm that was dismissed. */
  dismissed = $state<string | null>(null);
  shortcuts = $state(false);
  leftOut = $state(false);
  /** The part of the settings that is open. */
  settings = $state<string | null>(null);
  /** The preset under a point of the window, while something is dragged. */
  presetAt: (x: number, y: number) => string | null = () => null;

  #listed = false;

  constructor(readonly backend: Backend) {
    this.listing = new Listing(
      backend,
      () => this.#arrived(),
      (why) => (this.trouble = why),
    );
    this.selection = new Selection(this.listing);
  }

  async start() {
    await this.backend.subscribe((update) => this.hear(update));
    const choices = this.backend.choices().then((found) => {
      this.choices = found;
    });
    // One that cannot be had leaves the others.
    const ended = await Promise.allSettled([this.loadPresets(), choices, this.checkTools()]);
    const refused = ended.find((end) => end.status === "rejected");
    if (refused) this.trouble = String(refused.reason);
  }

  async loadPresets() {
    const all = await this.backend.presets();
    this.presets = all.map((p) => ({ ...p, description: typeset(p.description) }));
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
    if (update.checked) this.checked = update.checked;
    if (update.trouble) this.trouble = update.trouble;
    if (update.askClose !== null) this.askClose = update.askClose;
    if (update.standing) {
      this.standing = update.standing;
      if (!update.standing.alarm && !update.standing.restored) this.dismissed = null;
      this.#forget(update.standing.counts.running);
      void this.listing.refresh();
    }
  }

  #mark(ids: number[]) {
    for (const id of ids) this.twins.add(id);
    setTimeout(() => ids.forEach((id) => this.twins.delete(id)), TWIN);
  }

  /** What more jobs than run are said to be doing is old: news of those that do run come four times a second. */
  #forget(running: number) {
    if (this.live.size > running) this.live.clear();
  }

  #arrived() {
    for (const row of this.listing.rows()) if (row.state !== "running") this.live.delete(row.id);
    this.selection.follow();
    // For measuring the start: when the list first stood there.
    if (!this.#listed) performance.mark("listed");
    this.#listed = true;
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
    if (list === this.listing.list) return;
    this.selection.clear();
    this.listing.show(list);
  }

  /** Shows only jobs with this part of a name. */
  filter(find: string) {
    this.selection.clear();
    this.listing.filter(find);
  }

  steer(verb: Verb, jobs: Numbers) {
    if (jobs.size === 0) return;
    if (verb === "remove") this.remove(jobs);
    else void this.try(this.backend.steer(verb, jobs));
  }

  /** Marks jobs as removed; they leave the queue when the time for an undo is over. */
  remove(jobs: Numbers) {
    const more = jobs.without(this.removing);
    if (more.size === 0) return;
    this.finishRemoval();
    this.added = null;
    this.removing = more;
    this.removals += 1;
  }

  /** Removes what was marked. Closing the window before that removes nothing. */
  finishRemoval() {
    const jobs = this.removing;
    this.removing = Numbers.none;
    if (jobs.size > 0) void this.try(this.backend.steer("remove", jobs));
  }

  undoRemoval() {
    this.removing = Numbers.none;
  }

  /** Checks results again: these, or all that are done. */
  check(jobs: Numbers | null) {
    this.checked = null;
    void this.try(this.backend.checkAgain(jobs));
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
