/**
 * What the window asks of the application. Two implementations: `tauri.ts`, the real one, and `fake.ts`, in
 * memory, for tests and for work on the page in a browser. The page names jobs by number and never sees a
 * path it could act upon.
 */
import type {
  Choices,
  CloseChoice,
  Details,
  EncoderState,
  End,
  Kind,
  Page,
  PresetChoice,
  Row,
  SettingsChosen,
  SettingsShown,
  ToolState,
  Update,
  Verb,
  Wanted,
  WhenDone,
} from "./types";
import type { Numbers } from "../queue/numbers";

export type JobState = Row["state"];

/** Jobs of which the same may be asked. */
export interface Lot {
  kind: Kind;
  jobs: Numbers;
}

export interface Backend {
  /** Listens; the first update says how everything stands. */
  subscribe(hear: (update: Update) => void): Promise<void>;
  page(wanted: Wanted): Promise<Page>;
  /** The jobs of a list as it is shown now: all, or those from one of these ends to the other. */
  pick(wanted: Wanted, ends: [End, End] | null): Promise<Numbers>;
  /** Those of these jobs that stand in the list now, sorted by what may be asked of them. */
  kinds(wanted: Wanted, jobs: Numbers): Promise<Lot[]>;
  /** Address of the picture of a job that has one. */
  picture(id: number): string;
  /** Null when the job has gone. */
  details(id: number): Promise<Details | null>;
  presets(): Promise<PresetChoice[]>;
  choices(): Promise<Choices>;
  settings(): Promise<SettingsShown>;
  /** Refused with a sentence where it makes no sense. */
  settle(chosen: SettingsChosen): Promise<void>;
  whenDone(choice: WhenDone): Promise<void>;
  /** Asks for another ffmpeg; with `found`, whichever is found is used again. */
  chooseFfmpeg(found: boolean): Promise<void>;
  encoders(): Promise<EncoderState[]>;
  showData(): Promise<void>;
  saveReport(): Promise<void>;
  choosePreset(id: string): Promise<void>;
  /** Asks for a folder for the results. */
  chooseFolder(): Promise<void>;
  chooseBeside(): Promise<void>;
  /** Asks for files, or a folder, and adds them. */
  add(folder: boolean): Promise<void>;
  /** Adds what was just left out because it was done before. */
  addAgain(): Promise<void>;
  /** Takes back what was just added. */
  undoAdd(): Promise<void>;
  /** What was just left out, a line each. */
  leftOut(): Promise<string[]>;
  /** Adds what was dropped under this token. */
  dropHere(token: number, preset: string): Promise<void>;
  steer(verb: Verb, jobs: Numbers): Promise<void>;
  steerAll(verb: Verb, states: JobState[]): Promise<void>;
  /** Asked of all jobs that failed for one cause. */
  steerCause(verb: Verb, cause: string): Promise<void>;
  /** Queues failed jobs with another preset: these, or all of one cause. */
  retryAs(jobs: Numbers, cause: string | null, preset: string): Promise<void>;
  /** Queues failed jobs anew, to finish what is readable of them. */
  salvage(jobs: Numbers): Promise<void>;
  /** Checks results again: these, or all that are done. */
  checkAgain(jobs: Numbers | null): Promise<void>;
  stopChecking(): Promise<void>;
  /** Queues done jobs again, as they were added; the results that are there stay. */
  doAgain(jobs: Numbers): Promise<void>;
  pause(paused: boolean): Promise<void>;
  open(id: number): Promise<void>;
  showInFolder(id: number): Promise<void>;
  close(choice: CloseChoice): Promise<void>;
  tools(): Promise<ToolState>;
}
