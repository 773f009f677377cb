// Made from src-tauri/app/src/view/typescript.rs by `./dev types`. Do not edit.

export type Carries = "video" | "audio" | "subtitle" | "attachment" | "data";

export type Container = "mp4" | "mkv" | "mov" | "m4a";

export type CopyFault = "big" | "damaged" | "times" | "differs";

export type StreamReason = { "kind": "sound_only" } | { "kind": "subtitles_unwanted" } | { "kind": "other_programme" } | { "kind": "further_picture" } | { "kind": "further_picture_undecoded" } | { "kind": "further_picture_size" } | { "kind": "further_track" } | { "kind": "empty" } | { "kind": "copy_protected" } | { "kind": "no_decoder" } | { "kind": "nothing_to_decode_by" } | { "kind": "chapters" } | { "kind": "not_shown" } | { "kind": "may_tell_place" } | { "kind": "lines_tell_place" } | { "kind": "file_may_tell_place" } | { "kind": "cover_may_tell_place" } | { "kind": "frames_may_tell_place" } | { "kind": "not_held", 
/**
 * The container.
 */
container: Container, } | { "kind": "files_not_held", 
/**
 * The container.
 */
container: Container, } | { "kind": "font_not_used" } | { "kind": "not_written" } | { "kind": "subtitles_unreadable" } | { "kind": "subtitles_drawn" } | { "kind": "picture_subtitles", 
/**
 * Their codec.
 */
codec: string, 
/**
 * The container.
 */
container: Container, } | { "kind": "subtitles_not_converted", 
/**
 * Their codec.
 */
codec: string, } | { "kind": "no_cues" } | { "kind": "no_text" } | { "kind": "text_not_saved" } | { "kind": "no_covers", 
/**
 * The container.
 */
container: Container, } | { "kind": "cover_not_held", 
/**
 * The container.
 */
container: Container, } | { "kind": "no_picture_times" } | { "kind": "codec_not_held", 
/**
 * The codec.
 */
codec: string, 
/**
 * The container.
 */
container: Container, } | { "kind": "rarely_played", 
/**
 * The codec.
 */
codec: string, 
/**
 * The container.
 */
container: Container, } | { "kind": "copy_too_big" } | { "kind": "copy_unfaithful" } | { "kind": "edit_list" } | { "kind": "format_changes" } | { "kind": "edges_shown" } | { "kind": "no_fields" } | { "kind": "text", 
/**
 * The text.
 */
text: string, };

export type Whose = "file" | { "stream": number };

export type Property = "stream" | "packets" | "language" | "title" | { "role": string } | "channels" | { "speaker": string } | "sampleRate" | "samples" | "float" | "size" | "shape" | "rate" | "fieldRate" | "fields" | "depth" | "range" | "primaries" | "transfer" | "matrix" | "mastering" | "light" | "transparency" | "spherical" | "stereo" | "timecode" | "reel" | "chapters" | { "chosen": Carries } | "cues" | "styles" | "emphasis" | "colours" | "positions" | "effects" | "drawings" | "fileName" | "mediaType" | "place" | { "tag": string };

export type FactValue = boolean | number | [number, number] | string;

export type WhyNot = "preset" | "limit" | { "container": Container } | "encoder" | "follows" | { "stream": StreamReason };

export type Difference = { 
/**
 * What the fact belongs to.
 */
of: Whose, 
/**
 * Kind of fact.
 */
property: Property, 
/**
 * Value in the source.
 */
from: FactValue, 
/**
 * Value in the result; absent if missing.
 */
to?: FactValue, 
/**
 * Why it was planned; absent if it was not.
 */
why?: WhyNot, };

export type SizeAt = { 
/**
 * Time in the result, in seconds.
 */
atSeconds: number, 
/**
 * Width in square pixels.
 */
width: number, 
/**
 * Height in pixels.
 */
height: number, };

export type SoundKind = { 
/**
 * Sample rate in Hz.
 */
sampleRate: number, 
/**
 * Layout by ffmpeg's name, such as `5.1(side)`.
 */
layout: string, };

