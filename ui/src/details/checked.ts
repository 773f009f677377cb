import type { Checked, Row } from "../backend/types";
import { count, playtime } from "../shared/format";

/** Returns one line that lists what was checked of a result: measured facts only. */
export function checked(record: Checked): string {
  const facts = [
    `${count(record.streams, "stream", "streams")} as planned`,
    record.seconds === null ? "" : `${playtime(record.seconds)} long`,
    record.pictures === null ? "" : frames(record.pictures.found, record.pictures.expected),
    record.places === null ? { original: "original decoded", result: "result decoded", some: "" }[record.decoded] : `${record.compared ? "packets compared, " : ""}decoded at ${count(record.places, "place", "places")}`,
  ];
  return facts.filter(Boolean).join(", ");
}

function frames(found: number, expected: number | null): string {
  const number = (n: number) => n.toLocaleString("en");
  return expected === null || expected === found ? `${number(found)} pictures` : `${number(found)} of ${number(expected)} pictures`;
}

/** Checks whether an earlier version verified this result: earlier versions stored no record of their checks. */
export function checkedByEarlierVersion(row: Row): boolean {
  return row.state === "done" && !row.verified && !row.kept;
}
