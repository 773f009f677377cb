import { expect, test } from "vitest";
import { remark } from "../backend/fake";
import type { Remark } from "../backend/types";
import { brief, remarkable } from "./remarks";

test("a column has the few words of a remark, and its sentence where there are none", () => {
  const short = (fact: Remark) => brief(remark(fact, "A whole sentence."));
  const partial = (reckoned: boolean) => short({ kind: "partial", readableSeconds: 4, wholeSeconds: 3730, reckoned, gaps: [] });
  expect([partial(false), partial(true)]).toEqual(["Partial: 0:04 of 1:02:10", "Partial: about 0:04 of 1:02:10"]);
  const spots = (count: number, atLeast: boolean) => short({ kind: "damaged_spots", count, atLeast });
  expect([spots(1, false), spots(4, false), spots(50, true)]).toEqual(["1 damaged spot", "4 damaged spots", "More than 50 damaged spots"]);
  expect(short({ kind: "encoded_again" })).toBe("A whole sentence");
});

test("what an earlier version stored as a sentence is shown, and a result that has grown is no warning", () => {
  const old = remark({ kind: "text", text: "It was odd." });
  const grown = remark({ kind: "bigger", sourceBytes: 4, resultBytes: 5 });
  expect(remarkable({ said: [grown, old] })).toEqual([old]);
  expect(brief(old)).toBe("It was odd");
});
