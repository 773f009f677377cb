/**
 * Reasons of failures in as few words as a row has room for: the details have the whole sentence. Each kind of reason has
 * its own words, made of its values; the type checker holds the tables complete.
 */
import type { Alarm, Carries, FailureCode, Fault, PlaceIn, Reason, Restored, Why } from "../backend/types";
import { count, playtime, size } from "../shared/format";

type Words<T extends { kind: string }> = { [K in T["kind"]]: (of: Extract<T, { kind: K }>) => string };

const track = (carries: Carries) => (carries === "video" ? "picture" : "sound");
const because = (cause: string | null, words: string) => (cause === null ? words : `ffmpeg gave up: ${cause}`);

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
  no_room_beside: (r) => `No room on ${r.volume} beside those that run`,
  write_failed: (r) => `Writing the result failed: ${r.cause}`,
  end_not_written: () => "The end of the result could not be written",
  name_too_long: () => "The name of the result is too long",
  name_refused: (r) => `The drive refuses the name “${r.name}”`,
  source_gone: () => "No longer there",
  no_such_file: () => "Does not exist",
  is_folder: () => "It is a folder",
  not_a_file: () => "Not a file",
  forbidden: () => "May not be read by this user",
  unseen: (r) => `Could not be looked at: ${r.cause}`,
  source_changed: () => "Changed while it was read",
  source_growing: () => "Still being written",
  not_media: () => "Not a video that can be read",
  animated_webp: () => "An animated WebP, which this ffmpeg cannot read",
  copy_protected: () => "Copy-protected",
  index_missing: () => "Its end is missing, and with it its index",
  nothing_readable: () => "Ends so early that nothing can be read",
  ends_early: (r) => `Ends at ${r.estimated ? "about " : ""}${playtime(r.readable)} of ${playtime(r.whole)}`,
  second_recording: () => "Two recordings in one file; only the first can be read",
  other_speed: () => "To be played at another speed, which ffmpeg cannot do",
  no_picture: () => "No moving picture in it",
  no_sound: () => "No sound in it",
  empty_sound: () => "Its sound is announced and not there",
  no_decoder: (r) => `This ffmpeg cannot decode its ${track(r.carries)} (${r.codec})`,
  no_parameters: (r) => `Its ${track(r.carries)} lacks what decoding takes (${r.codec})`,
  not_decodable: () => "ffmpeg cannot decode it",
  look_too_slow: (r) => `Looking at it took longer than ${r.seconds} s`,
  look_too_big: () => "Looking at it took too much memory",
  packets_unread: () => "It could not be read to its end",
  no_base_layer: (r) => `Dolby Vision of profile ${r.profile}; Remux to MP4 keeps it`,
  picture_too_large: (r) => `The picture is too large (${Math.round(r.width)}×${Math.round(r.height)})`,
  picture_too_small: (r) => `The picture is too small for H.265 (${r.width}×${r.height})`,
  length_unknown: () => "Its length is unknown, so no size can be aimed at",
  cannot_fit: (r) => `Cannot fit into ${r.limit} MB; ${r.smallest} MB is the smallest`,
  still_too_big: (r) => `Did not come out below ${r.limit} MB`,
  copy_too_big: () => "The copy is larger than wanted",
  grew_too_far: () => "The result grew beyond all measure",
  no_encoder: (r) => (r.encoder === null ? "This ffmpeg lacks an encoder" : `This ffmpeg lacks the encoder ${r.encoder}`),
  encoder_refused: (r) => because(r.cause, "An encoder refused it"),
  encoder_busy: () => "The graphics hardware takes no further encode",
  killed: (r) => `${r.tool} was ended from outside (${SIGNALS[r.signal] ?? `signal ${r.signal}`})`,
  stalled: () => "ffmpeg made no progress",
  out_of_memory: () => "Memory ran out",
  no_thread: () => "No thread could be started",
  gave_up: (r) => because(r.cause, "ffmpeg gave up without saying why"),
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
  mistake: () => "Spool made a mistake",
  nothing_to_run: () => "There was nothing to run",
  text: (r) => r.text.replace(/\.$/, ""),
};

