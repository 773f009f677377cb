/** Tests of the list while it changes: focus and selection follow their jobs. */
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import App from "../App.svelte";
import { fake, row, textFailure, type Fake } from "../backend/fake";
import type { Row } from "../backend/types";

function open(backend: Fake) {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  render(App, { backend });
  return userEvent.setup();
}

const queued = (...ids: number[]) => ids.map((id) => row(id, { place: id }));
const job = (id: number) => document.getElementById(`job-${id}`);
const selected = () => screen.queryAllByRole("row", { selected: true }).map((r) => r.id);

/** Replaces the rows of the list and waits until it shows them. */
async function replaceRows(backend: Fake, rows: Row[]) {
  backend.rows = rows;
  backend.touch();
  await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe(String(rows.length)));
}

test("keys act on the selected job after it has moved", async () => {
  const backend = fake(queued(1, 2, 3, 4));
  const user = open(backend);
  await waitFor(() => expect(job(4)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  expect(selected()).toEqual(["job-3"]);
  await replaceRows(backend, queued(2, 3, 4));
  await user.keyboard(" ");
  expect(backend.calls).toContainEqual(["applyCommand", "hold", [3]]);
  await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
  expect(selected()).toEqual(["job-3", "job-4"]);
});

test("when the job of a focused button leaves, the list gets the focus", async () => {
  const running = (...ids: number[]) => ids.map((id) => row(id, { state: "running" }));
  const backend = fake(running(1, 2));
  const user = open(backend);
  await waitFor(() => expect(job(2)).toBeTruthy());
  const cancel = within(job(1) as HTMLElement).getByRole("button", { name: "Cancel" });
  cancel.focus();
  await replaceRows(backend, running(2));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
  await user.keyboard("{Enter}");
  expect(backend.calls.filter(([name]) => name === "applyCommand")).toEqual([]);
});

test("Delete cancels running jobs and removes others", async () => {
  const backend = fake([row(1, { state: "running" }), ...queued(2, 3)]);
  const user = open(backend);
  await waitFor(() => expect(job(3)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Delete}");
  expect(backend.calls).toContainEqual(["applyCommand", "cancel", [1]]);
  expect(await screen.findByText("2 videos removed from the list.")).toBeTruthy();
});

test("selection passes to the next job when one leaves a long list, and End reaches its last job", async () => {
  const all = Array.from({ length: 300 }, (_, n) => row(n + 1, { place: n + 1 }));
  const backend = fake(all);
  const user = open(backend);
  await waitFor(() => expect(job(2)).toBeTruthy());
  const grid = screen.getByRole("grid");
  grid.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(selected()).toEqual(["job-2"]);
  await replaceRows(backend, all.filter((r) => r.id !== 2));
  await waitFor(() => expect(selected()).toEqual(["job-3"]));
  await user.keyboard("{End}");
  grid.dispatchEvent(new Event("scroll"));
  await waitFor(() => expect(selected()).toEqual(["job-300"]));
});

test("select all and range selection include jobs that are not loaded", async () => {
  const backend = fake([row(1, { state: "running" }), ...queued(...Array.from({ length: 299 }, (_, n) => n + 2))]);
  const user = open(backend);
  await waitFor(() => expect(job(2)).toBeTruthy());
  const grid = screen.getByRole("grid");
  grid.focus();
  await user.keyboard("{ArrowDown}{Control>}a{/Control}");
  await user.keyboard("{Delete}");
  expect(backend.calls).toContainEqual(["applyCommand", "cancel", [1]]);
  expect(await screen.findByText("299 videos removed from the list.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  grid.focus();
  // The first job was cancelled and has left the list, so the range starts at the second of 299.
  await user.keyboard("{Home}{ArrowDown}{Shift>}{End}{/Shift}");
  grid.dispatchEvent(new Event("scroll"));
  await waitFor(() => expect(job(300)?.getAttribute("aria-selected")).toBe("true"));
  await user.keyboard(" ");
  const held = backend.calls.filter(([name, verb]) => name === "applyCommand" && verb === "hold");
  expect(held.map(([, , ids]) => (ids as number[]).length)).toEqual([298]);
});

const many = () => fake(queued(...Array.from({ length: 300 }, (_, n) => n + 1)));

test("an action skips selected jobs that have left the list", async () => {
  const backend = many();
  const user = open(backend);
  await waitFor(() => expect(job(2)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Control>}a{/Control}");
  const failed = backend.rows.map((r) => (r.id === 250 ? { ...r, state: "failed" as const } : r));
  await replaceRows(backend, failed.filter((r) => r.state !== "failed"));
  backend.rows = failed;
  await user.keyboard("{Delete}");
  expect(await screen.findByText("299 videos removed from the list.")).toBeTruthy();
});

test("a selection of 40,000 jobs is sent in few bytes, without deselected jobs and jobs added later", async () => {
  // Job 500 has failed and is retried later.
  const all = queued(...Array.from({ length: 40_000 }, (_, n) => n + 1).filter((id) => id !== 500));
  const backend = fake(all);
  const sentBytes: number[] = [];
  const { kinds, applyCommand } = backend;
  backend.kinds = (wanted, jobs) => {
    sentBytes.push(JSON.stringify(jobs.runs()).length);
    return kinds(wanted, jobs);
  };
  backend.applyCommand = (verb, jobs) => {
    sentBytes.push(JSON.stringify(jobs.runs()).length);
    return applyCommand(verb, jobs);
  };
  const user = open(backend);
  await waitFor(() => expect(job(3)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Control>}a{/Control}{Control>}");
  await user.click(job(2) as HTMLElement);
  await user.keyboard("{/Control}");
  await replaceRows(backend, [...queued(40_001, 500), ...all]);
  await waitFor(() => expect(job(40_001)).toBeTruthy());
  expect([40_001, 500, 1, 2, 3].map((id) => job(id)?.getAttribute("aria-selected"))).toEqual(["false", "false", "true", "false", "true"]);
  await user.click(within(job(1) as HTMLElement).getByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Remove/ }));
  expect(await screen.findByText("39,998 videos removed from the list.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Close" }));
  const removed = backend.calls.find(([name, verb]) => name === "applyCommand" && verb === "remove")?.[2] as number[];
  expect(removed.length).toBe(39_998);
  expect([2, 500, 40_001].filter((id) => removed.includes(id))).toEqual([]);
  expect(Math.max(...sentBytes)).toBeLessThan(100);
  // Creating so many rows takes seconds on a busy machine.
}, 20_000);

test("an action during the selection of the whole list applies to all of it", async () => {
  const backend = many();
  const pick = backend.pick;
  let respond = () => {};
  const held = () => backend.calls.find(([name, verb]) => name === "applyCommand" && verb === "hold")?.[2] as number[] | undefined;
  backend.pick = async (wanted, ends) => {
    await new Promise<void>((resolve) => (respond = resolve));
    return pick(wanted, ends);
  };
  const user = open(backend);
  await waitFor(() => expect(job(3)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Control>}a{/Control}{Control>}");
  await user.click(job(2) as HTMLElement);
  await user.keyboard("{/Control}{ArrowUp}");
  respond();
  await new Promise((later) => setTimeout(later));
  expect(selected()).toEqual(["job-1"]);
  await user.keyboard("{Control>}a{/Control}{Control>}");
  await user.click(job(2) as HTMLElement);
  await user.click(job(3) as HTMLElement);
  await user.click(job(3) as HTMLElement);
  await user.keyboard("{/Control} ");
  expect(held()).toBeUndefined();
  respond();
  await waitFor(() => expect(held()?.length).toBe(299));
  expect(held()).not.toContain(2);
});

test("salvage is requested only for selected jobs that allow it", async () => {
  const why = textFailure("source_truncated", "It ends early.", "Copy it again.");
  const backend = fake([row(1, { state: "failed", cut: true, why }), row(2, { state: "failed", why })]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await waitFor(() => expect(job(2)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Control>}a{/Control}");
  await user.click(within(job(1) as HTMLElement).getByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Keep what can be read" }));
  expect(backend.calls).toContainEqual(["salvage", [1]]);
});

test("a button in the details acts on that job only", async () => {
  const why = textFailure("not_media", "It is not a video.", "Check it.");
  const failed = (id: number) => row(id, { state: "failed", attempt: 1, finishedAt: 0, why });
  const backend = fake([failed(1), failed(2)]);
  const user = open(backend);
  await user.click(await screen.findByRole("tab", { name: /Failed/ }));
  await waitFor(() => expect(job(2)).toBeTruthy());
  screen.getByRole("grid").focus();
  await user.keyboard("{Control>}a{/Control}{ArrowDown}{Control>}a{/Control}{Enter}");
  const panel = within(await screen.findByRole("complementary", { name: "Details" }));
  await user.click(await panel.findByRole("button", { name: "Retry" }));
  const retried = backend.calls.filter(([name, verb]) => name === "applyCommand" && verb === "retry");
  expect(retried.map(([, , ids]) => (ids as number[]).length)).toEqual([1]);
});

test("a list that changes faster than it loads is still updated", async () => {
  const backend = fake(queued(1));
  const page = backend.page;
  backend.page = async (wanted) => {
    await new Promise((later) => setTimeout(later, 30));
    return page(wanted);
  };
  open(backend);
  let n = 1;
  const changes = setInterval(() => {
    backend.rows = queued(...Array.from({ length: (n += 1) }, (_, i) => i + 1));
    backend.touch();
  }, 10);
  await waitFor(() => expect(screen.queryAllByRole("row").length).toBeGreaterThan(3));
  clearInterval(changes);
});

test("a restored queue is announced in every list, and so is a list that cannot be read", async () => {
  const backend = fake(queued(1));
  open(backend);
  await waitFor(() => expect(job(1)).toBeTruthy());
  backend.restored = { kind: "from_backup", added: 0, aside: "queue.db.damaged-1" };
  backend.touch();
  expect(await screen.findByText("The queue was damaged; its newest backup was restored")).toBeTruthy();
  backend.page = () => Promise.reject(new Error("The disk is full."));
  backend.touch();
  expect(await screen.findByText("Error: The disk is full.")).toBeTruthy();
});

test("scrolling within loaded pages sends no request", async () => {
  const backend = fake(queued(...Array.from({ length: 500 }, (_, n) => n + 1)));
  const page = backend.page;
  let requested: number[] = [];
  backend.page = (wanted) => {
    requested.push(wanted.offset);
    return page(wanted);
  };
  open(backend);
  await waitFor(() => expect(job(1)).toBeTruthy());
  requested = [];
  const to = (place: number) => {
    screen.getByRole("grid").scrollTop = place * 56;
    screen.getByRole("grid").dispatchEvent(new Event("scroll"));
  };
  for (const place of [1, 10, 20]) {
    to(place);
    await waitFor(() => expect(job(place + 8)).toBeTruthy());
  }
  expect(requested).toEqual([]);
  to(60);
  await waitFor(() => expect(job(65)).toBeTruthy());
  expect(requested).toEqual([50]);
});
