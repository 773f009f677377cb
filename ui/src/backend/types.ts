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

export type LocationIn = { "in": "tag", 
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
by: LocationIn, };

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

export type SortOrder = "newest" | "saved" | "name";

export type PageRequest = { 
/**
 * The list.
 */
list: List, 
/**
 * Index of the first entry, from 0.
 */
offset: number, 
/**
 * Maximum number of entries.
 */
limit: number, 
/**
 * Codes of the causes that are expanded in the failed list.
 */
open: Array<string>, 
/**
 * Part of a name to search for; empty for all jobs.
 */
find: string, 
/**
 * The order of the done list.
 */
sorted: SortOrder, };

export type Live = { 
/**
 * Id of the job.
 */
id: number, 
/**
 * 0 to 99.
 */
percent: number | null, 
/**
 * Seconds of video per second.
 */
speed: number | null, 
/**
 * Seconds left at the current speed.
 */
etaSeconds: number | null, 
/**
 * Bytes written so far.
 */
bytes: number | null, 
/**
 * Microseconds of the video processed.
 */
doneUs: number, };

export type Why = { 
/**
 * The stable code.
 */
code: FailureCode, 
/**
 * The reason, as a sentence.
 */
message: string, 
/**
 * What the user can do, as a sentence.
 */
nextStep: string, } & ({ "kind": "source_drive_away", drive: string, } | { "kind": "result_drive_away", drive: string, } | { "kind": "folder_missing", folder: string, } | { "kind": "folder_read_only", folder: string | null, } | { "kind": "drive_silent", drive: string, } | { "kind": "connection_lost", drive: string | null, } | { "kind": "connection_broke" } | { "kind": "drive_error" } | { "kind": "read_failed", name: string, } | { "kind": "source_defective", name: string, at: number, } | { "kind": "disk_full", folder: string | null, } | { "kind": "data_disk_full" } | { "kind": "disk_almost_full" } | { "kind": "quota_full" } | { "kind": "no_room", folder: string, takes: number, free: number, reserve: number, } | { "kind": "no_room_beside", volume: string, takes: number, free: number, reserve: number, } | { "kind": "write_failed", folder: string, cause: string, } | { "kind": "end_not_written" } | { "kind": "name_too_long", folder: string, } | { "kind": "name_refused", folder: string, name: string, } | { "kind": "source_gone", name: string, } | { "kind": "no_such_file", path: string, } | { "kind": "is_folder", path: string, } | { "kind": "not_a_file", path: string, } | { "kind": "forbidden", name: string, } | { "kind": "unseen", name: string, cause: string, } | { "kind": "source_changed", name: string, } | { "kind": "source_growing", name: string, } | { "kind": "not_media", name: string, } | { "kind": "animated_webp", name: string, } | { "kind": "copy_protected", name: string | null, } | { "kind": "index_missing", name: string | null, } | { "kind": "nothing_readable" } | { "kind": "ends_early", readable: number, whole: number, estimated: boolean, } | { "kind": "second_recording" } | { "kind": "other_speed" } | { "kind": "no_picture" } | { "kind": "no_sound" } | { "kind": "empty_sound" } | { "kind": "no_decoder", carries: Carries, codec: string, } | { "kind": "no_parameters", carries: Carries, codec: string, } | { "kind": "not_decodable" } | { "kind": "look_too_slow", name: string, seconds: number, } | { "kind": "look_too_big", name: string, } | { "kind": "packets_unread" } | { "kind": "no_base_layer", profile: number, } | { "kind": "picture_too_large", width: number, height: number, } | { "kind": "picture_too_small", width: number, height: number, } | { "kind": "length_unknown" } | { "kind": "cannot_fit", limit: number, smallest: number, } | { "kind": "still_too_big", limit: number, } | { "kind": "copy_too_big" } | { "kind": "grew_too_far" } | { "kind": "no_encoder", encoder: string | null, } | { "kind": "encoder_refused", cause: string | null, } | { "kind": "encoder_busy" } | { "kind": "killed", tool: string, signal: number, } | { "kind": "stalled" } | { "kind": "out_of_memory" } | { "kind": "no_thread", cause: string, } | { "kind": "gave_up", cause: string | null, } | { "kind": "tool_gone" } | { "kind": "not_started", tool: string, cause: string, } | { "kind": "tool_missing", tool: string, } | { "kind": "tool_no_file", path: string, } | { "kind": "tool_broken", path: string, cause: string, } | { "kind": "tool_too_old", path: string, version: string, } | { "kind": "wrong_result", fault: Fault, } | { "kind": "not_read_back", because: Reason, } | { "kind": "crashed", times: number, } | { "kind": "machine_down", times: number, } | { "kind": "mistake" } | { "kind": "nothing_to_run" } | { "kind": "text", code: FailureCode, text: string, });