export type Remark = { "kind": "partial", 
/**
 * Length of the readable part, in seconds.
 */
readableSeconds: number, 
/**
 * Length of the whole, in seconds.
 */
wholeSeconds: number, 
/**
 * `whole_seconds` is estimated from the file size.
 */
reckoned: boolean, 
/**
 * Unreadable gaps, from and to, in seconds.
 */
gaps: Array<[number, number]>, } | { "kind": "incomplete", 
/**
 * Length of the readable part, in seconds.
 */
readableSeconds: number, 
/**
 * Length declared by the header, in seconds.
 */
declaredSeconds: number, 
/**
 * Unreadable gaps, from and to, in seconds.
 */
gaps: Array<[number, number]>, } | { "kind": "end_may_be_missing" } | { "kind": "second_recording" } | { "kind": "other_speed" } | { "kind": "parts_joined" } | { "kind": "assumed_rate", 
/**
 * Assumed frame rate in Hz.
 */
rate: number, } | { "kind": "sound_times_damaged", 
/**
 * Length of the decoded audio, in seconds.
 */
decodedSeconds: number, 
/**
 * Length in the result, in seconds.
 */
keptSeconds: number, } | { "kind": "late_keyframe", 
/**
 * How long before, in seconds.
 */
seconds: number, } | { "kind": "hdr_in_eight_bits" } | { "kind": "dolby_vision_undeclared" } | { "kind": "dolby_vision_left_out" } | { "kind": "hdr10_plus_left_out" } | { "kind": "hdr_vivid_left_out" } | { "kind": "outlasts", 
/**
 * Length of the whole result, in seconds.
 */
seconds: number, 
/**
 * End of picture and audio, in seconds.
 */
shownSeconds: number, } | { "kind": "chapters_beyond_end", 
/**
 * How many.
 */
count: number, 
/**
 * Of how many.
 */
of: number, } | { "kind": "empty_track", 
/**
 * Its index.
 */
track: number, } | { "kind": "size_changes", 
/**
 * Sizes in order, with the first.
 */
sizes: Array<SizeAt>, 
/**
 * Number of further changes that are not listed.
 */
more: number, } | { "kind": "sound_changes", 
/**
 * Its index.
 */
track: number, 
/**
 * Formats in order of appearance, each once.
 */
kinds: Array<SoundKind>, } | { "kind": "differs" } & Difference | { "kind": "telemetry_left_out", 
/**
 * Its index.
 */
track: number, 
/**
 * Program or device that wrote it.
 */
writer: string, 
/**
 * Why.
 */
reason: StreamReason, } | { "kind": "telemetry_beyond_end", 
/**
 * Its index.
 */
track: number, 
/**
 * Program or device that wrote it.
 */
writer: string, } | { "kind": "telemetry_incomplete", 
/**
 * Its index.
 */
track: number, 
/**
 * Program or device that wrote it.
 */
writer: string, 
/**
 * Packets in the result.
 */
count: number, 
/**
 * Of how many.
 */
of: number, } | { "kind": "within_limit", 
/**
 * The limit in bytes.
 */
limitBytes: number, } | { "kind": "single_channels" } | { "kind": "sound_missing", 
/**
 * Its index.
 */
track: number, 
/**
 * Total gap, in seconds.
 */
seconds: number, 
/**
 * Copied, with the gap; otherwise filled with silence.
 */
copied: boolean, } | { "kind": "code_page", 
/**
 * Their index.
 */
track: number, 
/**
 * Code page they were read as.
 */
page: string, } | { "kind": "captions_moved" } | { "kind": "captions_lost" } | { "kind": "captions_damaged" } | { "kind": "pictures_back_in_time", 
/**
 * How many.
 */
count: number, 
/**
 * Of how many.
 */
of: number, } | { "kind": "pictures_at_one_time", 
/**
 * How many.
 */
count: number, 
/**
 * Of how many.
 */
of: number, } | { "kind": "damaged_spots", 
/**
 * Number of spots.
 */
count: number, 
/**
 * There are more, not counted.
 */
atLeast: boolean, } | { "kind": "bigger", 
/**
 * Size of the original, in bytes.
 */
sourceBytes: number, 
/**
 * Size of the result, in bytes.
 */
resultBytes: number, } | { "kind": "original_kept", 
/**
 * Size of the original, in bytes.
 */
sourceBytes: number, 
/**
 * Size of the discarded result, in bytes.
 */
resultBytes: number, } | { "kind": "hardware_failed" } | { "kind": "encoded_again" } | { "kind": "not_copied", 
/**
 * What it carries.
 */
stream: Carries, 
/**
 * What was wrong with the copy.
 */
fault: CopyFault, } | { "kind": "overlapping_lines", 
/**
 * How many.
 */
count: number, } | { "kind": "own_result" } | { "kind": "name_refused", 
/**
 * The name.
 */
name: string, } | { "kind": "text", 
/**
 * The sentence.
 */
text: string, };

export type FailureCode = "source_volume_missing" | "destination_missing" | "volume_silent" | "disk_full" | "destination_read_only" | "encoder_missing" | "killed_by_signal" | "stalled" | "io_error" | "out_of_memory" | "encoder_session" | "source_changed" | "source_growing" | "verification_failed" | "encode_failed" | "internal" | "not_media" | "no_video" | "no_audio" | "source_truncated" | "source_gone" | "source_defective" | "source_unreadable" | "drm_protected" | "unsupported_codec" | "plan_refused" | "name_too_long" | "name_refused" | "probe_timeout" | "app_crashed" | "machine_down" | "ffmpeg_missing" | "ffmpeg_broken";

export type PlaceIn = { "in": "tag", 
/**
 * Its name.
 */
name: string, } | { "in": "text" } | { "in": "telemetry" } | { "in": "cover" } | { "in": "subtitles" } | { "in": "picture" };

