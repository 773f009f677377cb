/**
 * What the window asks of the application. Two implementations: `tauri.ts`, the real one, and `fake.ts`, in
 * memory, for tests and for work on the page in a browser. The page names jobs by number and never sees a
 * path it could act upon.
 */
import type { Choices, CloseChoice, Details, List, Page, PresetChoice, Row, SettingsChosen, SettingsShown, ToolState, Update, Verb } from "./types";

export type JobState = Row["state"];

export interface Backend {
  /** Listens; the first update says how everything stands. */
  subscribe(hear: (update: Update) => void): Promise<void>;
  /** `open`: causes of the failed list all of whose jobs are shown. */
  page(list: List, offset: number, limit: number, open: string[]): Promise<Page>;
  /** Null when the job has gone. */
  details(id: number): Promise<Details | null>;
  presets(): Promise<PresetChoice[]>;
  choices(): Promise<Choices>;
  settings(): Promise<SettingsShown>;
  /** Refused with a sentence where it makes no sense. */
  settle(chosen: SettingsChosen): Promise<void>;
  choosePreset(id: string): Promise<void>;
  /** Asks for a folder for the results. */
  chooseFolder(): Promise<void>;
  chooseBeside(): Promise<void>;
  /** Asks for files, or a folder, and adds them. */
  add(folder: boolean): Promise<void>;
  /** Adds what was dropped under this token. */
  dropHere(token: number, preset: string): Promise<void>;
  steer(verb: Verb, ids: number[]): Promise<void>;
  steerAll(verb: Verb, states: JobState[]): Promise<void>;
  /** Asked of all jobs that failed for one cause. */
  steerCause(verb: Verb, cause: string): Promise<void>;
  pause(paused: boolean): Promise<void>;
  open(id: number): Promise<void>;
  showInFolder(id: number): Promise<void>;
  close(choice: CloseChoice): Promise<void>;
  tools(): Promise<ToolState>;
}
