// Made from src-tauri/app/src/view.rs by `./dev types`. Do not edit.

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
 * Width as a player shows it, in pixels.
 */
width: number, 
/**
 * Height likewise.
 */
height: number, 
/**
 * Codec of the picture, as people write it: `H.264`, `HEVC`.
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
 * Length in seconds.
 */
seconds: number | null, };

export type Progress = { 
/**
 * 0-99, of all the work on the result; absent while the duration is unknown.
 */
percent: number | null, 
/**
 * Seconds of video per second.
 */
speed: number | null, 
/**
 * Frames per second being encoded.
 */
fps: number | null, 
/**
 * Seconds left at the present speed.
 */
etaSeconds: number | null, 
/**
 * Bytes of the result written so far.
 */
bytes: number | null, 
/**
 * The share of the result that these bytes are, in percent: work that writes nothing of it counts only in
 * `percent`.
 */
written: number | null, 
/**
 * Microseconds of the video done.
 */
doneUs: number, 
/**
 * Its process stands still: it was paused, or waits for a free worker to go on.
 */
suspended?: boolean, };

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
failure: Why | null, warnings: Array<string>, 
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
failure: Why | null, warnings: Array<string>, 
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
code: string, 
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
