import { expect, test } from "vitest";
import { remark, row, textFailure, type Change } from "../backend/fake";
import type { FailureCode } from "../backend/types";
import { detailsButtons, buttons, byKey, menu } from "./actions";

const labels = (change: Change) => buttons(row(1, change)).map((action) => action.label);
const why = (code: FailureCode) => textFailure(code, "");

test("each state has its buttons", () => {
  expect(labels({ state: "running" })).toEqual(["Pause", "Cancel"]);
  expect(labels({ state: "running", hold: true })).toEqual(["Resume", "Cancel"]);
  expect(labels({ place: 2 })).toEqual(["Move to top"]);
  expect(labels({ hold: true })).toEqual(["Release"]);
  expect(labels({ runAt: 5 })).toEqual(["Retry now"]);
  expect(labels({ state: "waiting" })).toEqual(["Check now"]);
  expect(labels({ state: "done" })).toEqual(["Open", "Show in folder"]);
  expect(labels({ state: "failed", why: why("not_media") })).toEqual(["Retry", "Details"]);
  expect(labels({ state: "cancelled" })).toEqual(["Retry", "Remove"]);
});

test("a result with warnings has a Details button; a bigger result does not", () => {
  expect(labels({ state: "done", said: [remark()] })).toEqual(["Details", "Show in folder"]);
  expect(labels({ state: "done", said: [remark({ kind: "bigger", sourceBytes: 100, resultBytes: 112 })] })).toEqual(["Open", "Show in folder"]);
});

test("a job that does not fit its preset offers another preset, and R still retries", () => {
  const refused = row(1, { state: "failed", why: why("plan_refused") });
  expect(buttons(refused).map((a) => a.label)).toEqual(["Try another preset…", "Details"]);
  expect(byKey(refused, "r")).toBe("retry");
});

test("a job with a truncated video offers to keep the readable part", () => {
  const cut = menu(row(1, { state: "failed", cut: true, why: why("source_truncated") }));
  expect(cut[1]?.map((a) => a.label)).toEqual(["Keep what can be read", "Try another preset…"]);
  const below = detailsButtons(row(1, { state: "failed", cut: true, why: why("source_truncated") }));
  expect(below.map((a) => a.label)).toEqual(["Retry", "Keep what can be read"]);
});

test("the details have the buttons of the row, except Details", () => {
  expect(detailsButtons(row(1, { state: "failed" })).map((a) => a.label)).toEqual(["Retry"]);
  expect(detailsButtons(row(1, { state: "done", said: [remark()] })).map((a) => a.label)).toEqual(["Open", "Show in folder"]);
});

test("the menu of a queued job has only the actions available for it", () => {
  const groups = menu(row(1, { place: 2 })).map((group) => group.map((a) => a.label));
  expect(groups).toEqual([["Move to top", "Move up", "Move down"], ["Put on hold", "Details"], ["Remove"]]);
});
