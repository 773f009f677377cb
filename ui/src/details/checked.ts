import type { Checked, Row } from "../backend/types";
import { count, playtime } from "../shared/format";

/** What was checked of a result, in a line: only what was measured. */
export function checked(of: Checked): string {
  const facts = [
    `${count(of.streams, "stream", "streams")} as planned`,
    of.seconds === null ? "" : `${playtime(of.seconds)} long`,
    of.pictures === null ? "" : pictures(of.pictures.found, of.pictures.expected),
    of.places === null ? { original: "original decoded", result: "result decoded", some: "" }[of.decoded] : `${of.compared ? "packets compared, " : ""}decoded at ${count(of.places, "place", "places")}`,
  ];
  return facts.filter(Boolean).join(", ");
}

function pictures(found: number, expected: number | null): string {
  const number = (n: number) => n.toLocaleString("en");
  return expected === null || expected === found ? `${number(found)} pictures` : `${number(found)} of ${number(expected)} pictures`;
}

/** A result without a record: an earlier version checked it and kept nothing of that. */
export function earlier(row: Row): boolean {
  return row.state === "done" && !row.verified && !row.kept;
}