export type Fault = { "is": "empty" } | { "is": "unfinished" } | { "is": "track_missing", 
/**
 * What the track carries.
 */
carries: Carries, 
/**
 * It is a cover.
 */
cover: boolean, } | { "is": "length_unreadable" } | { "is": "other_length", 
/**
 * What the track carries.
 */
carries: Carries, 
/**
 * The track was copied.
 */
copied: boolean, 
/**
 * Its duration.
 */
found: number, 
/**
 * That of the original; `None` if unknown.
 */
expected: number | null, } | { "is": "other_count", 
/**
 * Number in the result.
 */
found: number, 
/**
 * Expected number.
 */
expected: number, } | { "is": "other_packets", 
/**
 * What the track carries.
 */
carries: Carries, 
/**
 * Number in the result.
 */
found: number, 
/**
 * Expected number.
 */
expected: number, } | { "is": "other_content" } | { "is": "copy_damaged" } | { "is": "copy_unfinished" } | { "is": "copy_partly_decodable", 
/**
 * Frames copied.
 */
copied: number, 
/**
 * Frames that can be decoded.
 */
decodable: number, } | { "is": "times_damaged" } | { "is": "times_doubtful" } | { "is": "begin_unknown" } | { "is": "changes_lost" } | { "is": "overlong", 
/**
 * Its duration.
 */
lasts: number, 
/**
 * The end of video and audio.
 */
shown: number, } | { "is": "eight_bit_hdr" } | { "is": "false_dolby_vision" } | { "is": "other_dolby_vision" } | { "is": "new_dolby_vision" } | { "is": "lost_dolby_vision" } | { "is": "tells_place", 
/**
 * Where the location is.
 */
by: PlaceIn, };

export type Reason = { "kind": "source_drive_away", drive: string, } | { "kind": "result_drive_away", drive: string, } | { "kind": "folder_missing", folder: string, } | { "kind": "folder_read_only", folder: string | null, } | { "kind": "drive_silent", drive: string, } | { "kind": "connection_lost", drive: string | null, } | { "kind": "connection_broke" } | { "kind": "drive_error" } | { "kind": "read_failed", name: string, } | { "kind": "source_defective", name: string, at: number, } | { "kind": "disk_full", folder: string | null, } | { "kind": "data_disk_full" } | { "kind": "disk_almost_full" } | { "kind": "quota_full" } | { "kind": "no_room", folder: string, takes: number, free: number, reserve: number, } | { "kind": "no_room_beside", volume: string, takes: number, free: number, reserve: number, } | { "kind": "write_failed", folder: string, cause: string, } | { "kind": "end_not_written" } | { "kind": "name_too_long", folder: string, } | { "kind": "name_refused", folder: string, name: string, } | { "kind": "source_gone", name: string, } | { "kind": "no_such_file", path: string, } | { "kind": "is_folder", path: string, } | { "kind": "not_a_file", path: string, } | { "kind": "forbidden", name: string, } | { "kind": "unseen", name: string, cause: string, } | { "kind": "source_changed", name: string, } | { "kind": "source_growing", name: string, } | { "kind": "not_media", name: string, } | { "kind": "animated_webp", name: string, } | { "kind": "copy_protected", name: string | null, } | { "kind": "index_missing", name: string | null, } | { "kind": "nothing_readable" } | { "kind": "ends_early", readable: number, whole: number, estimated: boolean, } | { "kind": "second_recording" } | { "kind": "other_speed" } | { "kind": "no_picture" } | { "kind": "no_sound" } | { "kind": "empty_sound" } | { "kind": "no_decoder", carries: Carries, codec: string, } | { "kind": "no_parameters", carries: Carries, codec: string, } | { "kind": "not_decodable" } | { "kind": "look_too_slow", name: string, seconds: number, } | { "kind": "look_too_big", name: string, } | { "kind": "packets_unread" } | { "kind": "no_base_layer", profile: number, } | { "kind": "picture_too_large", width: number, height: number, } | { "kind": "picture_too_small", width: number, height: number, } | { "kind": "length_unknown" } | { "kind": "cannot_fit", limit: number, smallest: number, } | { "kind": "still_too_big", limit: number, } | { "kind": "copy_too_big" } | { "kind": "grew_too_far" } | { "kind": "no_encoder", encoder: string | null, } | { "kind": "encoder_refused", cause: string | null, } | { "kind": "encoder_busy" } | { "kind": "killed", tool: string, signal: number, } | { "kind": "stalled" } | { "kind": "out_of_memory" } | { "kind": "no_thread", cause: string, } | { "kind": "gave_up", cause: string | null, } | { "kind": "tool_gone" } | { "kind": "not_started", tool: string, cause: string, } | { "kind": "tool_missing", tool: string, } | { "kind": "tool_no_file", path: string, } | { "kind": "tool_broken", path: string, cause: string, } | { "kind": "tool_too_old", path: string, version: string, } | { "kind": "wrong_result", fault: Fault, } | { "kind": "not_read_back", because: Reason, } | { "kind": "crashed", times: number, } | { "kind": "machine_down", times: number, } | { "kind": "mistake" } | { "kind": "nothing_to_run" } | { "kind": "text", code: FailureCode, text: string, };

