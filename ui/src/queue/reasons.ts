/**
 * Short texts for the reasons of failures, and the texts of alarms and groups. The details show the full sentence of a
 * reason. The type checker ensures that each table is complete.
 */
import type { Alarm, Carries, FailureCode, Fault, LocationIn, Reason, Restored, Why } from "../backend/types";
import { count, playtime, size } from "../shared/format";

type Words<T extends { kind: string }> = { [K in T["kind"]]: (of: Extract<T, { kind: K }>) => string };

const track = (carries: Carries) => (carries === "video" ? "picture" : "sound");
const gaveUp = (cause: string | null, fallback: string) => (cause === null ? fallback : `ffmpeg gave up: ${cause}`);

const REASONS: Words<Reason> = {
  source_drive_away: () => "Its drive is not connected",
  result_drive_away: () => "The drive for the result is not connected",
  folder_missing: () => "The folder for the result is not there",
  folder_read_only: () => "The folder for the result cannot be written to",
  drive_silent: (r) => `The drive at ${r.drive} does not answer`,
  connection_lost: () => "The connection to the drive is lost",
  connection_broke: () => "The connection to the drive was lost for a while",
  drive_error: () => "The drive reported an error",
  read_failed: () => "The drive reported an error while it was read",
  source_defective: (r) => `The drive cannot read it at byte ${r.at.toLocaleString("en")}`,
  disk_full: () => "The disk for the result is full",
  data_disk_full: () => "The disk that holds Spool's data is full",
  disk_almost_full: () => "The disk for the result is almost full",
  quota_full: () => "The disk quota is used up",
  no_room: (r) => `It may take ${size(r.takes)}; only ${size(r.free)} are free`,
  no_room_beside: (r) => `No room on ${r.volume} beside the running videos`,
  write_failed: (r) => `Writing the result failed: ${r.cause}`,
  end_not_written: () => "The end of the result could not be written",
  name_too_long: () => "The name of the result is too long",
  name_refused: (r) => `The drive refuses the name “${r.name}”`,
  source_gone: () => "No longer there",
  no_such_file: () => "Does not exist",
  is_folder: () => "It is a folder",
  not_a_file: () => "Not a file",
  forbidden: () => "May not be read by this user",
  unseen: (r) => `Could not be examined: ${r.cause}`,
  source_changed: () => "Changed while it was read",
  source_growing: () => "Still being written",
  not_media: () => "Not a video that can be read",
  animated_webp: () => "An animated WebP, which this ffmpeg cannot read",
  copy_protected: () => "Copy-protected",
  index_missing: () => "Its end is missing, which holds the index",
  nothing_readable: () => "Ends so early that nothing can be read",
  ends_early: (r) => `Ends at ${r.estimated ? "about " : ""}${playtime(r.readable)} of ${playtime(r.whole)}`,
  second_recording: () => "Two recordings in one file; only the first can be read",
  other_speed: () => "Set to play at another speed, which ffmpeg cannot do",
  no_picture: () => "No moving picture in it",
  no_sound: () => "No sound in it",
  empty_sound: () => "Declares a sound track, which is empty",
  no_decoder: (r) => `This ffmpeg cannot decode its ${track(r.carries)} (${r.codec})`,
  no_parameters: (r) => `Its ${track(r.carries)} lacks the data needed to decode it (${r.codec})`,
  not_decodable: () => "ffmpeg cannot decode it",
  look_too_slow: (r) => `Examining it took longer than ${r.seconds} s`,
  look_too_big: () => "Examining it took too much memory",
  packets_unread: () => "It could not be read to its end",
  no_base_layer: (r) => `Dolby Vision of profile ${r.profile}; Remux to MP4 keeps it`,
  picture_too_large: (r) => `The picture is too large (${Math.round(r.width)}×${Math.round(r.height)})`,
  picture_too_small: (r) => `The picture is too small for H.265 (${r.width}×${r.height})`,
  length_unknown: () => "Its length is unknown, so no target size can be met",
  cannot_fit: (r) => `Cannot fit into ${r.limit} MB; ${r.smallest} MB is the smallest`,
  still_too_big: (r) => `Exceeded ${r.limit} MB twice`,
  copy_too_big: () => "The copy is larger than wanted",
  grew_too_far: () => "The result grew far too large",
  no_encoder: (r) => (r.encoder === null ? "This ffmpeg lacks an encoder" : `This ffmpeg lacks the encoder ${r.encoder}`),
  encoder_refused: (r) => gaveUp(r.cause, "An encoder refused it"),
  encoder_busy: () => "The graphics hardware accepts no further encode",
  killed: (r) => `${r.tool} was killed (${SIGNALS[r.signal] ?? `signal ${r.signal}`})`,
  stalled: () => "ffmpeg made no progress",
  out_of_memory: () => "Memory ran out",
  no_thread: () => "No thread could be started",
  gave_up: (r) => gaveUp(r.cause, "ffmpeg gave up without a reason"),
  tool_gone: () => "ffmpeg is no longer where it was",
  not_started: (r) => `${r.tool} could not be started`,
  tool_missing: (r) => `${r.tool} was not found`,
  tool_no_file: () => "The ffmpeg that the settings name is not there",
  tool_broken: () => "ffmpeg does not run",
  tool_too_old: (r) => `ffmpeg is too old (${r.version})`,
  wrong_result: (r) => fault(r.fault),
  not_read_back: () => "The result cannot be read back",
  crashed: (r) => `Stopped the application ${count(r.times, "time", "times")}`,
  machine_down: (r) => `The computer went down ${count(r.times, "time", "times")}`,
  mistake: () => "Internal error",
  nothing_to_run: () => "There was nothing to run",
  text: (r) => r.text.replace(/\.$/, ""),
};

