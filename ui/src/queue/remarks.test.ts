import { expect, test } from "vitest";
import { remark } from "../backend/fake";
import type { Remark } from "../backend/types";
import { brief, notable } from "./remarks";

test("the column shows the short text of a remark, or its sentence if there is none", () => {
  const short = (fact: Remark) => brief(remark(fact, "A whole sentence."));
  const partial = (reckoned: boolean) => short({ kind: "partial", readableSeconds: 4, wholeSeconds: 3730, reckoned, gaps: [] });
  expect([partial(false), partial(true)]).toEqual(["Partial: 0:04 of 1:02:10", "Partial: about 0:04 of 1:02:10"]);
  const spots = (count: number, atLeast: boolean) => short({ kind: "damaged_spots", count, atLeast });
  expect([spots(1, false), spots(4, false), spots(50, true)]).toEqual(["1 damaged spot", "4 damaged spots", "More than 50 damaged spots"]);
  expect(short({ kind: "encoded_again" })).toBe("A whole sentence");
});

test("a remark stored as text is a warning, and a bigger result is not", () => {
  const old = remark({ kind: "text", text: "It was odd." });
  const grown = remark({ kind: "bigger", sourceBytes: 4, resultBytes: 5 });
  expect(notable({ said: [grown, old] })).toEqual([old]);
  expect(brief(old)).toBe("It was odd");
});