export type Alarm = { "kind": "lately", 
/**
 * Number of failures.
 */
failed: number, 
/**
 * The period in minutes.
 */
minutes: number, 
/**
 * The volume that holds all of them, if there is one.
 */
volume: string | null, } | { "kind": "of_last", 
/**
 * Number of failures.
 */
failed: number, 
/**
 * Number of jobs.
 */
ended: number, 
/**
 * The volume that holds all of them, if there is one.
 */
volume: string | null, } | { "kind": "text", 
/**
 * Its sentences.
 */
text: string, };

export type Restored = { "kind": "without_log", 
/**
 * Jobs in the queue.
 */
kept: number, 
/**
 * The damaged file, which is kept.
 */
aside: string, } | { "kind": "from_backup", 
/**
 * Jobs recovered from the damaged file that the backup did not have.
 */
added: number, 
/**
 * The damaged file, which is kept.
 */
aside: string, } | { "kind": "from_damaged", 
/**
 * Jobs that could be read; with 0 the queue starts empty.
 */
kept: number, 
/**
 * The damaged file, which is kept.
 */
aside: string, } | { "kind": "text", 
/**
 * Its sentences.
 */
text: string, };

export type Remedy = { "kind": "command", 
/**
 * The command line.
 */
command: string, } | { "kind": "install" } | { "kind": "choose_another" };

export type VideoFacts = { 
/**
 * Displayed width in pixels.
 */
width: number, 
/**
 * Displayed height in pixels.
 */
height: number, 
/**
 * Display name of the video codec: `H.264`, `HEVC`.
 */
codec: string, 
/**
 * High dynamic range.
 */
hdr: boolean, 
/**
 * Bits per sample.
 */
bits: number, 
/**
 * Two fields per frame.
 */
interlaced: boolean, 
/**
 * Duration in seconds.
 */
seconds: number | null, };

export type Progress = { 
/**
 * 0 to 99, of all work on the result; `None` while the duration is unknown.
 */
percent: number | null, 
/**
 * Seconds of video per second.
 */
speed: number | null, 
/**
 * Frames encoded per second.
 */
fps: number | null, 
/**
 * Seconds left at the current speed.
 */
etaSeconds: number | null, 
/**
 * Bytes of the result written so far.
 */
bytes: number | null, 
/**
 * Percentage of the result that `bytes` is; steps that do not write the result count only in `percent`.
 */
written: number | null, 
/**
 * Microseconds of the video processed.
 */
doneUs: number, 
/**
 * The process is suspended: paused, or waiting for a free worker.
 */
suspended?: boolean, };

export type List = "queue" | "done" | "failed";

export type Sorted = "newest" | "saved" | "name";

export type Wanted = { 
/**
 * The list.
 */
list: List, 
/**
 * Place of the first entry, from 0.
 */
offset: number, 
/**
 * Entries at most.
 */
limit: number, 
/**
 * Causes of the failed list all of whose jobs are shown.
 */
open: Array<string>, 
/**
 * Part of a name; empty: every job.
 */
find: string, 
/**
 * The order of the done list.
 */
sorted: Sorted, };

export type Live = { 
/**
 * Which job.
 */
id: number, 
/**
 * 0-99.
 */
percent: number | null, 
/**
 * Seconds of video per second.
 */
speed: number | null, 
/**
 * Seconds left at the present speed.
 */
etaSeconds: number | null, 
/**
 * Bytes written so far.
 */
bytes: number | null, 
/**
 * Microseconds of the video done.
 */
doneUs: number, };