const SIGNALS: Record<number, string> = { 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM" };

type Is = Fault["is"];
const FAULTS: { [K in Is]: (fault: Extract<Fault, { is: K }>) => string } = {
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
  times_damaged: () => "The times of the picture are damaged",
  times_doubtful: () => "The times of the original are doubtful",
  begin_unknown: () => "Where the picture begins is not known",
  changes_lost: () => "The original changes on the way; the result does not",
  overlong: (f) => `Lasts ${playtime(f.lasts)}; what it shows ends at ${playtime(f.shown)}`,
  eight_bit_hdr: () => "Marked as HDR, with only 8 bits",
  false_dolby_vision: () => "Declared to be Dolby Vision, and is not",
  other_dolby_vision: () => "Declared to be another Dolby Vision",
  new_dolby_vision: () => "Declared to be Dolby Vision, unlike the original",
  lost_dolby_vision: () => "No longer declared to be Dolby Vision",
  tells_place: (f) => `May tell where it was recorded, by ${PLACES[f.by.in](f.by)}`,
};

const TRACKS: Record<Carries, string> = {
  video: "The picture",
  audio: "A sound track",
  subtitle: "A subtitle track",
  attachment: "An attached file",
  data: "Telemetry",
};

const PLACES: Record<PlaceIn["in"], (by: PlaceIn) => string> = {
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

/** The reason in a few words, without the name of the file, which its row has already. */
export function short(why: Why | null | undefined): string {
  return why ? (REASONS[why.kind] as (reason: Reason) => string)(why) : "";
}

/** What a waiting job waits for, on a row: "Continues by itself", and once what has happened. */
const CONTINUES: Partial<Record<FailureCode, [goesOn: string, once: string]>> = {
  source_volume_missing: ["Continues by itself", "once the drive is connected"],
  destination_missing: ["Continues by itself", "once the drive is connected or the folder created"],
  volume_silent: ["Continues by itself", "once the drive answers"],
  source_changed: ["Continues by itself", "once nothing writes to the video any more"],
  source_growing: ["Continues by itself", "once the copy or recording has ended"],
  disk_full: ["Free some space; this continues by itself", ""],
  destination_read_only: ["Make the folder writable; this continues by itself", ""],
  encoder_missing: ["Install an ffmpeg that has it, or choose another preset", ""],
};

/** How a waiting job goes on: the second line of its row, and how that goes on where there is room. */
export function continues(code: FailureCode | undefined): { second: string; rest: string } {
  const [second, once] = (code && CONTINUES[code]) ?? ["Continues by itself", ""];
  return { second, rest: once && ` ${once}` };
}

const common = (volume: string | null) =>
  volume === null ? "Look at their reasons before the rest runs into the same." : `All of them are on “${volume}”.`;

type Lines = [fact: string, rest: string];
const ALARMS: { [K in Alarm["kind"]]: (alarm: Extract<Alarm, { kind: K }>) => Lines } = {
  lately: (a) => [`${a.failed} videos failed in the last ${a.minutes} minutes`, common(a.volume)],
  of_last: (a) => [`${a.failed} of the last ${a.ended} videos failed`, common(a.volume)],
  text: (a) => [a.text, ""],
};

const kept = (aside: string) => `The damaged file is kept as ${aside}. The queue is paused: look through the list, then resume.`;
const jobs = (n: number) => count(n, "job", "jobs");
const RESTORED: { [K in Restored["kind"]]: (restored: Extract<Restored, { kind: K }>) => Lines } = {
  without_log: (r) => [`The queue was damaged; its log was lost, perhaps with what came last, ${jobs(r.kept)} kept`, kept(r.aside)],
  from_backup: (r) => [
    `The queue was damaged; its newest backup was restored${r.added > 0 ? `, with ${jobs(r.added)} added since` : ""}`,
    kept(r.aside),
  ],
  from_damaged: (r) => [
    r.kept > 0 ? `The queue was damaged; ${jobs(r.kept)} could be read and kept` : "The queue was damaged and nothing could be read, so it starts empty",
    kept(r.aside),
  ],
  text: (r) => [r.text, ""],
};

/** That failures pile up: the fact, and what to do. */
export function alarmed(alarm: Alarm): Lines {
  return (ALARMS[alarm.kind] as (alarm: Alarm) => Lines)(alarm);
}

/** That a damaged queue was restored: the fact, and what to do. */
export function restored(restored: Restored): Lines {
  return (RESTORED[restored.kind] as (restored: Restored) => Lines)(restored);
}

/** The heads of the failed list: what happened to how many. */
const CAUSES: Record<FailureCode, [one: string, many: string]> = {
  killed_by_signal: ["1 conversion was ended from outside", "conversions were ended from outside"],
  stalled: ["1 video made no progress", "videos made no progress"],
  io_error: ["1 video could not be read or written", "videos could not be read or written"],
  out_of_memory: ["1 video needed too much memory", "videos needed too much memory"],
  source_changed: ["1 video was changed while it was read", "videos were changed while they were read"],
  source_growing: ["1 video is still being written", "videos are still being written"],
  verification_failed: ["1 result did not pass the check", "results did not pass the check"],
  encoder_session: ["1 video found no free session on the graphics card", "videos found no free session on the graphics card"],
  encode_failed: ["1 video could not be converted", "videos could not be converted"],
  internal: ["1 video met a mistake in Spool", "videos met a mistake in Spool"],
  not_media: ["1 file is not a video that can be read", "files are not videos that can be read"],
  no_audio: ["1 file has no sound", "files have no sound"],
  no_video: ["1 file has no moving picture", "files have no moving picture"],
  source_truncated: ["1 recording is cut short", "recordings are cut short"],
  source_gone: ["1 video is no longer there", "videos are no longer there"],
  source_defective: ["1 video cannot be read by its drive", "videos cannot be read by their drives"],
  source_unreadable: ["1 video may not be read", "videos may not be read"],
  drm_protected: ["1 video is copy-protected", "videos are copy-protected"],
  unsupported_codec: ["1 video is in a format that this ffmpeg cannot read", "videos are in a format that this ffmpeg cannot read"],
  plan_refused: ["1 video does not fit its preset", "videos do not fit their preset"],
  name_too_long: ["1 name is too long", "names are too long"],
  name_refused: ["1 name is refused by its drive", "names are refused by their drive"],
  probe_timeout: ["1 video took too long to look at", "videos took too long to look at"],
  source_volume_missing: ["1 video is on a drive that is not connected", "videos are on a drive that is not connected"],
  destination_missing: ["1 folder for results is not there", "folders for results are not there"],
  volume_silent: ["1 video is on a drive that does not answer", "videos are on a drive that does not answer"],
  disk_full: ["1 result finds no room", "results find no room"],
  destination_read_only: ["1 result may not be written", "results may not be written"],
  encoder_missing: ["1 video needs an encoder that this ffmpeg lacks", "videos need an encoder that this ffmpeg lacks"],
  machine_down: ["1 video met the end of the computer", "videos met the end of the computer"],
  ffmpeg_missing: ["1 video found no ffmpeg", "videos found no ffmpeg"],
  ffmpeg_broken: ["1 video found no ffmpeg that runs", "videos found no ffmpeg that runs"],
  app_crashed: ["1 video brought Spool down", "videos brought Spool down"],
};

export function groupTitle(code: FailureCode, count: number): string {
  const [one, many] = CAUSES[code];
  return count === 1 ? one : `${count.toLocaleString("en")} ${many}`;
}
