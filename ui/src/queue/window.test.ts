import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import App from "../App.svelte";
import { fake, notice, row, type Fake } from "../backend/fake";
import type { Live } from "../backend/types";

/** The page on a fake queue, 600 pixels of list in view. */
function open(backend: Fake) {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  render(App, { backend });
  return userEvent.setup();
}

const rows = () => screen.findAllByRole("row");
const live = (id: number, percent: number): Live => ({ id, percent, speed: 2, etaSeconds: 60, bytes: 1000, doneSeconds: 1 });

test("an empty queue says what to do", async () => {
  const backend = fake();
  const user = open(backend);
  expect(await screen.findByText("Drop videos or folders here")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Add files…" }));
  expect(backend.calls).toContainEqual(["add", false]);
});

test("without ffmpeg the page says how to get it", async () => {
  open(fake([], ""));
  expect(await screen.findByText("sudo apt install ffmpeg")).toBeTruthy();
});

test("of 100,000 rows at most 60 are in the page", async () => {
  open(fake(Array.from({ length: 100_000 }, (_, n) => row(n + 1, { place: n + 1 }))));
  expect((await rows()).length).toBeLessThanOrEqual(60);
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100000");
});

test("progress touches one row", async () => {
  const backend = fake([1, 2, 3].map((id) => row(id, { state: "running", live: live(id, 10) })));
  open(backend);
  const all = await rows();
  const touched = new Set<Element>();
  const watcher = new MutationObserver((records) => {
    for (const record of records) touched.add(all.find((r) => r.contains(record.target)) ?? document.body);
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  backend.tell({ live: [live(2, 57.3)] });
  await screen.findByText("57 %");
  watcher.disconnect();
  expect([...touched].map((r) => r.id)).toEqual(["job-2"]);
});

test("a failed row has its reason, Retry and Details", async () => {
  const why = { code: "not_media", message: "It is not a video.", nextStep: "Check it." };
  const backend = fake([row(7, { state: "failed", attempt: 1, finishedAt: 0, why })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  const failed = within(await waitFor(() => document.getElementById("job-7") as HTMLElement));
  expect(failed.getByText("It is not a video.")).toBeTruthy();
  await user.click(failed.getByRole("button", { name: "Retry" }));
  expect(backend.calls).toContainEqual(["steer", "retry", [7]]);
});

test("failed rows stand below their cause, two of them until all are wanted", async () => {
  const why = (code: string) => ({ code, message: "It broke.", nextStep: "Mend it." });
  const cut = [1, 2, 3].map((id) => row(id, { state: "failed", why: why("source_truncated") }));
  const backend = fake([...cut, row(4, { state: "failed", why: why("not_media") })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  expect(await screen.findByText("3 recordings are cut short")).toBeTruthy();
  expect(document.getElementById("job-3")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show all 3" }));
  await waitFor(() => expect(document.getElementById("job-3")).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}");
  expect(screen.getAllByRole("row", { selected: true }).map((r) => r.id)).toEqual(["job-4"]);
  await user.click(screen.getByRole("button", { name: "Retry 3" }));
  expect(backend.calls).toContainEqual(["steerCause", "retry", "source_truncated"]);
});

test("discarding all failed videos asks first", async () => {
  const backend = fake([1, 2].map((id) => row(id, { state: "failed" })));
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(await screen.findByRole("button", { name: "Discard all…" }));
  expect(backend.rows.length).toBe(2);
  await user.click(screen.getByRole("button", { name: "Discard 2" }));
  expect(await screen.findByText("Nothing has failed")).toBeTruthy();
});

test("the alarm stands above the failed list until it is dismissed", async () => {
  const backend = fake([row(1, { state: "failed" })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await rows();
  backend.alarm = "Failures pile up: 3 in the failed list. Look at their reasons.";
  backend.touch();
  await user.click(await screen.findByRole("button", { name: "Pause the queue" }));
  expect(backend.calls).toContainEqual(["pause", true]);
  await user.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("the keyboard moves, selects and acts", async () => {
  const backend = fake([1, 2, 3, 4].map((id) => row(id, { place: id })));
  const user = open(backend);
  await rows();
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}");
  expect(screen.getAllByRole("row", { selected: true }).map((r) => r.id)).toEqual(["job-2", "job-3"]);
  await user.keyboard(" ");
  expect(backend.calls).toContainEqual(["steer", "hold", [2, 3]]);
  await user.keyboard("{Delete}");
  expect(await screen.findByText("2 videos removed from the list.")).toBeTruthy();
  await user.keyboard("{Control>}z{/Control}");
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  await user.keyboard("{Delete}");
  expect(backend.calls).not.toContainEqual(["steer", "remove", [2, 3]]);
  await user.click(await screen.findByRole("button", { name: "Close" }));
  expect(backend.calls).toContainEqual(["steer", "remove", [2, 3]]);
  await waitFor(() => expect(screen.getAllByRole("row").length).toBe(2));
  expect(screen.getByRole("row", { selected: true }).id).toBe("job-4");
});

test("a drop is answered with its token and the current preset, and the overlay goes", async () => {
  const backend = fake();
  open(backend);
  await screen.findByText("Drop videos or folders here");
  backend.tell({ drag: { files: 12, folders: 1, x: 5, y: 5 } });
  expect(await screen.findByText("Drop 12 files and 1 folder")).toBeTruthy();
  backend.tell({ dragEnded: true, dropped: { token: 4, x: 5, y: 5 } });
  await waitFor(() => expect(backend.calls).toContainEqual(["dropHere", 4, "web-1080p"]));
  expect(document.querySelector(".overlay.shown")).toBeNull();
});

test("what was added is told, and what was there already is shown", async () => {
  const backend = fake([row(1), row(2)]);
  open(backend);
  await rows();
  backend.tell({ added: notice({ accepted: 1, duplicates: [2], duplicateCount: 1 }) });
  expect(await screen.findByText("1 video added.")).toBeTruthy();
  expect(within(document.getElementById("job-2") as HTMLElement).getByText("Already in the queue")).toBeTruthy();
});

test("a setting counts at once, and a refused one says why", async () => {
  const backend = fake();
  const user = open(backend);
  await user.click(await screen.findByRole("button", { name: "Settings" }));
  await user.selectOptions(await screen.findByLabelText(/Videos at the same time/), "4");
  expect(backend.calls.at(-1)).toMatchObject(["settle", { workers: 4, maxAttempts: 4 }]);
  backend.settle = () => Promise.reject("The file name must contain {name}.");
  await user.clear(screen.getByLabelText(/File name/));
  await user.tab();
  expect((await screen.findByRole("alert")).textContent).toBe("The file name must contain {name}.");
});

test("closing with running videos asks", async () => {
  const backend = fake();
  const user = open(backend);
  await screen.findByText("Drop videos or folders here");
  backend.tell({ askClose: 2 });
  await user.click(await screen.findByRole("button", { name: "Keep working in the background" }));
  expect(backend.calls).toContainEqual(["close", "background"]);
});
