// Made from src-tauri/src/view.rs by `./dev types`. Do not edit.

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
 * Seconds of video done.
 */
doneSeconds: number, };

export type Why = { 
/**
 * The stable code.
 */
code: string, 
/**
 * What happened, as a sentence.
 */
message: string, 
/**
 * What a person can do, as a sentence.
 */
nextStep: string, };

export type VideoFacts = { 
/**
 * Width in pixels; 0 where unknown, like the height.
 */
width: number, 
/**
 * Height in pixels.
 */
height: number, 
/**
 * `H.264`, `HEVC`; empty where unknown.
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
 * Two fields a frame.
 */
interlaced: boolean, 
/**
 * Length.
 */
seconds: number | null, };

export type Recheck = { 
/**
 * What.
 */
found: "right" | "wrong" | "notChecked", 
/**
 * What is to be said of it, as sentences; empty where all is right.
 */
message: string, 
/**
 * When.
 */
at: number, };

export type Container = "mp4" | "mkv" | "mov" | "m4a";

export type StreamKind = "video" | "audio" | "subtitle" | "attachment" | "data";

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
 * The words.
 */
text: string, };

export type Whose = "file" | { "stream": number };

export type Property = "stream" | "packets" | "language" | "title" | { "role": string } | "channels" | { "speaker": string } | "sampleRate" | "samples" | "float" | "size" | "shape" | "rate" | "fieldRate" | "fields" | "depth" | "range" | "primaries" | "transfer" | "matrix" | "mastering" | "light" | "transparency" | "spherical" | "stereo" | "timecode" | "reel" | "chapters" | { "chosen": StreamKind } | "cues" | "styles" | "emphasis" | "colours" | "positions" | "effects" | "drawings" | "fileName" | "mediaType" | "place" | { "tag": string };

export type FactValue = boolean | number | [number, number] | string;

export type Cause = "preset" | "limit" | { "container": Container } | "encoder" | "follows" | { "stream": StreamReason };

export type Difference = { 
/**
 * Whose fact.
 */
of: Whose, 
/**
 * Which.
 */
property: Property, 
/**
 * In the source.
 */
from: FactValue, 
/**
 * In the result; absent: it is missing.
 */
to?: FactValue, 
/**
 * Why that was planned; absent: it was not.
 */
why?: Cause, };

export type SizeAt = { 
/**
 * In seconds of the result.
 */
atSeconds: number, 
/**
 * In square pixels.
 */
width: number, 
/**
 * In pixels.
 */
height: number, };

export type SoundKind = { 
/**
 * Samples a second.
 */
sampleRate: number, 
/**
 * Layout in ffmpeg's words: `5.1(side)`.
 */
layout: string, };

