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
  JobCommand,
  PageRequest,
  WhenDone,
} from "./types";
import type { Numbers } from "../queue/numbers";

export type JobState = Row["state"];

/** Jobs with the same available actions. */
export interface JobGroup {
  kind: Kind;
  jobs: Numbers;
}

export interface Backend {
  /** Calls `receive` with each update; the first one holds the whole state. */
  subscribe(receive: (update: Update) => void): Promise<void>;
  page(wanted: PageRequest): Promise<Page>;
  /** Returns the jobs of a list as it is shown now: all, or those from one end to the other, both included. */
  pick(wanted: PageRequest, ends: [End, End] | null): Promise<Numbers>;
  /** Groups these jobs by available actions. Jobs that are no longer in the list are left out. */
  kinds(wanted: PageRequest, jobs: Numbers): Promise<JobGroup[]>;
  /** Returns the URL of the thumbnail of a job that has one. */
  picture(id: number): string;
  /** Resolves to null if the job no longer exists. */
  details(id: number): Promise<Details | null>;
  presets(): Promise<PresetChoice[]>;
  choices(): Promise<Choices>;
  settings(): Promise<SettingsShown>;
  /** Saves the settings; rejects with a sentence when a value is invalid. */
  saveSettings(chosen: SettingsChosen): Promise<void>;
  whenDone(choice: WhenDone): Promise<void>;
  /** Opens a dialog to choose an ffmpeg file, or, if `found`, returns to the ffmpeg that was detected. */
  chooseFfmpeg(found: boolean): Promise<void>;
  encoders(): Promise<EncoderState[]>;
  showData(): Promise<void>;
  saveReport(): Promise<void>;
  choosePreset(id: string): Promise<void>;
  /** Opens a dialog for the output folder. */
  chooseFolder(): Promise<void>;
  chooseBeside(): Promise<void>;
  /** Opens a dialog for files, or for a folder, and adds the chosen paths. */
  add(folder: boolean): Promise<void>;
  /** Adds the videos that were just skipped because they were done before. */
  addAgain(): Promise<void>;
  /** Removes the jobs that were just added. */
  undoAdd(): Promise<void>;
  /** Returns the files that were just left out, one line each, with the reason. */
  leftOut(): Promise<string[]>;
  /** Adds the paths of the drop with this token. */
  dropHere(token: number, preset: string): Promise<void>;
  applyCommand(verb: JobCommand, jobs: Numbers): Promise<void>;
  /** Applies a command to all jobs that failed with this cause. */
  applyToCause(verb: JobCommand, cause: string): Promise<void>;
  /** Queues failed jobs again with another preset: these, or all that failed with this cause. */
  retryAs(jobs: Numbers, cause: string | null, preset: string): Promise<void>;
  /** Queues failed jobs again, to convert the readable part of their videos. */
  salvage(jobs: Numbers): Promise<void>;
  /** Checks the results of these jobs again, or those of all done jobs if null. */
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