export type Sizes = { 
/**
 * Size of the original when last read, or when added.
 */
source: number | null, 
/**
 * Size of the published result.
 */
output: number | null, };

export type Kind = { 
/**
 * State of the job.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is retried later.
 */
delayed: boolean, 
/**
 * Its preset cannot be applied to this video; a retry does not help.
 */
refused: boolean, 
/**
 * It failed, but salvage can keep a part of it.
 */
cut: boolean, 
/**
 * This version of Spool can read its preset and options; if not, the job never starts.
 */
readable: boolean, 
/**
 * The latest check found the result wrong.
 */
wrong: boolean, 
/**
 * The result was larger than the original and was discarded; the original was kept.
 */
kept: boolean, };

export type RemarkShown = Remark & { message: string };

export type Row = { 
/**
 * It has a thumbnail.
 */
thumb: boolean, 
/**
 * The video stream of the result was copied.
 */
copied: boolean, 
/**
 * Place in the start order, from 1; null if it cannot start now, or the row is shown outside the whole list.
 */
place: number | null, id: number, uid: string, position: number, 
/**
 * It was paused while it ran, was released, and continues when a worker is free.
 */
awaitsWorker: boolean, 
/**
 * File name of the original.
 */
name: string, 
/**
 * Full path of the original.
 */
source: string, 
/**
 * The same path in percent-encoding, if it is not valid UTF-8.
 */
sourceBytes?: string, 
/**
 * Modification time of the original when last read, or when added, in nanoseconds since 1970.
 */
sourceMtimeNs: number | null, 
/**
 * Full path of the result.
 */
output: string, 
/**
 * File name of the result.
 */
outputName: string, 
/**
 * The full path in percent-encoding, if it is not valid UTF-8.
 */
outputBytes?: string, 
/**
 * Id of its preset; null if this version of Spool cannot read it.
 */
preset: string | null, 
/**
 * Display name of its preset.
 */
presetName: string | null, 
/**
 * Options for this file besides its preset; null like the preset.
 */
options: Record<string, never> | null, attempt: number, maxAttempts: number, runAt: number | null, 
/**
 * Failure code of a waiting job.
 */
waitReason: string | null, 
/**
 * Name of the drive or folder that it waits for.
 */
waitsFor: string | null, 
/**
 * Why it waits, is retried or failed.
 */
failure: Why | null, 
/**
 * Remarks on the result, as sentences.
 */
warnings: Array<string>, 
/**
 * All remarks as data, including those that share a sentence.
 */
remarks: Array<Remark>, 
/**
 * Each sentence of `warnings` with its remark, or the first of those that share it.
 */
said: Array<RemarkShown>, 
/**
 * The verification of the result is stored, and no later check found a fault.
 */
verified: boolean, 
/**
 * The latest check of the result; null if it was not checked again.
 */
check: { at: number, found: "right" | "wrong" | "notChecked", message: string } | null, 
/**
 * Facts about the video; null before its probe.
 */
facts: VideoFacts | null, progress: Progress | null, 
/**
 * For a running job whose engine was killed: that engine's last heartbeat; else null.
 */
abandonedSince: number | null, 
/**
 * If this version of Spool cannot read its preset: the format version stored with it; else null.
 */
foreignFormat: number | null, sizes: Sizes, createdAt: number, startedAt: number | null, finishedAt: number | null, 
/**
 * State of the job.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is retried later.
 */
delayed: boolean, 
/**
 * Its preset cannot be applied to this video; a retry does not help.
 */
refused: boolean, 
/**
 * It failed, but salvage can keep a part of it.
 */
cut: boolean, 
/**
 * This version of Spool can read its preset and options; if not, the job never starts.
 */
readable: boolean, 
/**
 * The latest check found the result wrong.
 */
wrong: boolean, 
/**
 * The result was larger than the original and was discarded; the original was kept.
 */
kept: boolean, };

export type JobIds = Array<number>;

export type End = { 
/**
 * Id of the job.
 */
id: number, 
/**
 * Its last known index in the list, from 0.
 */
place: number, };

export type JobGroup = { 
/**
 * What they have in common.
 */
kind: Kind, 
/**
 * The jobs.
 */
jobs: JobIds, };

