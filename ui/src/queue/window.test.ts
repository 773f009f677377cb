import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import App from "../App.svelte";
import { fake, notice, row, textFailure, type Fake } from "../backend/fake";
import type { FailureCode } from "../backend/types";
import type { Live } from "../backend/types";

/** Opens the page on a fake queue, with a list 600 pixels high. */
function open(backend: Fake) {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  render(App, { backend });
  return userEvent.setup();
}

const rows = () => screen.findAllByRole("row");
const live = (id: number, percent: number): Live => ({ id, percent, speed: 2, etaSeconds: 60, bytes: 1000, doneUs: 1_000_000 });

test("an empty queue shows how to add videos", async () => {
  const backend = fake();
  const user = open(backend);
  expect(await screen.findByText("Drop videos or folders here")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Add files…" }));
  expect(backend.calls).toContainEqual(["add", false]);
});

test("without ffmpeg the page shows how to install it", async () => {
  open(fake([], ""));
  expect(await screen.findByText("sudo apt install ffmpeg")).toBeTruthy();
});

test("at most 60 of 100,000 rows are in the page", async () => {
  open(fake(Array.from({ length: 100_000 }, (_, n) => row(n + 1, { place: n + 1 }))));
  expect((await rows()).length).toBeLessThanOrEqual(60);
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100000");
});

test("progress changes one row only", async () => {
  const backend = fake([1, 2, 3].map((id) => row(id, { state: "running", live: live(id, 10) })));
  open(backend);
  const all = await rows();
  const touched = new Set<Element>();
  const observer = new MutationObserver((records) => {
    for (const record of records) touched.add(all.find((r) => r.contains(record.target)) ?? document.body);
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  backend.tell({ live: [live(2, 57.3)] });
  await screen.findByText("57 %");
  observer.disconnect();
  expect([...touched].map((r) => r.id)).toEqual(["job-2"]);
});

test("a failed row shows its reason and can be retried", async () => {
  const why = textFailure("not_media", "It is not a video.", "Check it.");
  const backend = fake([row(7, { state: "failed", attempt: 1, finishedAt: 0, why })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  const failed = within(await waitFor(() => document.getElementById("job-7") as HTMLElement));
  expect(failed.getByText("It is not a video")).toBeTruthy();
  await user.click(failed.getByRole("button", { name: "Retry" }));
  expect(backend.calls).toContainEqual(["applyCommand", "retry", [7]]);
});

test("failed rows are grouped by cause, two of each until expanded", async () => {
  const why = (code: FailureCode) => textFailure(code, "It broke.", "Fix it.");
  const cut = [1, 2, 3].map((id) => row(id, { state: "failed", why: why("source_truncated") }));
  const backend = fake([...cut, row(4, { state: "failed", why: why("not_media") })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  expect(await screen.findByText("3 recordings are cut short")).toBeTruthy();
  expect(document.getElementById("job-3")).toBeNull();
  await user.click(screen.getByRole("button", { name: /^Show all 3/ }));
  await waitFor(() => expect(document.getElementById("job-3")).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}");
  expect(screen.getAllByRole("row", { selected: true }).map((r) => r.id)).toEqual(["job-4"]);
  await user.click(screen.getByRole("button", { name: /^Retry 3/ }));
  expect(backend.calls).toContainEqual(["applyToCause", "retry", "source_truncated"]);
});

test("discarding all failed jobs asks for confirmation, and keeps a job that was retried meanwhile", async () => {
  const backend = fake([1, 2].map((id) => row(id, { state: "failed" })));
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(await screen.findByRole("button", { name: "Discard all…" }));
  const discard = await screen.findByRole("button", { name: "Discard 2" });
  const retried = backend.rows.find((r) => r.id === 2);
  if (retried) retried.state = "queued";
  await user.click(discard);
  await waitFor(() => expect(backend.calls).toContainEqual(["applyCommand", "remove", [1]]));
  expect(await screen.findByText("Nothing has failed")).toBeTruthy();
});

test("the alarm is shown above the failed list until it is dismissed", async () => {
  const backend = fake([row(1, { state: "failed" })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await rows();
  backend.alarm = { kind: "lately", failed: 3, minutes: 10, volume: null };
  backend.touch();
  await user.click(await screen.findByRole("button", { name: "Pause the queue" }));
  expect(backend.calls).toContainEqual(["pause", true]);
  // Once no more videos may fail, there is nothing to pause.
  backend.mayFail = false;
  backend.touch();
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  backend.mayFail = true;
  backend.touch();
  await user.click(await screen.findByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("alert")).toBeNull();
  // A new alarm is shown even if its text is the same.
  const same = backend.alarm;
  backend.alarm = null;
  backend.touch();
  backend.alarm = same;
  backend.touch();
  expect(await screen.findByRole("alert")).toBeTruthy();
});

test("the keyboard moves the focus, selects rows and runs actions", async () => {
  const backend = fake([1, 2, 3, 4].map((id) => row(id, { place: id })));
  const user = open(backend);
  await rows();
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}");
  expect(screen.getAllByRole("row", { selected: true }).map((r) => r.id)).toEqual(["job-2", "job-3"]);
  await user.keyboard(" ");
  expect(backend.calls).toContainEqual(["applyCommand", "hold", [2, 3]]);
  await user.keyboard("{Delete}");
  expect(await screen.findByText("2 videos removed from the list.")).toBeTruthy();
  await user.keyboard("{Control>}z{/Control}");
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  await user.keyboard("{Delete}");
  expect(backend.calls).not.toContainEqual(["applyCommand", "remove", [2, 3]]);
  await user.click(await screen.findByRole("button", { name: "Close" }));
  expect(backend.calls).toContainEqual(["applyCommand", "remove", [2, 3]]);
  await waitFor(() => expect(screen.getAllByRole("row").length).toBe(2));
  expect(screen.getByRole("row", { selected: true }).id).toBe("job-4");
});

test("a drop sends its token and the current preset, and the overlay disappears", async () => {
  const backend = fake();
  open(backend);
  await screen.findByText("Drop videos or folders here");
  backend.tell({ drag: { files: 12, folders: 1, x: 5, y: 5 } });
  expect(await screen.findByText("Drop 12 files and 1 folder")).toBeTruthy();
  backend.tell({ dragEnded: true, dropped: { token: 4, x: 5, y: 5 } });
  await waitFor(() => expect(backend.calls).toContainEqual(["dropHere", 4, "web-1080p"]));
  expect(document.querySelector(".overlay.shown")).toBeNull();
});

test("a notice shows what was added, and duplicates are marked in the list", async () => {
  const backend = fake([row(1), row(2)]);
  open(backend);
  await rows();
  backend.tell({ added: notice({ accepted: 1, duplicates: [2], duplicateCount: 1 }) });
  expect(await screen.findByText("1 video added.")).toBeTruthy();
  expect(within(document.getElementById("job-2") as HTMLElement).getByText("Already in the queue")).toBeTruthy();
});

test("a setting applies immediately, and a rejected one shows the reason", async () => {
  const backend = fake();
  const user = open(backend);
  await user.click(await screen.findByRole("button", { name: "Settings" }));
  await user.selectOptions(await screen.findByLabelText(/Videos at the same time/), "4");
  expect(backend.calls.at(-1)).toMatchObject(["saveSettings", { workers: 4, maxAttempts: 4 }]);
  backend.saveSettings = () => Promise.reject("The file name must contain {name}.");
  await user.clear(screen.getByLabelText(/File name/));
  await user.tab();
  expect((await screen.findByRole("alert")).textContent).toBe("The file name must contain {name}.");
});

test("closing the window with running jobs asks for confirmation", async () => {
  const backend = fake();
  const user = open(backend);
  await screen.findByText("Drop videos or folders here");
  backend.tell({ askClose: 2 });
  await user.click(await screen.findByRole("button", { name: "Keep working in the background" }));
  expect(backend.calls).toContainEqual(["close", "background"]);
});

test("the filter shows only matching names, and Show all clears it", async () => {
  const user = open(fake([row(1, { name: "Holiday.mov" }), row(2, { name: "wedding.mov" })]));
  await rows();
  await user.keyboard("/holi");
  await waitFor(() => expect(screen.getAllByRole("row").map((r) => r.id)).toEqual(["job-1"]));
  await user.keyboard("xyz");
  expect(await screen.findByText(/No name in Queue contains/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Show all" }));
  await waitFor(() => expect(screen.getAllByRole("row").length).toBe(2));
});

test("a video that was converted before can be shown or converted again", async () => {
  const backend = fake([row(9, { state: "done" })]);
  const user = open(backend);
  await screen.findByText("Drop videos or folders here");
  backend.tell({ added: notice({ doneBefore: 9, doneBeforeCount: 1, doneAt: new Date(2024, 4, 3).getTime() }) });
  expect(await screen.findByText(/It was already done on 3 May 2024/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Convert again" }));
  expect(backend.calls).toContainEqual(["addAgain"]);
  backend.tell({ added: notice({ doneBefore: 9, doneBeforeCount: 1 }) });
  await user.click(await screen.findByRole("button", { name: "Show" }));
  expect(await screen.findByRole("complementary", { name: "Details" })).toBeTruthy();
});

test("failed jobs can be retried with another preset, a single job or all with one cause", async () => {
  const why = textFailure("plan_refused", "It does not fit.", "Choose another preset.");
  const backend = fake([1, 2].map((id) => row(id, { state: "failed", why })));
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(await screen.findByRole("button", { name: /^Try another preset: / }));
  await user.selectOptions(screen.getByLabelText("Preset"), "remux-mp4");
  await user.click(screen.getByRole("button", { name: "Retry as Remux to MP4" }));
  expect(backend.calls).toContainEqual(["retryAs", [], "plan_refused", "remux-mp4"]);
  await user.pointer({ keys: "[MouseRight]", target: document.getElementById("job-2") as HTMLElement });
  await user.click(await screen.findByRole("menuitem", { name: /Try another preset/ }));
  await user.click(screen.getByRole("button", { name: /^Retry as/ }));
  expect(backend.calls.at(-1)).toEqual(["retryAs", [2], null, "remux-mp4"]);
});

test("the chosen theme is applied to the page", async () => {
  const backend = fake();
  const user = open(backend);
  await user.click(await screen.findByRole("button", { name: "Settings" }));
  await user.click(await screen.findByLabelText("Dark"));
  await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
});

test("a row shows its thumbnail, or an icon where it is missing or broken", async () => {
  open(fake([row(1, { thumb: true }), row(2)]));
  await rows();
  const picture = (id: number) => document.querySelector(`#job-${id} img`);
  expect(picture(1)?.getAttribute("src")).toBe("/thumbs/1.svg");
  expect(picture(2)).toBeNull();
  picture(1)?.dispatchEvent(new Event("error"));
  await waitFor(() => expect(picture(1)).toBeNull());
});

test("adding can be undone, and skipped files can be listed", async () => {
  const backend = fake([row(1)]);
  const user = open(backend);
  await rows();
  backend.tell({ added: notice({ accepted: 5, skipped: 3 }) });
  await user.click(await screen.findByRole("button", { name: "Show the 3 files" }));
  expect(await screen.findByText("/videos/notes.txt")).toBeTruthy();
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(backend.calls).toContainEqual(["undoAdd"]);
});

test("a notice about one skipped file refers to it", async () => {
  const backend = fake([row(1)]);
  const user = open(backend);
  await rows();
  backend.tell({ added: notice({ accepted: 1, skipped: 1 }) });
  await user.click(await screen.findByRole("button", { name: "Show it" }));
  expect(await screen.findByRole("dialog")).toBeTruthy();
});

test("the done list can be sorted, and is cleared after a confirmation", async () => {
  const done = (id: number, name: string, outputSize: number) => row(id, { name, state: "done", finishedAt: id * 1000, outputSize });
  const backend = fake([done(1, "b.mkv", 1), done(2, "c.mkv", 800_000_000), done(3, "a.mkv", 700_000_000)]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Done/ }));
  const shown = () => screen.getAllByRole("row").map((r) => r.id);
  await waitFor(() => expect(shown()).toEqual(["job-3", "job-2", "job-1"]));
  await user.selectOptions(screen.getByLabelText("Sort by"), "name");
  await waitFor(() => expect(shown()).toEqual(["job-3", "job-1", "job-2"]));
  await user.selectOptions(screen.getByLabelText("Sort by"), "saved");
  await waitFor(() => expect(shown()).toEqual(["job-1", "job-3", "job-2"]));
  await user.click(screen.getByRole("button", { name: "Clear list…" }));
  expect(await screen.findByText("Clear 3 videos from the list?")).toBeTruthy();
  // What ends while the question is shown stays in the list.
  backend.rows.push(done(4, "d.mkv", 1));
  backend.touch();
  await user.click(screen.getByRole("button", { name: "Clear 3" }));
  await waitFor(() => expect(backend.calls).toContainEqual(["applyCommand", "remove", [1, 2, 3]]));
  await waitFor(() => expect(shown()).toEqual(["job-4"]));
});

test("under a filter, the buttons of a list act on the videos that are shown", async () => {
  const names = ["a.mkv", "b.mkv", "c.mkv"];
  const backend = fake(names.map((name, n) => row(n + 1, { name, state: "failed" })));
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(screen.getByLabelText("Filter by name"));
  await user.keyboard("b.mkv");
  await user.click(await screen.findByRole("button", { name: "Discard 1…" }));
  expect(await screen.findByText("Discard 1 of 3 failed videos?")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(screen.getByRole("button", { name: "Retry 1" }));
  await waitFor(() => expect(backend.calls).toContainEqual(["applyCommand", "retry", [2]]));
});

test("all failed jobs can be retried together", async () => {
  const backend = fake([1, 2].map((id) => row(id, { state: "failed" })));
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(await screen.findByRole("button", { name: "Retry all 2" }));
  await waitFor(() => expect(backend.calls).toContainEqual(["applyCommand", "retry", [1, 2]]));
  expect(await screen.findByText("Nothing has failed")).toBeTruthy();
});

test("a list is not shown as empty before it is loaded", async () => {
  const backend = fake([row(1, { state: "failed" })]);
  const page = backend.page;
  let respond = () => {};
  backend.page = (wanted) => new Promise((resolve) => (respond = () => resolve(page(wanted))));
  open(backend);
  expect(await screen.findByRole("tab", { name: /Failed 1/ })).toBeTruthy();
  expect(screen.queryByText("Drop videos or folders here")).toBeNull();
  respond();
  expect(await screen.findByText("Drop videos or folders here")).toBeTruthy();
});

test("window shortcuts open each list, add files and show the shortcuts", async () => {
  const backend = fake([row(1), row(2, { state: "done" })]);
  const user = open(backend);
  await rows();
  await user.keyboard("{Control>}2{/Control}");
  await waitFor(() => expect(screen.getAllByRole("row").map((r) => r.id)).toEqual(["job-2"]));
  await user.keyboard("{Control>}3{/Control}");
  expect(await screen.findByText("Nothing has failed")).toBeTruthy();
  await user.keyboard("{Control>}1{/Control}");
  await waitFor(() => expect(screen.getAllByRole("row").map((r) => r.id)).toEqual(["job-1"]));
  await user.keyboard("{Meta>}o{/Meta}");
  expect(backend.calls).toContainEqual(["add", false]);
  await user.keyboard("?");
  expect(await screen.findByText("This table")).toBeTruthy();
  await user.keyboard("{Control>}2{/Control}");
  expect(screen.getByRole("tab", { name: /Queue/, selected: true })).toBeTruthy();
});

test("Escape closes the details wherever the focus is", async () => {
  const user = open(fake([row(1), row(2)]));
  await rows();
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await screen.findByRole("complementary", { name: "Details" })).toBeTruthy();
  screen.getByRole("grid").focus();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a paused job does not count as a busy worker", async () => {
  open(fake([row(1, { state: "running" }), row(2, { state: "running", hold: true })]));
  expect(await screen.findByText("1 of 3 workers busy")).toBeTruthy();
});

test("an unusable ffmpeg is distinguished from a missing one", async () => {
  const backend = fake([], "");
  const tools = await backend.tools();
  backend.tools = () => Promise.resolve({ ...tools, problem: textFailure("ffmpeg_broken", "/opt/ffmpeg is version 4.4; 5.1 or newer is needed.") });
  open(backend);
  expect(await screen.findByText("This ffmpeg cannot be used")).toBeTruthy();
  expect(screen.getByText(/is version 4.4/)).toBeTruthy();
});

test("with jobs in the queue, the warning about a missing ffmpeg opens its settings", async () => {
  const user = open(fake([row(1)], ""));
  await user.click(await screen.findByRole("button", { name: "ffmpeg is missing" }));
  expect(await screen.findByText("sudo apt install ffmpeg")).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.textContent).toMatch(/Choose/));
});

test("the size limit of results is set in the settings", async () => {
  const backend = fake();
  const user = open(backend);
  await user.click(await screen.findByRole("button", { name: "Settings" }));
  await user.selectOptions(await screen.findByLabelText(/^Largest result/), "10 MB");
  await waitFor(() => expect(backend.calls).toContainEqual(["saveSettings", expect.objectContaining({ fitSizeMb: 10 })]));
});

test("the settings focus their first control and keep the focus after a change", async () => {
  const user = open(fake());
  await user.click(await screen.findByRole("button", { name: "Settings" }));
  const first = await screen.findByLabelText(/Videos at the same time/);
  await waitFor(() => expect(document.activeElement).toBe(first));
  const awake = screen.getByRole("switch", { name: /Keep the computer awake/ });
  await user.click(awake);
  expect(document.activeElement).toBe(awake);
});

test("a menu button reports whether its menu is open", async () => {
  const user = open(fake([row(1, { place: 1 })]));
  await rows();
  const more = screen.getByRole("button", { name: "More" });
  expect([more.getAttribute("aria-haspopup"), more.getAttribute("aria-expanded")]).toEqual(["menu", "false"]);
  await user.click(more);
  expect(more.getAttribute("aria-expanded")).toBe("true");
});

test("attempts show how they ended, and their command can be copied", async () => {
  const why = textFailure("out_of_memory", "The system ended ffmpeg to free memory.", "");
  const backend = fake([row(1, { state: "failed", attempt: 1, why, startedAt: 0, finishedAt: 41_000 })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await user.click(await screen.findByRole("button", { name: "Details" }));
  const details = within(await screen.findByRole("complementary"));
  expect(await details.findByText("The system ended ffmpeg to free memory")).toBeTruthy();
  expect(details.getByText("Exit 1, after 41 s")).toBeTruthy();
  await user.click(details.getByRole("button", { name: "Copy" }));
  expect(await navigator.clipboard.readText()).toContain("ffmpeg -i /videos");
  expect(await details.findByRole("button", { name: "Copied" })).toBeTruthy();
});
