import { expect, test } from "vitest";
import { Numbers } from "./numbers";

const of = (...numbers: number[]) => Numbers.of(numbers);

test("numbers are sorted, unique and exchanged as runs", () => {
  const numbers = of(7, 1, 2, 3, 2, 9);
  expect([...numbers]).toEqual([1, 2, 3, 7, 9]);
  expect(numbers.size).toBe(5);
  expect(numbers.runs()).toEqual([1, 3, 3, 1, 1, 1]);
  expect([...Numbers.read(numbers.runs())]).toEqual([...numbers]);
  expect([0, 1, 3, 4, 6, 7, 8, 9, 10].filter((n) => numbers.has(n))).toEqual([1, 3, 7, 9]);
  expect([Numbers.none.size, Numbers.none.has(0), Numbers.none.runs()]).toEqual([0, false, []]);
});

test("union and difference match those of plain sets", () => {
  // Every pair of subsets of six numbers.
  const subsets = Array.from({ length: 64 }, (_, bits) => [1, 2, 3, 4, 5, 6].filter((n) => bits & (1 << n >> 1)));
  for (const a of subsets) {
    for (const b of subsets) {
      expect([...of(...a).with(of(...b))]).toEqual([...new Set([...a, ...b])].sort());
      expect([...of(...a).without(of(...b))]).toEqual(a.filter((n) => !b.includes(n)));
    }
  }
});

test("100,000 numbers take few bytes", () => {
  const all = Numbers.of(Array.from({ length: 100_000 }, (_, n) => n + 1));
  expect(JSON.stringify(all.without(of(5, 70_000)).runs())).toBe("[1,4,1,69994,1,30000]");
});
