/**
 * The calls that the page makes to the application. Two implementations: `tauri.ts` for the real application, and
 * `fake.ts` in memory, for tests and for development in a browser. The page refers to jobs by id and never receives a
 * path that it could act upon. A call that fails rejects with a sentence to show.
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

/** Jobs with the same available actions. */
export interface Lot {
  kind: Kind;
  jobs: Numbers;
}

export interface Backend {
  /** Calls `receive` with each update; the first one holds the whole state. */
  subscribe(receive: (update: Update) => void): Promise<void>;
  page(wanted: Wanted): Promise<Page>;
  /** The jobs of a list as it is shown now: all, or those from one end to the other, both included. */
  pick(wanted: Wanted, ends: [End, End] | null): Promise<Numbers>;
  /** Groups those of these jobs that are in the list now by the actions available for them. */
  kinds(wanted: Wanted, jobs: Numbers): Promise<Lot[]>;
  /** URL of the thumbnail of a job that has one. */
  picture(id: number): string;
  /** Null when the job no longer exists. */
  details(id: number): Promise<Details | null>;
  presets(): Promise<PresetChoice[]>;
  choices(): Promise<Choices>;
  settings(): Promise<SettingsShown>;
  /** Saves the settings; rejects with a sentence when a value is invalid. */
  settle(chosen: SettingsChosen): Promise<void>;
  whenDone(choice: WhenDone): Promise<void>;
  /** Opens a dialog to choose an ffmpeg file. `found`: uses the detected ffmpeg again instead. */
  chooseFfmpeg(found: boolean): Promise<void>;
  encoders(): Promise<EncoderState[]>;
  showData(): Promise<void>;
  saveReport(): Promise<void>;
  choosePreset(id: string): Promise<void>;
  /** Opens a dialog for the output folder. */
  chooseFolder(): Promise<void>;
  chooseBeside(): Promise<void>;
  /** Opens a dialog for files, or for folders, and adds what was chosen. */
  add(folder: boolean): Promise<void>;
  /** Adds the videos that were just skipped because they were done before. */
  addAgain(): Promise<void>;
  /** Removes the jobs that were just added. */
  undoAdd(): Promise<void>;
  /** What was just skipped, one line each. */
  leftOut(): Promise<string[]>;
  /** Adds the paths dropped under this token. */
  dropHere(token: number, preset: string): Promise<void>;
  steer(verb: Verb, jobs: Numbers): Promise<void>;
  steerAll(verb: Verb, states: JobState[]): Promise<void>;
  /** Applies a command to all jobs that failed for one cause. */
  steerCause(verb: Verb, cause: string): Promise<void>;
  /** Queues failed jobs with another preset: these, or all that failed for one cause. */
  retryAs(jobs: Numbers, cause: string | null, preset: string): Promise<void>;
  /** Queues failed jobs again, to convert the part of them that is readable. */
  salvage(jobs: Numbers): Promise<void>;
  /** Checks the results of these jobs again; null: of all done jobs. */
  checkAgain(jobs: Numbers | null): Promise<void>;
  stopChecking(): Promise<void>;
  /** Queues the videos of done jobs again, with the options they were added with; existing results stay. */
  doAgain(jobs: Numbers): Promise<void>;
  pause(paused: boolean): Promise<void>;
  open(id: number): Promise<void>;
  showInFolder(id: number): Promise<void>;
  close(choice: CloseChoice): Promise<void>;
  tools(): Promise<ToolState>;
}
