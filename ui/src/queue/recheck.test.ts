/** Checking results again: from the row and the strip, progress, outcome, and what to do about a wrong result. */
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import App from "../App.svelte";
import { fake, row, type Fake } from "../backend/fake";
import type { Row } from "../backend/types";
import { menu } from "./actions";
import { cell, checking, rechecked } from "./words";

const lost: Row["check"] = { found: "wrong", message: "Track 2 (sound, AAC, ger) is missing in the result.", at: 0 };
const done = (id: number, check: Row["check"] = null) => row(id, { state: "done", outputSize: 1000, check });

async function open(backend: Fake) {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  render(App, { backend });
  const user = userEvent.setup();
  await user.click(await screen.findByRole("tab", { name: /Done/ }));
  await waitFor(() => expect(job(1)).toBeTruthy());
  return user;
}

const job = (id: number) => document.getElementById(`job-${id}`) as HTMLElement;

test("the menu checks the selected jobs again, except those without a result", async () => {
  const backend = fake([done(1), done(2), row(3, { state: "done", kept: true }), row(4, { state: "cancelled" })]);
  const user = await open(backend);
  screen.getByRole("grid").focus();
  await user.keyboard("{Control>}a{/Control}");
  await user.pointer({ keys: "[MouseRight]", target: job(1) });
  await user.click(await screen.findByRole("menuitem", { name: "Check again" }));
  await waitFor(() => expect(backend.calls).toContainEqual(["checkAgain", [1, 2]]));
});

test("the strip checks all results again, with progress and a Stop button", async () => {
  const backend = fake([done(1), done(2)]);
  const user = await open(backend);
  await user.click(await screen.findByRole("button", { name: "Check all again" }));
  expect(backend.calls).toContainEqual(["checkAgain", null]);
  expect(await screen.findByText("Checking 1 of 2")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Check all again" })).toBeNull();
  backend.checking = { n: 2, of: 2, waits: true };
  backend.touch();
  expect(await screen.findByText("Checking 2 of 2, waiting for the queue")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(backend.calls).toContainEqual(["stopChecking"]);
  await waitFor(() => expect(screen.queryByText(/^CheckProgress/)).toBeNull());
});

test("a wrong result shows its fault, is not shown as verified, and can be converted again", async () => {
  const backend = fake([done(1, lost), done(2, { found: "right", message: "", at: 0 })]);
  const user = await open(backend);
  const wrong = within(job(1));
  expect(wrong.getAllByText("Result is wrong").length).toBeGreaterThan(0);
  expect(wrong.queryByText("Verified")).toBeNull();
  expect(within(job(2)).getAllByText("Verified").length).toBeGreaterThan(0);
  await user.dblClick(job(1));
  const panel = within(await screen.findByRole("complementary", { name: "Details" }));
  expect(await panel.findByText(lost.message)).toBeTruthy();
  expect(panel.queryByText("Verified")).toBeNull();
  await user.click(panel.getByRole("button", { name: "Convert again" }));
  expect(backend.calls).toContainEqual(["doAgain", [1]]);
});

test("the outcome is shown after the last check", async () => {
  const backend = fake([done(1)]);
  await open(backend);
  backend.tell({ checked: { right: 117, wrong: 3, notChecked: 2 } });
  expect(await screen.findByText("3 results are wrong.")).toBeTruthy();
  expect(screen.getByText(/120 results checked\. 2 results could not be checked\./)).toBeTruthy();
});

test("texts and actions of checked results", () => {
  expect(cell(done(1, lost), undefined, 0)).toMatchObject({ icon: "warning", first: "Result is wrong", second: "Track 2 (sound, AAC, ger) is missing in the result" });
  expect(checking({ n: 0, of: 1200, waits: false })).toBe("Checking 1 of 1,200");
  expect(rechecked({ right: 1, wrong: 0, notChecked: 0 })).toEqual(["Nothing wrong was found.", "1 result checked."]);
  expect(rechecked({ right: 0, wrong: 0, notChecked: 1 })).toEqual(["Nothing was checked.", "1 result could not be checked."]);
  const names = (r: Parameters<typeof menu>[0]) => menu(r).flat().map((a) => a.name);
  expect(names(done(1, lost))).toEqual(["again", "details", "open", "showInFolder", "check", "remove"]);
  expect(names(done(1))).toEqual(["open", "showInFolder", "details", "check", "remove"]);
  expect(names(row(1, { state: "done", kept: true }))).not.toContain("check");
});