export type StreamDetails = { 
/**
 * video, audio, subtitle, data or attachment.
 */
kind: string, 
/**
 * Codec in the original; empty if unknown.
 */
codec: string, 
/**
 * Codec in the result; empty unless it is converted.
 */
into: string, 
/**
 * Kept, Converted or Dropped.
 */
done: string, 
/**
 * Why; may be empty.
 */
note: string, };

export type AttemptView = { epoch: number, outcome: string | null, failure: Why | null, exit: number | null, signal: number | null, commands: Array<Array<string>>, 
/**
 * The last command, quoted for a shell; empty if there is none.
 */
command: string, plan: unknown, verification: unknown, logTail: string | null, startedAt: number, endedAt: number | null, };

export type Pictures = { 
/**
 * Found in the result.
 */
found: number, 
/**
 * Expected by the original; null if unknown.
 */
expected: number | null, };

export type DecodedOf = "some" | "original" | "result";

export type Checked = { 
/**
 * Number of planned streams, all of which were found.
 */
streams: number, 
/**
 * Length of the whole result in seconds.
 */
seconds: number | null, 
/**
 * Frames found in the result, and expected.
 */
pictures: Pictures | null, 
/**
 * Which file was decoded.
 */
decoded: DecodedOf, 
/**
 * Number of positions at which copied streams were decoded; null unless they were decoded in part.
 */
places: number | null, 
/**
 * Differences from the original, as sentences; also those that its preset makes in every file.
 */
changes: Array<string>, 
/**
 * With `places`: the packets of all copied audio and video streams equal those of the original.
 */
compared: boolean, };

export type Details = { 
/**
 * Fields in which its preset differs from the one with the same id; null for a field that only the latter has.
 */
changed: Record<string, unknown>, 
/**
 * Folder of the result, as display text.
 */
folder: string, 
/**
 * The verification of the result; null if none is stored, or a later check found the result wrong.
 */
checked: Checked | null, 
/**
 * Its streams; empty before they are planned.
 */
streams: Array<StreamDetails>, 
/**
 * Its attempts, oldest first.
 */
attempts: Array<AttemptView>, 
/**
 * It has a thumbnail.
 */
thumb: boolean, 
/**
 * The video stream of the result was copied.
 */
copied: boolean, 
/**
 * Place in the start order, from 1; null if it cannot start now, or the row is shown outside the whole list.
 */
place: number | null, id: number, uid: string, position: number, 
/**
 * It was paused while it ran, was released, and continues when a worker is free.
 */
awaitsWorker: boolean, 
/**
 * File name of the original.
 */
name: string, 
/**
 * Full path of the original.
 */
source: string, 
/**
 * The same path in percent-encoding, if it is not valid UTF-8.
 */
sourceBytes?: string, 
/**
 * Modification time of the original when last read, or when added, in nanoseconds since 1970.
 */
sourceMtimeNs: number | null, 
/**
 * Full path of the result.
 */
output: string, 
/**
 * File name of the result.
 */
outputName: string, 
/**
 * The full path in percent-encoding, if it is not valid UTF-8.
 */
outputBytes?: string, 
/**
 * Id of its preset; null if this version of Spool cannot read it.
 */
preset: string | null, 
/**
 * Display name of its preset.
 */
presetName: string | null, 
/**
 * Options for this file besides its preset; null like the preset.
 */
options: Record<string, never> | null, attempt: number, maxAttempts: number, runAt: number | null, 
/**
 * Failure code of a waiting job.
 */
waitReason: string | null, 
/**
 * Name of the drive or folder that it waits for.
 */
waitsFor: string | null, 
/**
 * Why it waits, is retried or failed.
 */
failure: Why | null, 
/**
 * Remarks on the result, as sentences.
 */
warnings: Array<string>, 
/**
 * All remarks as data, including those that share a sentence.
 */
remarks: Array<Remark>, 
/**
 * Each sentence of `warnings` with its remark, or the first of those that share it.
 */
said: Array<RemarkShown>, 
/**
 * The verification of the result is stored, and no later check found a fault.
 */
verified: boolean, 
/**
 * The latest check of the result; null if it was not checked again.
 */
check: { at: number, found: "right" | "wrong" | "notChecked", message: string } | null, 
/**
 * Facts about the video; null before its probe.
 */
facts: VideoFacts | null, progress: Progress | null, 
/**
 * For a running job whose engine was killed: that engine's last heartbeat; else null.
 */
abandonedSince: number | null, 
/**
 * If this version of Spool cannot read its preset: the format version stored with it; else null.
 */
foreignFormat: number | null, sizes: Sizes, createdAt: number, startedAt: number | null, finishedAt: number | null, 
/**
 * State of the job.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It is retried later.
 */
delayed: boolean, 
/**
 * Its preset cannot be applied to this video; a retry does not help.
 */
refused: boolean, 
/**
 * It failed, but salvage can keep a part of it.
 */
cut: boolean, 
/**
 * This version of Spool can read its preset and options; if not, the job never starts.
 */
readable: boolean, 
/**
 * The latest check found the result wrong.
 */
wrong: boolean, 
/**
 * The result was larger than the original and was discarded; the original was kept.
 */
kept: boolean, };

