/** The heads of the failed list: what happened to how many. */

import type { FailureCode } from "../backend/types";

type Words = [one: string, many: string];

const CAUSES: Record<FailureCode, Words> = {
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
