/**
 * Short texts of remarks on results, for the state column. The details show the full sentence, which is `message`. The type
 * checker ensures that the table has an entry for every kind of remark.
 */
import type { Remark, RemarkShown } from "../backend/types";
import { playtime } from "../shared/format";

/** A remark of one kind, with its values. */
type Of<Kind extends Remark["kind"]> = Extract<Remark, { kind: Kind }>;

/** The content of the column: a short text, the full sentence (`message`), or nothing for a remark that is no warning. */
type Words<Kind extends Remark["kind"]> = ((remark: Of<Kind>) => string) | "message" | "nothing";

const words: { [Kind in Remark["kind"]]: Words<Kind> } = {
  partial: (r) => `Partial: ${r.reckoned ? "about " : ""}${part(r.readableSeconds, r.wholeSeconds)}`,
  damaged_spots: (r) => (r.count === 1 ? "1 damaged spot" : `${r.atLeast ? "More than " : ""}${r.count} damaged spots`),
  incomplete: "message",
  end_may_be_missing: "message",
  second_recording: "message",
  other_speed: "message",
  parts_joined: "message",
  assumed_rate: "message",
  sound_times_damaged: "message",
  late_keyframe: "message",
  hdr_in_eight_bits: "message",
  dolby_vision_undeclared: "message",
  dolby_vision_left_out: "message",
  hdr10_plus_left_out: "message",
  hdr_vivid_left_out: "message",
  outlasts: "message",
  chapters_beyond_end: "message",
  empty_track: "message",
  size_changes: "message",
  sound_changes: "message",
  differs: "message",
  telemetry_left_out: "message",
  telemetry_beyond_end: "message",
  telemetry_incomplete: "message",
  within_limit: "message",
  single_channels: "message",
  sound_missing: "message",
  code_page: "message",
  captions_moved: "message",
  captions_lost: "message",
  captions_damaged: "message",
  pictures_back_in_time: "message",
  pictures_at_one_time: "message",
  bigger: "nothing",
  original_kept: "message",
  hardware_failed: "message",
  encoded_again: "message",
  not_copied: "message",
  overlapping_lines: "message",
  own_result: "message",
  name_refused: "message",
  text: "message",
};

function part(seconds: number, whole: number): string {
  return `${playtime(seconds)} of ${playtime(whole)}`;
}

/** Returns the remarks that are shown as warnings. */
export function notable(row: { said: RemarkShown[] }): RemarkShown[] {
  return row.said.filter((remark) => words[remark.kind] !== "nothing");
}

/** Returns a remark as a short text without a full stop. */
export function brief(remark: RemarkShown): string {
  return shortText(remark) ?? (remark.message.endsWith(".") ? remark.message.slice(0, -1) : remark.message);
}

function shortText<Kind extends Remark["kind"]>(remark: Of<Kind> & { kind: Kind }): string | undefined {
  const text = words[remark.kind];
  return typeof text === "function" ? text(remark) : undefined;
}