export type Why = { 
/**
 * The stable code.
 */
code: FailureCode, 
/**
 * The same as a sentence.
 */
message: string, 
/**
 * What a person can do, as a sentence.
 */
nextStep: string, } & ({ "kind": "source_drive_away", drive: string, } | { "kind": "result_drive_away", drive: string, } | { "kind": "folder_missing", folder: string, } | { "kind": "folder_read_only", folder: string | null, } | { "kind": "drive_silent", drive: string, } | { "kind": "connection_lost", drive: string | null, } | { "kind": "connection_broke" } | { "kind": "drive_error" } | { "kind": "read_failed", name: string, } | { "kind": "source_defective", name: string, at: number, } | { "kind": "disk_full", folder: string | null, } | { "kind": "data_disk_full" } | { "kind": "disk_almost_full" } | { "kind": "quota_full" } | { "kind": "no_room", folder: string, takes: number, free: number, reserve: number, } | { "kind": "no_room_beside", volume: string, takes: number, free: number, reserve: number, } | { "kind": "write_failed", folder: string, cause: string, } | { "kind": "end_not_written" } | { "kind": "name_too_long", folder: string, } | { "kind": "name_refused", folder: string, name: string, } | { "kind": "source_gone", name: string, } | { "kind": "no_such_file", path: string, } | { "kind": "is_folder", path: string, } | { "kind": "not_a_file", path: string, } | { "kind": "forbidden", name: string, } | { "kind": "unseen", name: string, cause: string, } | { "kind": "source_changed", name: string, } | { "kind": "source_growing", name: string, } | { "kind": "not_media", name: string, } | { "kind": "animated_webp", name: string, } | { "kind": "copy_protected", name: string | null, } | { "kind": "index_missing", name: string | null, } | { "kind": "nothing_readable" } | { "kind": "ends_early", readable: number, whole: number, estimated: boolean, } | { "kind": "second_recording" } | { "kind": "other_speed" } | { "kind": "no_picture" } | { "kind": "no_sound" } | { "kind": "empty_sound" } | { "kind": "no_decoder", carries: Carries, codec: string, } | { "kind": "no_parameters", carries: Carries, codec: string, } | { "kind": "not_decodable" } | { "kind": "look_too_slow", name: string, seconds: number, } | { "kind": "look_too_big", name: string, } | { "kind": "packets_unread" } | { "kind": "no_base_layer", profile: number, } | { "kind": "picture_too_large", width: number, height: number, } | { "kind": "picture_too_small", width: number, height: number, } | { "kind": "length_unknown" } | { "kind": "cannot_fit", limit: number, smallest: number, } | { "kind": "still_too_big", limit: number, } | { "kind": "copy_too_big" } | { "kind": "grew_too_far" } | { "kind": "no_encoder", encoder: string | null, } | { "kind": "encoder_refused", cause: string | null, } | { "kind": "encoder_busy" } | { "kind": "killed", tool: string, signal: number, } | { "kind": "stalled" } | { "kind": "out_of_memory" } | { "kind": "no_thread", cause: string, } | { "kind": "gave_up", cause: string | null, } | { "kind": "tool_gone" } | { "kind": "not_started", tool: string, cause: string, } | { "kind": "tool_missing", tool: string, } | { "kind": "tool_no_file", path: string, } | { "kind": "tool_broken", path: string, cause: string, } | { "kind": "tool_too_old", path: string, version: string, } | { "kind": "wrong_result", fault: Fault, } | { "kind": "not_read_back", because: Reason, } | { "kind": "crashed", times: number, } | { "kind": "machine_down", times: number, } | { "kind": "mistake" } | { "kind": "nothing_to_run" } | { "kind": "text", code: FailureCode, text: string, });

export type Sizes = { 
/**
 * Of the original, as it was read; before that, when it was added.
 */
source: number | null, 
/**
 * Of the published result.
 */
output: number | null, };

export type Kind = { 
/**
 * Where the job stands.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is tried again later.
 */
delayed: boolean, 
/**
 * Its preset cannot do it: trying the same again does not help.
 */
refused: boolean, 
/**
 * It ends early; what is there of it can be kept.
 */
cut: boolean, 
/**
 * This version of Spool can read what was wanted; if not, the job is never started.
 */
readable: boolean, 
/**
 * The result was found wrong when it was checked again.
 */
wrong: boolean, 
/**
 * The result grew and was discarded: the original is the result.
 */
kept: boolean, };

export type RemarkShown = Remark & { message: string };

export type Row = { 
/**
 * There is a picture of it.
 */
thumb: boolean, 
/**
 * The picture of the result is a copy: it already was as wanted.
 */
copied: boolean, 
/**
 * 1 for the next to start; null where it cannot start now.
 */
place: number | null, id: number, uid: string, position: number, 
/**
 * It runs, was paused and released, and goes on when a worker is free.
 */
awaitsWorker: boolean, 
/**
 * File name of the original.
 */
name: string, 
/**
 * Its whole path.
 */
source: string, 
/**
 * Its bytes in percent form, where its path is no text.
 */
sourceBytes?: string, 
/**
 * When the original was modified last, in nanoseconds since 1970: as it was read, or before that when it was added.
 */
sourceMtimeNs: number | null, 
/**
 * Whole path of the result.
 */
output: string, 
/**
 * Its file name.
 */
outputName: string, 
/**
 * Its bytes likewise.
 */
outputBytes?: string, 
/**
 * Id of its preset; null where another version of Spool made the job.
 */
preset: string | null, 
/**
 * Its name on screen.
 */
presetName: string | null, 
/**
 * What is wanted of this file beside its preset; null like the preset.
 */
options: Record<string, never> | null, attempt: number, maxAttempts: number, runAt: number | null, 
/**
 * The failure code a waiting job waits upon.
 */
waitReason: string | null, 
/**
 * The name of the drive or folder it waits for.
 */
waitsFor: string | null, 
/**
 * Why it waits, is retried or failed.
 */
failure: Why | null, 
/**
 * What is to be said of the result, as sentences.
 */
warnings: Array<string>, 
/**
 * The same as data; facts that are said together stand one by one.
 */
remarks: Array<Remark>, 
/**
 * Each sentence of `warnings` with its data; of several facts that share one, the first.
 */
said: Array<RemarkShown>, 
/**
 * What was checked of the result is on record; false before there is one, and where an earlier version checked it.
 */
verified: boolean, 
/**
 * What checking the result again found; null where it was not checked again.
 */
check: { at: number, found: "right" | "wrong" | "notChecked", message: string } | null, 
/**
 * What is known of the video; null until it was looked at.
 */
facts: VideoFacts | null, progress: Progress | null, 
/**
 * Of a running job: the last sign of life of the engine that ran it, where that engine was killed; else null.
 */
abandonedSince: number | null, 
/**
 * Version of the form its preset was written in, where another version of Spool made the job; else null.
 */
foreignFormat: number | null, sizes: Sizes, createdAt: number, startedAt: number | null, finishedAt: number | null, 
/**
 * Where the job stands.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is tried again later.
 */
delayed: boolean, 
/**
 * Its preset cannot do it: trying the same again does not help.
 */
refused: boolean, 
/**
 * It ends early; what is there of it can be kept.
 */
cut: boolean, 
/**
 * This version of Spool can read what was wanted; if not, the job is never started.
 */
readable: boolean, 
/**
 * The result was found wrong when it was checked again.
 */
wrong: boolean, 
/**
 * The result grew and was discarded: the original is the result.
 */
kept: boolean, };