export type Group = { 
/**
 * Number of its jobs that are shown below.
 */
shown: number, 
/**
 * The cause.
 */
code: FailureCode, 
/**
 * Number of jobs that failed for it.
 */
count: number, 
/**
 * What the user can do, as a sentence.
 */
nextStep: string, };

export type Entry = { "kind": "row" } & Row | { "kind": "group" } & Group;

export type Page = { 
/**
 * Index of the first entry in the list, from 0.
 */
offset: number, 
/**
 * The entries.
 */
entries: Array<Entry>, 
/**
 * Number of entries in the whole list.
 */
total: number, 
/**
 * In the failed list without a search: number of causes.
 */
groups: number, };

export type StateCounts = { queued: number, held: number, unreadable: number, waiting: number, running: number, done: number, failed: number, cancelled: number, };

export type BatchProgress = { 
/**
 * Jobs with a result.
 */
done: number, 
/**
 * Jobs that failed permanently.
 */
failed: number, 
/**
 * Ended jobs, including cancelled ones.
 */
ended: number, 
/**
 * All jobs of the batch: the ended ones and those that will end without a user. Jobs on hold and unreadable jobs
 * are not counted.
 */
of: number, };

export type BatchSummary = { 
/**
 * Jobs with a result.
 */
done: number, 
/**
 * Jobs that failed permanently.
 */
failed: number, 
/**
 * Bytes of the originals of its results.
 */
bytesBefore: number, 
/**
 * Bytes of its results.
 */
bytesAfter: number, 
/**
 * Seconds in which at least one job was running and not paused.
 */
seconds: number, };

export type CheckProgress = { 
/**
 * Number of the current result, from 1; 0 before the first.
 */
n: number, 
/**
 * Number of all results.
 */
of: number, 
/**
 * It waits until the queue has no work.
 */
waits: boolean, };

export type CheckSummary = { 
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

export type QueueStatus = { 
/**
 * Jobs by state.
 */
counts: StateCounts, 
/**
 * Progress of the current batch.
 */
batch: BatchProgress, 
/**
 * Summary of the last batch; null while a job is active or can start, or if no job ended.
 */
lastBatch: BatchSummary | null, 
/**
 * Number of running jobs that are paused, or wait for a worker after a pause.
 */
suspended: number, 
/**
 * Number of waiting jobs that need disk space.
 */
waitingForSpace: number, 
/**
 * Name of the disk, if it is the same for all of them.
 */
fullDisk: string | null, 
/**
 * The queue is paused: no further job starts.
 */
paused: boolean, 
/**
 * It is paused until external power returns.
 */
onBattery: boolean, 
/**
 * Name of the process that runs the queue, if it is another one.
 */
workedBy: string | null, 
/**
 * Jobs at a time; null if this process does not run the queue.
 */
workers: number | null, 
/**
 * Why no job can start.
 */
breaker: Why | null, 
/**
 * How a damaged queue was restored, until the queue is resumed.
 */
restored: Restored | null, 
/**
 * Many jobs fail.
 */
alarm: Alarm | null, 
/**
 * A job is running, startable or waiting, so that more may fail.
 */
mayFail: boolean, 
/**
 * Progress of checking results again.
 */
checking: CheckProgress | null, 
/**
 * Bytes of the originals of done jobs.
 */
bytesBefore: number, 
/**
 * Bytes of their results.
 */
bytesAfter: number, };

export type AddNotice = { 
/**
 * Id of the first accepted job.
 */
first: number | null, 
/**
 * Number of accepted jobs.
 */
accepted: number, 
/**
 * Active jobs that do the same already; at most twenty.
 */
duplicates: Array<number>, 
/**
 * Number of all of them.
 */
duplicateCount: number, 
/**
 * Number of files that are not videos, including subtitles.
 */
skipped: number, 
/**
 * Number of videos that are results of Spool.
 */
own: number, 
/**
 * A job that did the same before: the one for the last such video.
 */
doneBefore: number | null, 
/**
 * When that job ended.
 */
doneAt: number | null, 
/**
 * Number of videos that were done before.
 */
doneBeforeCount: number, 
/**
 * Number of videos for which the same failed permanently or was cancelled before.
 */
endedBeforeCount: number, 
/**
 * Why files were refused, as sentences; at most five.
 */
refused: Array<string>, 
/**
 * Number of refused files.
 */
refusedCount: number, 
/**
 * For the first result whose drive cannot hold its requested name: a sentence about that.
 */
renamed: string | null, 
/**
 * Number of such results.
 */
renamedCount: number, };

export type Drag = { 
/**
 * Number of files, without folders.
 */
files: number, 
/**
 * Number of folders.
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
 * Identifies the drop.
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

export type TimeLeftRange = { 
/**
 * Lower bound.
 */
from: number | null, 
/**
 * Upper bound.
 */
to: number | null, };

export type Update = { 
/**
 * The state of the queue.
 */
status: QueueStatus | null, 
/**
 * Progress of running jobs.
 */
live: Array<Live>, 
/**
 * The time left for the queue; sent every two seconds while a job runs.
 */
left: TimeLeftRange | null, 
/**
 * The current drag.
 */
drag: Drag | null, 
/**
 * The drag has ended.
 */
dragEnded: boolean, 
/**
 * A drop.
 */
dropped: Dropped | null, 
/**
 * The result of adding files.
 */
added: AddNotice | null, 
/**
 * Findings of a round of checks that has ended.
 */
checked: CheckSummary | null, 
/**
 * The user wants to close while this many jobs run; the window must ask.
 */
askClose: number | null, 
/**
 * An error, as a sentence.
 */
trouble: string | null, };

export type PresetChoice = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its display name.
 */
name: string, 
/**
 * Its purpose, in one line.
 */
description: string, 
/**
 * Maximum size of a result in megabytes; null if there is none.
 */
sizeMb: number | null, };