const SIGNALS: Record<number, string> = { 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM" };

type FaultKind = Fault["is"];
const FAULTS: { [K in FaultKind]: (fault: Extract<Fault, { is: K }>) => string } = {
  empty: () => "The result is empty",
  unfinished: () => "ffmpeg ended before it had finished",
  track_missing: (f) => `${f.cover ? "The cover" : TRACKS[f.carries]} is missing in the result`,
  length_unreadable: () => "The length of the result cannot be read",
  other_length: (f) => `The ${track(f.carries)} lasts ${playtime(f.found)}${f.expected === null ? "" : `, not ${playtime(f.expected)}`}`,
  other_count: (f) => `${f.found.toLocaleString("en")} pictures instead of ${f.expected.toLocaleString("en")}`,
  other_packets: (f) => `The copied ${track(f.carries)} has ${f.found.toLocaleString("en")} packets, not ${f.expected.toLocaleString("en")}`,
  other_content: () => "The copy differs from the original",
  copy_damaged: () => "The copy cannot be decoded everywhere",
  copy_unfinished: () => "The copy could not be decoded to its end",
  copy_partly_decodable: (f) => `Of ${f.copied.toLocaleString("en")} copied pictures ${f.decodable.toLocaleString("en")} can be decoded`,
  times_damaged: () => "The timestamps of the picture are damaged",
  times_doubtful: () => "The timestamps of the original are unreliable",
  begin_unknown: () => "The start of the picture is not known",
  changes_lost: () => "The original changes partway; the result does not",
  overlong: (f) => `Lasts ${playtime(f.lasts)}; its picture and sound end at ${playtime(f.shown)}`,
  eight_bit_hdr: () => "Marked as HDR, with only 8 bits",
  false_dolby_vision: () => "Declared as Dolby Vision, but is not",
  other_dolby_vision: () => "Declared as another Dolby Vision profile",
  new_dolby_vision: () => "Declared as Dolby Vision, unlike the original",
  lost_dolby_vision: () => "No longer declared as Dolby Vision",
  tells_place: (f) => `May reveal where it was recorded, by ${PLACES[f.by.in](f.by)}`,
};

const TRACKS: Record<Carries, string> = {
  video: "The picture",
  audio: "A sound track",
  subtitle: "A subtitle track",
  attachment: "An attached file",
  data: "Telemetry",
};

const PLACES: Record<LocationIn["in"], (by: LocationIn) => string> = {
  tag: (by) => (by.in === "tag" ? `its tag ${by.name}` : ""),
  text: () => "a text",
  telemetry: () => "telemetry",
  cover: () => "its cover",
  subtitles: () => "its subtitles",
  picture: () => "its picture",
};

function fault(of: Fault): string {
  return (FAULTS[of.is] as (fault: Fault) => string)(of);
}

/** Returns the reason as a short text, without the file name, which the row already shows. */
export function short(why: Why | null | undefined): string {
  return why ? (REASONS[why.kind] as (reason: Reason) => string)(why) : "";
}

/** What makes a waiting job continue: the text for the row, and the condition where there is one. */
const CONTINUES: Partial<Record<FailureCode, [text: string, condition: string]>> = {
  source_volume_missing: ["Continues by itself", "once the drive is connected"],
  destination_missing: ["Continues by itself", "once the drive is connected or the folder created"],
  volume_silent: ["Continues by itself", "once the drive answers"],
  source_changed: ["Continues by itself", "once the video is no longer being written"],
  source_growing: ["Continues by itself", "once the copy or recording has ended"],
  disk_full: ["Free some space; this continues by itself", ""],
  destination_read_only: ["Make the folder writable; this continues by itself", ""],
  encoder_missing: ["Install an ffmpeg that has it, or choose another preset", ""],
};

/** Returns how a waiting job continues: the second line of its row, and the rest of that line in a wide window. */
export function continues(code: FailureCode | undefined): { second: string; rest: string } {
  const [second, condition] = (code && CONTINUES[code]) ?? ["Continues by itself", ""];
  return { second, rest: condition && ` ${condition}` };
}

const advice = (volume: string | null) =>
  volume === null ? "Check their reasons before more videos fail." : `All of them are on “${volume}”.`;

type Lines = [fact: string, rest: string];
const ALARMS: { [K in Alarm["kind"]]: (alarm: Extract<Alarm, { kind: K }>) => Lines } = {
  lately: (a) => [`${a.failed} videos failed in the last ${a.minutes} minutes`, advice(a.volume)],
  of_last: (a) => [`${a.failed} of the last ${a.ended} videos failed`, advice(a.volume)],
  text: (a) => [a.text, ""],
};

const nextStep = (aside: string) => `The damaged file is kept as ${aside}. The queue is paused: look through the list, then resume.`;
const jobs = (n: number) => count(n, "job", "jobs");
const RESTORED: { [K in Restored["kind"]]: (restored: Extract<Restored, { kind: K }>) => Lines } = {
  without_log: (r) => [`The queue was damaged; its log was lost, perhaps with the latest changes; ${jobs(r.kept)} kept`, nextStep(r.aside)],
  from_backup: (r) => [
    `The queue was damaged; its newest backup was restored${r.added > 0 ? `, with ${jobs(r.added)} added since` : ""}`,
    nextStep(r.aside),
  ],
  from_damaged: (r) => [
    r.kept > 0 ? `The queue was damaged; ${jobs(r.kept)} could be read and kept` : "The queue was damaged and nothing could be read, so it starts empty",
    nextStep(r.aside),
  ],
  text: (r) => [r.text, ""],
};

/** Returns the lines of an alarm about many failures: the fact, and what to do. */
export function alarmed(alarm: Alarm): Lines {
  return (ALARMS[alarm.kind] as (alarm: Alarm) => Lines)(alarm);
}

/** Returns the lines about the repair of a damaged queue: the fact, and what to do. */
export function restored(restored: Restored): Lines {
  return (RESTORED[restored.kind] as (restored: Restored) => Lines)(restored);
}

/** The titles of the groups in the failed list. */
const CAUSES: Record<FailureCode, [one: string, many: string]> = {
  killed_by_signal: ["1 conversion was killed", "conversions were killed"],
  stalled: ["1 video made no progress", "videos made no progress"],
  io_error: ["1 video could not be read or written", "videos could not be read or written"],
  out_of_memory: ["1 video needed too much memory", "videos needed too much memory"],
  source_changed: ["1 video changed while it was being read", "videos changed while they were being read"],
  source_growing: ["1 video is still being written", "videos are still being written"],
  verification_failed: ["1 result did not pass the check", "results did not pass the check"],
  encoder_session: ["1 video found no free session on the graphics card", "videos found no free session on the graphics card"],
  encode_failed: ["1 video could not be converted", "videos could not be converted"],
  internal: ["1 video failed by an internal error", "videos failed by an internal error"],
  not_media: ["1 file is not a video that can be read", "files are not videos that can be read"],
  no_audio: ["1 file has no sound", "files have no sound"],
  no_video: ["1 file has no moving picture", "files have no moving picture"],
  source_truncated: ["1 recording is cut short", "recordings are cut short"],
  source_gone: ["1 video is no longer there", "videos are no longer there"],
  source_defective: ["1 video cannot be read by its drive", "videos cannot be read by their drives"],
  source_unreadable: ["1 video cannot be read by this user", "videos cannot be read by this user"],
  drm_protected: ["1 video is copy-protected", "videos are copy-protected"],
  unsupported_codec: ["1 video is in a format that this ffmpeg cannot read", "videos are in a format that this ffmpeg cannot read"],
  plan_refused: ["1 video does not fit its preset", "videos do not fit their preset"],
  name_too_long: ["1 name is too long", "names are too long"],
  name_refused: ["1 name is refused by its drive", "names are refused by their drive"],
  probe_timeout: ["1 video took too long to examine", "videos took too long to examine"],
  source_volume_missing: ["1 video is on a drive that is not connected", "videos are on a drive that is not connected"],
  destination_missing: ["1 folder for results is not there", "folders for results are not there"],
  volume_silent: ["1 video is on a drive that does not answer", "videos are on a drive that does not answer"],
  disk_full: ["1 result has no room on its disk", "results have no room on their disk"],
  destination_read_only: ["1 result is in a folder that cannot be written to", "results are in folders that cannot be written to"],
  encoder_missing: ["1 video needs an encoder that this ffmpeg lacks", "videos need an encoder that this ffmpeg lacks"],
  machine_down: ["1 video was running when the computer went down", "videos were running when the computer went down"],
  ffmpeg_missing: ["1 video could not start: ffmpeg is missing", "videos could not start: ffmpeg is missing"],
  ffmpeg_broken: ["1 video could not start: ffmpeg does not run", "videos could not start: ffmpeg does not run"],
  app_crashed: ["1 video crashed Spool", "videos crashed Spool"],
};

/** All causes by which the failed list is grouped. */
export const ALL_CAUSES = Object.keys(CAUSES);

export function groupTitle(code: FailureCode, count: number): string {
  const [one, many] = CAUSES[code];
  return count === 1 ? one : `${count.toLocaleString("en")} ${many}`;
}
