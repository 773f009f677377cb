import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../App.svelte";
import { fake, row, type Fake } from "../backend/fake";

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

/** Opens a list of four jobs and focuses it. */
async function open() {
  const backend = fake([1, 2, 3, 4].map((id) => row(id, { place: id })));
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
  render(App, { backend });
  await waitFor(() => expect(document.getElementById("job-4")).toBeTruthy());
  screen.getByRole("grid").focus();
  const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
  return { backend, user };
}

const removed = (backend: Fake) => backend.calls.filter(([name, verb]) => name === "applyCommand" && verb === "remove").map(([, , ids]) => ids);

test("each removal can be undone for the same time", async () => {
  const { backend, user } = await open();
  await user.keyboard("{ArrowDown}{Delete}");
  await vi.advanceTimersByTimeAsync(7000);
  await user.keyboard("{ArrowDown}{Delete}");
  expect(removed(backend)).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(7000);
  expect(removed(backend)).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(removed(backend)).toEqual([[1], [2]]);
});

test("undoing with the mouse does not delay the next removal", async () => {
  const { backend, user } = await open();
  await user.keyboard("{ArrowDown}{Delete}");
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(removed(backend)).toEqual([]);
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}{Delete}");
  await vi.advanceTimersByTimeAsync(9000);
  expect(removed(backend)).toEqual([[2]]);
});

test("pressing or holding Delete again removes nothing more, and Undo still works", async () => {
  const { backend, user } = await open();
  await user.keyboard("{ArrowDown}{Delete}{Delete}");
  expect(removed(backend)).toEqual([]);
  const grid = screen.getByRole("grid");
  for (const key of ["Delete", "Delete"]) grid.dispatchEvent(new KeyboardEvent("keydown", { key, repeat: true, bubbles: true, cancelable: true }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await vi.advanceTimersByTimeAsync(9000);
  expect(removed(backend)).toEqual([]);
});

test("a held key acts once", async () => {
  const { backend, user } = await open();
  await user.keyboard("{ArrowDown} ");
  screen.getByRole("grid").dispatchEvent(new KeyboardEvent("keydown", { key: " ", repeat: true, bubbles: true, cancelable: true }));
  await vi.advanceTimersByTimeAsync(100);
  expect(backend.calls.filter(([name]) => name === "applyCommand")).toEqual([["applyCommand", "hold", [1]]]);
});