export type Jobs = Array<number>;

export type End = { 
/**
 * The job's number.
 */
id: number, 
/**
 * Its place, from 0.
 */
place: number, };

export type Lot = { 
/**
 * What they have in common.
 */
kind: Kind, 
/**
 * Which they are.
 */
jobs: Jobs, };

export type StreamDetails = { 
/**
 * video, audio, subtitle, data or attachment.
 */
kind: string, 
/**
 * Its codec in the original; empty where unknown.
 */
codec: string, 
/**
 * The codec of the result, where that is another.
 */
into: string, 
/**
 * Kept, Converted or Dropped.
 */
done: string, 
/**
 * What that costs, or why.
 */
note: string, };

export type AttemptView = { epoch: number, outcome: string | null, failure: Why | null, exit: number | null, signal: number | null, commands: Array<Array<string>>, 
/**
 * The last of them in one line, as a shell takes it; empty where there is none.
 */
command: string, plan: unknown, verification: unknown, logTail: string | null, startedAt: number, endedAt: number | null, };

export type Pictures = { 
/**
 * In the result.
 */
found: number, 
/**
 * By the original; null where that is not known.
 */
expected: number | null, };

export type DecodedOf = "some" | "original" | "result";

export type Checked = { 
/**
 * Streams that were planned, each of which was found.
 */
streams: number, 
/**
 * Length of the whole result in seconds.
 */
seconds: number | null, 
/**
 * Pictures that were found, and how many there were to be.
 */
pictures: Pictures | null, 
/**
 * What was decoded of its streams.
 */
decoded: DecodedOf, 
/**
 * Copies were decoded at so many places; null: whole.
 */
places: number | null, 
/**
 * What of the original is not in it, in words; also what its preset does with every file.
 */
changes: Array<string>, 
/**
 * The packets of all those copies were compared with the original's, and are the same.
 */
compared: boolean, };

export type Details = { 
/**
 * In what its preset differs from the one of that id; a setting that only that one has is null.
 */
changed: Record<string, unknown>, 
/**
 * Folder of the result, to read.
 */
folder: string, 
/**
 * What was checked of the result; null before there is one, and where an earlier version checked it.
 */
checked: Checked | null, 
/**
 * Its streams, once planned.
 */
streams: Array<StreamDetails>, 
/**
 * Its attempts, oldest first.
 */
attempts: Array<AttemptView>, 
/**
 * There is a picture of it.
 */
thumb: boolean, 
/**
 * The picture of the result is a copy: it already was as wanted.
 */
copied: boolean, 
/**
 * 1 for the next to start; null where it cannot start now.
 */
place: number | null, id: number, uid: string, position: number, 
/**
 * It runs, was paused and released, and goes on when a worker is free.
 */
awaitsWorker: boolean, 
/**
 * File name of the original.
 */
name: string, 
/**
 * Its whole path.
 */
source: string, 
/**
 * Its bytes in percent form, where its path is no text.
 */
sourceBytes?: string, 
/**
 * When the original was modified last, in nanoseconds since 1970: as it was read, or before that when it was added.
 */
sourceMtimeNs: number | null, 
/**
 * Whole path of the result.
 */
output: string, 
/**
 * Its file name.
 */
outputName: string, 
/**
 * Its bytes likewise.
 */
outputBytes?: string, 
/**
 * Id of its preset; null where another version of Spool made the job.
 */
preset: string | null, 
/**
 * Its name on screen.
 */
presetName: string | null, 
/**
 * What is wanted of this file beside its preset; null like the preset.
 */
options: Record<string, never> | null, attempt: number, maxAttempts: number, runAt: number | null, 
/**
 * The failure code a waiting job waits upon.
 */
waitReason: string | null, 
/**
 * The name of the drive or folder it waits for.
 */
waitsFor: string | null, 
/**
 * Why it waits, is retried or failed.
 */
failure: Why | null, 
/**
 * What is to be said of the result, as sentences.
 */
warnings: Array<string>, 
/**
 * The same as data; facts that are said together stand one by one.
 */
remarks: Array<Remark>, 
/**
 * Each sentence of `warnings` with its data; of several facts that share one, the first.
 */
said: Array<RemarkShown>, 
/**
 * What was checked of the result is on record; false before there is one, and where an earlier version checked it.
 */
verified: boolean, 
/**
 * What checking the result again found; null where it was not checked again.
 */
check: { at: number, found: "right" | "wrong" | "notChecked", message: string } | null, 
/**
 * What is known of the video; null until it was looked at.
 */
facts: VideoFacts | null, progress: Progress | null, 
/**
 * Of a running job: the last sign of life of the engine that ran it, where that engine was killed; else null.
 */
abandonedSince: number | null, 
/**
 * Version of the form its preset was written in, where another version of Spool made the job; else null.
 */
foreignFormat: number | null, sizes: Sizes, createdAt: number, startedAt: number | null, finishedAt: number | null, 
/**
 * Where the job stands.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is tried again later.
 */
delayed: boolean, 
/**
 * Its preset cannot do it: trying the same again does not help.
 */
refused: boolean, 
/**
 * It ends early; what is there of it can be kept.
 */
cut: boolean, 
/**
 * This version of Spool can read what was wanted; if not, the job is never started.
 */
readable: boolean, 
/**
 * The result was found wrong when it was checked again.
 */
wrong: boolean, 
/**
 * The result grew and was discarded: the original is the result.
 */
kept: boolean, };

