import { expect, test } from "vitest";
import { remark, row, type Change, textFailure as saying } from "../backend/fake";
import type { FailureCode } from "../backend/types";
import { detailsButtons, buttons, byKey, menu } from "./actions";

const labels = (change: Change) => buttons(row(1, change)).map((action) => action.label);
const why = (code: FailureCode) => saying(code, "");

test("each state has the buttons that fit it", () => {
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

test("a result with warnings offers its details; one that has grown is a result like others", () => {
  expect(labels({ state: "done", said: [remark()] })).toEqual(["Details", "Show in folder"]);
  expect(labels({ state: "done", said: [remark({ kind: "bigger", sourceBytes: 100, resultBytes: 112 })] })).toEqual(["Open", "Show in folder"]);
});

test("where a video does not fit its preset, another is what helps, and R still tries the same again", () => {
  const refused = row(1, { state: "failed", why: why("plan_refused") });
  expect(buttons(refused).map((a) => a.label)).toEqual(["Try another preset…", "Details"]);
  expect(byKey(refused, "r")).toBe("retry");
});

test("of a video that ends too early, what can be read may be kept", () => {
  const cut = menu(row(1, { state: "failed", cut: true, why: why("source_truncated") }));
  expect(cut[1]?.map((a) => a.label)).toEqual(["Keep what can be read", "Try another preset…"]);
  const below = detailsButtons(row(1, { state: "failed", cut: true, why: why("source_truncated") }));
  expect(below.map((a) => a.label)).toEqual(["Retry", "Keep what can be read"]);
});

test("the details offer what the row does, without themselves", () => {
  expect(detailsButtons(row(1, { state: "failed" })).map((a) => a.label)).toEqual(["Retry"]);
  expect(detailsButtons(row(1, { state: "done", said: [remark()] })).map((a) => a.label)).toEqual(["Open", "Show in folder"]);
});

test("the menu of a queued video is as short as it can be", () => {
  const groups = menu(row(1, { place: 2 })).map((group) => group.map((a) => a.label));
  expect(groups).toEqual([["Move to top", "Move up", "Move down"], ["Put on hold", "Details"], ["Remove"]]);
});
