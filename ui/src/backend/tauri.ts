/** The backend of the real application. The only file that uses Tauri. */
import { Channel, convertFileSrc, invoke, isTauri } from "@tauri-apps/api/core";
import type { Backend } from "./backend";
import type { JobIds, JobGroup, Update } from "./types";
import { Numbers } from "../queue/numbers";

/** Whether the page runs in the application rather than in a browser. */
export const isReal = isTauri;

const choose = (choice: { preset?: string; folder?: boolean; beside?: boolean }) =>
  invoke<void>("choose", { preset: null, folder: false, beside: false, ...choice });

export const tauri: Backend = {
  subscribe: (receive) => {
    const channel = new Channel<Update>();
    channel.onmessage = receive;
    return invoke("subscribe", { channel });
  },
  page: (wanted) => invoke("page", { wanted }),
  pick: async (wanted, ends) => Numbers.read(await invoke<JobIds>("pick", { wanted, ends })),
  kinds: async (wanted, jobs) => {
    const lots: JobGroup[] = await invoke("kinds", { wanted, jobs: jobs.runs() });
    return lots.map((lot) => ({ ...lot, jobs: Numbers.read(lot.jobs) }));
  },
  picture: (id) => convertFileSrc(`${id}`, "thumb"),
  details: (id) => invoke("details", { id }),
  presets: () => invoke("presets"),
  settings: () => invoke("settings"),
  saveSettings: (chosen) => invoke("save_settings", { chosen }),
  whenDone: (choice) => invoke("when_done", { choice }),
  chooseFfmpeg: (found) => invoke("choose_ffmpeg", { found }),
  encoders: () => invoke("encoders"),
  showData: () => invoke("show_data"),
  saveReport: () => invoke("save_report"),
  choices: () => invoke("choices"),
  choosePreset: (preset) => choose({ preset }),
  chooseFolder: () => choose({ folder: true }),
  chooseBeside: () => choose({ beside: true }),
  add: (folder) => invoke("add", { folder }),
  addAgain: () => invoke("add_again"),
  undoAdd: () => invoke("undo_add"),
  leftOut: () => invoke("left_out"),
  dropHere: (token, preset) => invoke("drop_here", { token, preset }),
  applyCommand: (verb, jobs) => invoke("apply_command", { verb, jobs: jobs.runs() }),
  applyToCause: (verb, cause) => invoke("apply_to_cause", { verb, cause }),
  retryAs: (jobs, cause, preset) => invoke("retry_as", { jobs: jobs.runs(), cause, preset }),
  salvage: (jobs) => invoke("salvage", { jobs: jobs.runs() }),
  checkAgain: (jobs) => invoke("check_again", { jobs: jobs?.runs() ?? null }),
  stopChecking: () => invoke("stop_checking"),
  doAgain: (jobs) => invoke("do_again", { jobs: jobs.runs() }),
  pause: (paused) => invoke("pause", { paused }),
  open: (id) => invoke("open", { id }),
  showInFolder: (id) => invoke("show_in_folder", { id }),
  close: (choice) => invoke("close", { choice }),
  tools: () => invoke("tools"),
};