export type Group = { 
/**
 * How many of them stand below.
 */
shown: number, 
/**
 * The cause.
 */
code: FailureCode, 
/**
 * How many failed for it.
 */
count: number, 
/**
 * What a person can do, as a sentence.
 */
nextStep: string, };

export type Entry = { "kind": "row" } & Row | { "kind": "group" } & Group;

export type Page = { 
/**
 * Place of the first entry in the list, from 0.
 */
offset: number, 
/**
 * What stands there.
 */
entries: Array<Entry>, 
/**
 * Places in the whole list.
 */
total: number, 
/**
 * In the failed list: how many causes there are.
 */
groups: number, };

export type Tally = { queued: number, held: number, unreadable: number, waiting: number, running: number, done: number, failed: number, cancelled: number, };

export type Far = { 
/**
 * Jobs with a result.
 */
done: number, 
/**
 * Jobs that failed for good.
 */
failed: number, 
/**
 * Jobs that have ended, cancelled ones too.
 */
ended: number, 
/**
 * Those, and all that come to an end by themselves: not those on hold, nor those of other versions.
 */
of: number, };

export type CameOf = { 
/**
 * Jobs with a result.
 */
done: number, 
/**
 * Jobs that failed for good.
 */
failed: number, 
/**
 * Bytes of the originals of results that were made.
 */
bytesBefore: number, 
/**
 * Bytes of those results.
 */
bytesAfter: number, 
/**
 * How long it took, without pauses.
 */
seconds: number, };

export type Checking = { 
/**
 * Which of them is looked at, from 1; 0 before the first.
 */
n: number, 
/**
 * How many there are.
 */
of: number, 
/**
 * It waits until the queue has no work.
 */
waits: boolean, };

export type Rechecked = { 
/**
 * Results that are right.
 */
right: number, 
/**
 * Results that are wrong.
 */
wrong: number, 
/**
 * Results that could not be checked.
 */
notChecked: number, };

export type Standing = { 
/**
 * Jobs by state.
 */
counts: Tally, 
/**
 * How far the present batch is.
 */
batch: Far, 
/**
 * What came of the last batch, once nothing runs and nothing can start; null before.
 */
cameOf: CameOf | null, 
/**
 * Of the running: paused.
 */
suspended: number, 
/**
 * Of the waiting: for room on a disk.
 */
crowded: number, 
/**
 * The name of that disk, where it is one for all of them.
 */
crowdedDisk: string | null, 
/**
 * No further job starts.
 */
paused: boolean, 
/**
 * Until the power is back, that is.
 */
onBattery: boolean, 
/**
 * Who works the queue, when it is not this window.
 */
workedBy: string | null, 
/**
 * Jobs at a time; null when another process works the queue.
 */
workers: number | null, 
/**
 * Why the queue stands still.
 */
breaker: Why | null, 
/**
 * That a damaged queue was restored, until the queue goes on.
 */
restored: Restored | null, 
/**
 * That failures pile up.
 */
alarm: Alarm | null, 
/**
 * Results are being checked again.
 */
checking: Checking | null, 
/**
 * Bytes of the done jobs' originals.
 */
bytesBefore: number, 
/**
 * Bytes of their results.
 */
bytesAfter: number, };

