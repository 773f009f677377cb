/**
 * The state of the window: queue status, the list in view and its selection, live progress by job, and open dialogs.
 * A progress update changes one row; a change of rows fetches the pages in view again.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AddNotice, Choices, Drag, TimeLeftRange, List, Live, PresetChoice, CheckSummary, Row, QueueStatus, ToolState, Update, JobCommand } from "../backend/types";
import { typeset } from "../shared/format";
import { Listing } from "./listing.svelte";
import { Numbers } from "./numbers";
import { Selection } from "./selection.svelte";

/** A confirmation before an action that cannot be undone. */
export interface Question {
  title: string;
  text: string;
  /** Label of the confirming button. */
  button: string;
  yes: () => void;
}

/** The menu of a row, at a point of the window. */
export interface OpenMenu {
  row: Row;
  x: number;
  y: number;
}

/** The failed jobs to retry with another preset: `jobs`, or all of a cause. */
export interface Another {
  jobs: Numbers;
  cause: string | null;
  count: number;
}

/** How long a row shows that it was already in the queue, in milliseconds. */
const DUPLICATE_MARK = 4000;

export class Store {
  status = $state.raw<QueueStatus | null>(null);
  listing: Listing;
  selection: Selection;
  live = new SvelteMap<number, Live>();
  /** Rows that show that they were already in the queue. */
  duplicates = new SvelteSet<number>();
  presets = $state.raw<PresetChoice[]>([]);
  choices = $state.raw<Choices>({ preset: "", outputDir: null, theme: "system" });
  tools = $state.raw<ToolState | null>(null);
  left = $state.raw<TimeLeftRange>({ from: null, to: null });
  drag = $state.raw<Drag | null>(null);
  added = $state.raw<AddNotice | null>(null);
  /** The outcome of checking results again. */
  checked = $state.raw<CheckSummary | null>(null);
  trouble = $state<string | null>(null);
  askClose = $state<number | null>(null);
  /** Jobs marked as removed; this can still be undone. */
  removing = $state.raw(Numbers.none);
  /** Number of removals so far. */
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
  /** The preset of the drop tile at a point of the window; null outside all tiles. */
  presetAt: (x: number, y: number) => string | null = () => null;

  #listed = false;

  constructor(readonly backend: Backend) {
    this.listing = new Listing(
      backend,
      () => this.#onListUpdate(),
      (why) => (this.trouble = why),
    );
    this.selection = new Selection(this.listing);
  }

  async start() {
    await this.backend.subscribe((update) => this.receive(update));
    const choices = this.backend.choices().then((found) => {
      this.choices = found;
    });
    // A failed request must not affect the others.
    const results = await Promise.allSettled([this.loadPresets(), choices, this.checkTools()]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) this.trouble = String(failed.reason);
  }

  async loadPresets() {
    const all = await this.backend.presets();
    this.presets = all.map((p) => ({ ...p, description: typeset(p.description) }));
  }

  receive(update: Update) {
    for (const live of update.live) this.live.set(live.id, live);
    if (update.left) this.left = update.left;
    if (update.drag) this.drag = update.drag;
    if (update.dragEnded) this.drag = null;
    if (update.dropped) this.handleDrop(update.dropped.token, update.dropped.x, update.dropped.y);
    if (update.added) {
      this.finishRemoval();
      this.added = update.added;
      this.#markDuplicates(update.added.duplicates);
    }
    if (update.checked) this.checked = update.checked;
    if (update.trouble) this.trouble = update.trouble;
    if (update.askClose !== null) this.askClose = update.askClose;
    if (update.status) {
      this.status = update.status;
      if (!update.status.alarm && !update.status.restored) this.dismissed = null;
      this.#dropStaleProgress(update.status.counts.running);
      void this.listing.refresh();
    }
  }

  #markDuplicates(ids: number[]) {
    for (const id of ids) this.duplicates.add(id);
    setTimeout(() => ids.forEach((id) => this.duplicates.delete(id)), DUPLICATE_MARK);
  }

  /** Drops stale progress: more entries than running jobs. The running ones send updates four times a second. */
  #dropStaleProgress(running: number) {
    if (this.live.size > running) this.live.clear();
  }

  #onListUpdate() {
    for (const row of this.listing.rows()) if (row.state !== "running") this.live.delete(row.id);
    this.selection.onListChanged();
    // Marks the first display of the list, for the start-up benchmark.
    if (!this.#listed) performance.mark("listed");
    this.#listed = true;
  }

  /** Waits for a call of the backend, and shows its error if it fails. */
  async try(call: Promise<void>) {
    this.trouble = null;
    try {
      await call;
    } catch (cause) {
      this.trouble = String(cause);
    }
  }

  handleDrop(token: number, x: number, y: number) {
    void this.try(this.backend.dropHere(token, this.presetAt(x, y) ?? this.choices.preset));
  }

  show(list: List) {
    if (list === this.listing.list) return;
    this.selection.clear();
    this.listing.show(list);
  }

  /** Shows only jobs whose name contains this text. */
  filter(find: string) {
    this.selection.clear();
    this.listing.filter(find);
  }

  applyCommand(verb: JobCommand, jobs: Numbers) {
    if (jobs.size === 0) return;
    if (verb === "remove") this.remove(jobs);
    else void this.try(this.backend.applyCommand(verb, jobs));
  }

  /** Marks jobs as removed. `finishRemoval` removes them from the queue, once this can no longer be undone. */
  remove(jobs: Numbers) {
    const more = jobs.without(this.removing);
    if (more.size === 0) return;
    this.finishRemoval();
    this.added = null;
    this.removing = more;
    this.removals += 1;
  }

  /** Removes the marked jobs from the queue. If the window is closed before this call, none is removed. */
  finishRemoval() {
    const jobs = this.removing;
    this.removing = Numbers.none;
    if (jobs.size > 0) void this.try(this.backend.applyCommand("remove", jobs));
  }

  undoRemoval() {
    this.removing = Numbers.none;
  }

  /** Checks the results of these jobs again, or those of all done jobs if null. */
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