export type JobCommand = "cancel" | "retry" | "remove" | "hold" | "release" | "now" | "moveTop" | "moveUp" | "moveDown";

export type CloseChoice = "background" | "quit" | "stay";

export type Choices = { 
/**
 * Preset of added videos.
 */
preset: string, 
/**
 * Folder of the results, as display text; null for that of each original.
 */
outputDir: string | null, 
/**
 * Colours of the window.
 */
theme: "system" | "light" | "dark", };

export type SettingsChosen = { 
/**
 * Jobs at a time; null for as many as suit this machine.
 */
workers: number | null, 
/**
 * Attempts before a job is parked.
 */
maxAttempts: number, 
/**
 * Template of output names, with `{name}` and `{preset}`.
 */
outputName: string, 
/**
 * Target size of the preset `fit-size`, in megabytes.
 */
fitSizeMb: number, 
/**
 * Keep the computer awake while a job runs.
 */
keepAwake: boolean, 
/**
 * Start no job while the computer runs on battery.
 */
pauseOnBattery: boolean, 
/**
 * Notify when the queue is done.
 */
notifyDone: boolean, 
/**
 * Notify of failures.
 */
notifyFailed: boolean, 
/**
 * Notifications make a sound.
 */
notifySound: boolean, 
/**
 * Colours of the window.
 */
theme: "system" | "light" | "dark", };

export type WhenDone = "nothing" | "quit" | "sleep";

export type EncoderState = { 
/**
 * Its common name.
 */
name: string, 
/**
 * A test encode succeeded.
 */
works: boolean, };

export type SettingsShown = { 
/**
 * Settings that can be changed.
 */
chosen: SettingsChosen, 
/**
 * Jobs at a time if no number is chosen.
 */
autoWorkers: number, 
/**
 * Folder of queue, settings and log, as display text.
 */
data: string, 
/**
 * Its size in bytes.
 */
dataSize: number, 
/**
 * Folder of the results, as display text; null for that of each original.
 */
outputDir: string | null, 
/**
 * What happens when the queue is done; applies once.
 */
whenDone: WhenDone, };

export type ToolState = { 
/**
 * Its path, as display text; null if it cannot be used.
 */
path: string | null, 
/**
 * The user set its path.
 */
chosen: boolean, 
/**
 * Its version; null if it cannot be used.
 */
version: string | null, 
/**
 * Folders that were searched, as display text; empty unless it is missing.
 */
looked: Array<string>, 
/**
 * Why it cannot be used.
 */
problem: Why | null, 
/**
 * What the user can do.
 */
remedy: Remedy | null, };