export type AddNotice = { 
/**
 * Number of the first accepted job.
 */
first: number | null, 
/**
 * How many were accepted.
 */
accepted: number, 
/**
 * Already in the queue, at most twenty of them.
 */
duplicates: Array<number>, 
/**
 * How many those are.
 */
duplicateCount: number, 
/**
 * Files that are no videos by their name.
 */
skipped: number, 
/**
 * Videos that are results of known jobs.
 */
own: number, 
/**
 * Done before with this preset: the newest of those jobs.
 */
doneBefore: number | null, 
/**
 * When it was done.
 */
doneAt: number | null, 
/**
 * How many were.
 */
doneBeforeCount: number, 
/**
 * How many failed for good with this preset before, or were cancelled.
 */
endedBeforeCount: number, 
/**
 * Why others were refused, as sentences, at most five of them.
 */
refused: Array<string>, 
/**
 * How many those are.
 */
refusedCount: number, 
/**
 * That the drive of a result cannot hold the name it was to have, as a sentence: of the first such result.
 */
renamed: string | null, 
/**
 * How many those are.
 */
renamedCount: number, };

export type Drag = { 
/**
 * Files, folders apart.
 */
files: number, 
/**
 * Folders.
 */
folders: number, 
/**
 * Position in CSS pixels.
 */
x: number, 
/**
 * Position in CSS pixels.
 */
y: number, };

export type Dropped = { 
/**
 * Names what was dropped.
 */
token: number, 
/**
 * Position in CSS pixels.
 */
x: number, 
/**
 * Position in CSS pixels.
 */
y: number, };

export type Left = { 
/**
 * At least.
 */
from: number | null, 
/**
 * At most.
 */
to: number | null, };

export type Update = { 
/**
 * How things stand now.
 */
standing: Standing | null, 
/**
 * Progress of running jobs.
 */
live: Array<Live>, 
/**
 * How long the rest takes, in seconds; sent every two seconds while something runs.
 */
left: Left | null, 
/**
 * What is dragged over the window.
 */
drag: Drag | null, 
/**
 * The drag has ended.
 */
dragEnded: boolean, 
/**
 * What was dropped.
 */
dropped: Dropped | null, 
/**
 * What became of added files.
 */
added: AddNotice | null, 
/**
 * What checking results again found, once that has ended.
 */
checked: Rechecked | null, 
/**
 * The user wants to close while this many jobs run: ask.
 */
askClose: number | null, 
/**
 * What could not be done, as a sentence.
 */
trouble: string | null, };

export type PresetChoice = { 
/**
 * Its short name.
 */
id: string, 
/**
 * Its name on screen.
 */
name: string, 
/**
 * One line on what it is for.
 */
description: string, 
/**
 * Results stay below so many megabytes, where they are to.
 */
sizeMb: number | null, };

export type Verb = "cancel" | "retry" | "remove" | "hold" | "release" | "now" | "moveTop" | "moveUp" | "moveDown";

export type CloseChoice = "background" | "quit" | "stay";

export type Choices = { 
/**
 * Preset of what is added next.
 */
preset: string, 
/**
 * Folder of the results, to read; null: next to each original.
 */
outputDir: string | null, 
/**
 * Colours of the window.
 */
theme: "system" | "light" | "dark", };

export type SettingsChosen = { 
/**
 * Jobs at a time; null: as many as suit this machine.
 */
workers: number | null, 
/**
 * Attempts before a job is parked.
 */
maxAttempts: number, 
/**
 * Name of the results, with `{name}` and `{preset}`.
 */
outputName: string, 
/**
 * Largest result of the preset that fits a size, in megabytes.
 */
fitSizeMb: number, 
/**
 * Keep the computer awake while something runs.
 */
keepAwake: boolean, 
/**
 * Pause while the computer runs on its battery.
 */
pauseOnBattery: boolean, 
/**
 * Tell the desktop when the queue is done.
 */
notifyDone: boolean, 
/**
 * Tell the desktop when a video fails.
 */
notifyFailed: boolean, 
/**
 * With a sound.
 */
notifySound: boolean, 
/**
 * Colours of the window.
 */
theme: "system" | "light" | "dark", };

export type WhenDone = "nothing" | "quit" | "sleep";

export type EncoderState = { 
/**
 * As people call it.
 */
name: string, 
/**
 * It encoded a few frames.
 */
works: boolean, };

export type SettingsShown = { 
/**
 * What can be changed there.
 */
chosen: SettingsChosen, 
/**
 * Jobs at a time when nothing is chosen.
 */
autoWorkers: number, 
/**
 * Folder of queue, settings and log, to read.
 */
data: string, 
/**
 * Its size in bytes.
 */
dataSize: number, 
/**
 * Folder of the results, to read; null: next to each original.
 */
outputDir: string | null, 
/**
 * What happens when the queue is done; once, then nothing again.
 */
whenDone: WhenDone, };

export type ToolState = { 
/**
 * Where ffmpeg is, to read.
 */
path: string | null, 
/**
 * The user chose this one.
 */
chosen: boolean, 
/**
 * Version of ffmpeg; null where it cannot be used.
 */
version: string | null, 
/**
 * Folders it was looked for in, to read; empty where it was found.
 */
looked: Array<string>, 
/**
 * Why it cannot be used.
 */
problem: Why | null, 
/**
 * What helps.
 */
remedy: Remedy | null, };