export type Remark = { "kind": "partial", 
/**
 * Length of what could be read.
 */
readableSeconds: number, 
/**
 * Length of the whole.
 */
wholeSeconds: number, 
/**
 * The whole is reckoned from the bytes that are there.
 */
reckoned: boolean, 
/**
 * Where nothing could be read within, from and to, in seconds.
 */
gaps: Array<[number, number]>, } | { "kind": "incomplete", 
/**
 * Length of what could be read.
 */
readableSeconds: number, 
/**
 * Length by the header.
 */
declaredSeconds: number, 
/**
 * Where nothing could be read within, from and to, in seconds.
 */
gaps: Array<[number, number]>, } | { "kind": "end_may_be_missing" } | { "kind": "second_recording" } | { "kind": "other_speed" } | { "kind": "parts_joined" } | { "kind": "assumed_rate", 
/**
 * Pictures a second that were assumed.
 */
rate: number, } | { "kind": "sound_times_damaged", 
/**
 * Length of what was decoded.
 */
decodedSeconds: number, 
/**
 * Length in the result.
 */
keptSeconds: number, } | { "kind": "late_keyframe", 
/**
 * How long before.
 */
seconds: number, } | { "kind": "hdr_in_eight_bits" } | { "kind": "dolby_vision_undeclared" } | { "kind": "dolby_vision_left_out" } | { "kind": "hdr10_plus_left_out" } | { "kind": "hdr_vivid_left_out" } | { "kind": "outlasts", 
/**
 * Length of the whole result.
 */
seconds: number, 
/**
 * When its picture and sound end.
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
 * Its number.
 */
track: number, } | { "kind": "size_changes", 
/**
 * The sizes, beginning with the first.
 */
sizes: Array<SizeAt>, 
/**
 * Further changes, which are not listed.
 */
more: number, } | { "kind": "sound_changes", 
/**
 * Its number.
 */
track: number, 
/**
 * Kinds of sound, each once, as they came.
 */
kinds: Array<SoundKind>, } | { "kind": "differs" } & Difference | { "kind": "telemetry_left_out", 
/**
 * Its number.
 */
track: number, 
/**
 * Who wrote it.
 */
writer: string, 
/**
 * Why.
 */
reason: StreamReason, } | { "kind": "telemetry_beyond_end", 
/**
 * Its number.
 */
track: number, 
/**
 * Who wrote it.
 */
writer: string, } | { "kind": "telemetry_incomplete", 
/**
 * Its number.
 */
track: number, 
/**
 * Who wrote it.
 */
writer: string, 
/**
 * Packets that are left.
 */
count: number, 
/**
 * Of how many.
 */
of: number, } | { "kind": "within_limit", 
/**
 * The limit.
 */
limitBytes: number, } | { "kind": "single_channels" } | { "kind": "sound_missing", 
/**
 * Its number.
 */
track: number, 
/**
 * How much.
 */
seconds: number, 
/**
 * It was copied, and there is a hole; otherwise there is silence.
 */
copied: boolean, } | { "kind": "code_page", 
/**
 * Their number.
 */
track: number, 
/**
 * As what they were read.
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
 * At so many places.
 */
count: number, 
/**
 * There are more, which were not counted.
 */
atLeast: boolean, } | { "kind": "bigger", 
/**
 * Size of the original.
 */
sourceBytes: number, 
/**
 * Size of the result.
 */
resultBytes: number, } | { "kind": "original_kept", 
/**
 * Size of the original.
 */
sourceBytes: number, 
/**
 * Size of what was discarded.
 */
resultBytes: number, } | { "kind": "hardware_failed" } | { "kind": "encoded_again" } | { "kind": "not_copied", 
/**
 * What it carries.
 */
stream: StreamKind, 
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

export type RemarkShown = Remark & { message: string };

export type Row = { 
/**
 * The job's number.
 */
id: number, 
/**
 * File name of the original.
 */
name: string, 
/**
 * Its full path, to read.
 */
path: string, 
/**
 * File name of the result.
 */
output: string, 
/**
 * What is known of the video; null until it was looked at.
 */
facts: VideoFacts | null, 
/**
 * There is a picture of it.
 */
thumb: boolean, 
/**
 * The picture of the result is a copy: it already was as wanted.
 */
copied: boolean, 
/**
 * Name of the drive or folder it waits for.
 */
waitsFor: string | null, 
/**
 * Name of the preset; null where it cannot be read.
 */
preset: string | null, 
/**
 * Where the job stands.
 */
state: "queued" | "waiting" | "running" | "done" | "failed" | "cancelled", 
/**
 * On hold (queued), or paused (running).
 */
hold: boolean, 
/**
 * It was paused and released, and goes on when a worker is free.
 */
awaitsWorker: boolean, 
/**
 * 1 for the next to start; null where it cannot start now.
 */
place: number | null, 
/**
 * Attempts so far.
 */
attempt: number, 
/**
 * Attempts at most.
 */
maxAttempts: number, 
/**
 * When it is tried again, in milliseconds since 1970.
 */
runAt: number | null, 
/**
 * It is tried again later.
 */
delayed: boolean, 
/**
 * Why it waits, is retried or failed.
 */
why: Why | null, 
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
 * If not: the version of the form it was written in, where that is another one.
 */
foreignFormat: number | null, 
/**
 * What is to be said of a result.
 */
remarks: Array<RemarkShown>, 
/**
 * What was checked of the result is on record; an earlier version kept none.
 */
verified: boolean, 
/**
 * What checking the result again found; null where it was not checked again.
 */
check: Recheck | null, 
/**
 * The result was found wrong when it was checked again.
 */
wrong: boolean, 
/**
 * The result grew and was discarded: the original is the result.
 */
kept: boolean, 
/**
 * Bytes of the original.
 */
sourceSize: number | null, 
/**
 * Bytes of the result.
 */
outputSize: number | null, 
/**
 * How far it is.
 */
live: Live | null, 
/**
 * When the present or last attempt began.
 */
startedAt: number | null, 
/**
 * When it ended.
 */
finishedAt: number | null, };

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

export type AttemptDetails = { 
/**
 * How it ended; null while it runs.
 */
outcome: string | null, 
/**
 * Why it did not succeed.
 */
why: Why | null, 
/**
 * Exit code of ffmpeg.
 */
exit: number | null, 
/**
 * Signal that ended ffmpeg.
 */
signal: number | null, 
/**
 * The command line, as a shell takes it.
 */
command: string, 
/**
 * Last lines of ffmpeg's log.
 */
logTail: string, 
/**
 * When it began.
 */
startedAt: number, 
/**
 * When it ended.
 */
endedAt: number | null, };

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
 * Its row.
 */
row: Row, 
/**
 * Full path of the result, to read.
 */
outputPath: string, 
/**
 * Folder of the result, to read.
 */
folder: string, 
/**
 * What is wanted of this file beside its preset; null like the preset.
 */
options: Record<string, never> | null, 
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
attempts: Array<AttemptDetails>, };

export type Group = { 
/**
 * The cause.
 */
code: string, 
/**
 * How many failed for it.
 */
count: number, 
/**
 * How many of them stand below.
 */
shown: number, 
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
 * Done since the present batch began; all that are, where another process works the queue.
 */
batchDone: number, 
/**
 * Failed since then.
 */
batchFailed: number, 
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
 * Why the queue stands still, as a sentence.
 */
breaker: string | null, 
/**
 * That a damaged queue was mended, as a sentence, until the queue goes on.
 */
restored: string | null, 
/**
 * That failures pile up, as a sentence.
 */
alarm: string | null, 
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
description: string, };

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
 * Why it cannot be used, as a sentence.
 */
problem: string | null, 
/**
 * How to get it here.
 */
install: string | null, };
