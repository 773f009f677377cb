/**
 * Tests of the layout in a real browser engine: sizes and positions, narrow windows, reduced motion, forced colours, and the
 * order of tab stops.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { notice } from "../src/backend/fake";
import { launch, open, SCREENS, serve } from "./page";

let browser: Browser;
let server: { url: string; stop: () => void };

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});

afterAll(async () => {
  await browser.close();
  server.stop();
});

type Box = { left: number; right: number; top: number; width: number; height: number };

/** Returns the boxes of the visible elements. Text for screen readers only is 1 pixel wide and left out. */
async function boxes(page: Page, selector: string): Promise<Box[]> {
  return page.evaluate((selector) => {
    const all = [...document.querySelectorAll<HTMLElement>(selector)].filter((e) => e.checkVisibility({ opacityProperty: false }) && e.offsetWidth > 1);
    return all.map((e) => {
      const { left, right, top, width, height } = e.getBoundingClientRect();
      return { left, right, top, width, height };
    });
  }, selector);
}

const inside = (a: Box, b: Box) => a.left > b.left && a.right < b.right && a.top > b.top && a.top + a.height < b.top + b.height;

/** Returns the boxes that overlap the box to their left. */
const overlapping = (all: Box[]) => all.sort((a, b) => a.left - b.left).filter((box, n) => box.left < (all[n - 1]?.right ?? 0));

const visible = async (page: Page, selector: string) => (await boxes(page, selector)).length > 0;
const firstBox = async (page: Page, selector: string) => (await boxes(page, selector))[0];

test("header, strip, rows, banner, notice and footer have fixed heights", async () => {
  const { page } = await open(browser, server.url, "failed", "light");
  await page.getByRole("tab", { name: "Failed" }).click();
  await page.getByRole("alert").waitFor();
  await page.evaluate((added) => window.demo?.tell({ added }), notice({ accepted: 1 }));
  await page.locator(".notice").waitFor();
  const expected = { header: 48, ".strip .strip": 44, ".alarm": 64, ".group": 56, ".row": 56, ".notice": 44, footer: 40 };
  const actual: Record<string, number | undefined> = {};
  for (const selector of Object.keys(expected)) actual[selector] = (await firstBox(page, selector))?.height;
  expect(actual).toEqual(expected);
  await page.close();
});

test("the columns keep their positions whether or not the list scrolls", async () => {
  const { page } = await open(browser, server.url, "queue", "light");
  await page.waitForSelector("#job-1");
  const leftEdges = async () => [...new Set((await boxes(page, ".row .state")).map((b) => b.left))];
  expect(await leftEdges()).toEqual([728]);
  expect((await firstBox(page, "#job-1 [aria-label=Cancel]"))?.right).toBe(1104);
  await page.keyboard.press("/");
  await page.keyboard.type("4812");
  await page.locator("#job-2").waitFor({ state: "detached" });
  expect(await leftEdges()).toEqual([728]);
  await page.close();
});

test("the done list aligns its sizes and states in columns", async () => {
  const { page } = await open(browser, server.url, "queue", "light");
  await page.getByRole("tab", { name: "Done" }).click();
  await page.waitForSelector("#job-100");
  const rightEdges = async (nth: number) => [...new Set((await boxes(page, `.columns > :nth-child(${nth})`)).map((b) => b.right))];
  expect([await rightEdges(1), await rightEdges(3), await rightEdges(4)]).toEqual([[718], [804], [864]]);
  expect([...new Set((await boxes(page, ".long .lines")).map((b) => b.left))]).toEqual([884]);
  await page.close();
});

test("a name keeps a space where it is split", async () => {
  const { page } = await open(browser, server.url, "queue", "light");
  await page.getByRole("tab", { name: "Done" }).click();
  const name = page.locator(".name", { hasText: "Concierto" });
  expect(await name.evaluate((e) => (e as HTMLElement).innerText.replaceAll("\n", ""))).toBe("Cámara frontal – Concierto de Año Nuevo.mp4");
  await page.close();
});

test.each([1120, 999, 839, 599])("in a window %i pixels wide, a row shows the facts and actions that fit", async (width) => {
  const { page } = await open(browser, server.url, "queue", "light", width, 480);
  await page.waitForSelector("#job-1");
  await page.locator("#job-1").click();
  const row = "#job-1";
  const shown = {
    description: await visible(page, ".description"),
    codec: await visible(page, `${row} .codec`),
    picture: await visible(page, `${row} .picture`),
    pause: await visible(page, `${row} [aria-label=Pause]`),
    more: await visible(page, `${row} [aria-label=More]`),
    wait: await visible(page, "#job-5 .rest"),
    without: await visible(page, "footer .wide"),
    savings: await visible(page, "footer .savings"),
    labels: await visible(page, ".strip label"),
    state: (await firstBox(page, `${row} .state`))?.width,
    filter: (await firstBox(page, "header label"))?.width,
    search: (await firstBox(page, "header label svg, header label"))?.height,
  };
  const wide = width > 839;
  expect(shown).toEqual({
    description: width > 999,
    codec: width > 999,
    picture: width > 599,
    pause: wide,
    more: !wide,
    wait: wide,
    without: wide,
    savings: width > 599,
    labels: width > 599,
    state: wide ? 312 : 208,
    filter: wide ? 176 : 30,
    search: 30,
  });
  expect(await page.locator("header label svg").evaluate((e) => e.getBoundingClientRect().width)).toBe(16);
  await page.close();
});

const LONG_PATH = "/media/a drive with a long name/Holidays 2019 to 2026/" + "A very long folder name ".repeat(6);
/** The longest sentences that banner, footer and notice show, by where they appear. */
const LONG: Record<string, (page: Page) => Promise<void>> = {
  ".alarm": (page) =>
    page.evaluate(() => {
      if (!window.demo) return;
      window.demo.restored = { kind: "from_backup", added: 1234, aside: "queue.db.damaged-1795859367757" };
      window.demo.touch();
    }),
  footer: (page) =>
    page.evaluate((path) => window.demo?.tell({ trouble: `It could not be shown: no file manager answered, and no program opens this kind of file. The file is in ${path}; open that folder by hand.` }), LONG_PATH),
  ".notice": (page) =>
    page.evaluate((added) => window.demo?.tell({ added }), notice({ accepted: 1, refused: [`${LONG_PATH}film.mkv is on a drive that does not respond; add it again once it does.`], refusedCount: 1, renamed: `${LONG_PATH} becomes "a.mp4": the drive does not allow some characters of the name.`, renamedCount: 1 })),
};

test.each([
  [720, 1],
  [1120, 1.6],
])("in a window %i pixels wide with text at %d times its size, each long sentence can be read whole", async (width, zoom) => {
  for (const [place, show] of Object.entries(LONG)) {
    const { page } = await open(browser, server.url, "queue", "light", width);
    await page.evaluate((zoom) => (document.documentElement.style.zoom = String(zoom)), zoom);
    await show(page);
    const texts = page.locator(`${place} .message .text`);
    await texts.first().waitFor();
    const lines = await texts.first().evaluate((e) => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight));
    expect(lines, place).toBeLessThan(3.5);
    for (const more of await page.locator(`${place} .message button`).all()) await more.click();
    expect(await texts.evaluateAll((all) => all.filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).length), place).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollHeight - document.documentElement.clientHeight), place).toBeLessThan(2);
    await page.screenshot({ path: join(SCREENS, `long-${place.replace(".", "")}-${width}.png`) });
    await page.close();
  }
});

test("no control of the settings moves the dialog when it gets the focus", async () => {
  const { page } = await open(browser, server.url, "queue", "light", 720, 420);
  await page.getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByText("Appearance").first().waitFor();
  const controls = await dialog.locator(".body").locator("input, select, button").all();
  expect(controls.length).toBeGreaterThan(5);
  for (const control of controls) {
    await control.evaluate((e) => e.focus());
    expect(await dialog.evaluate((e) => [e.scrollTop, e.scrollLeft])).toEqual([0, 0]);
  }
  await dialog.getByText("Dark", { exact: true }).click();
  expect(await dialog.evaluate((e) => e.scrollTop)).toBe(0);
  expect((await firstBox(page, "dialog header"))?.top).toBeGreaterThan(0);
  await page.close();
});

test.each([720, 560])("in a window %i pixels wide, each list, the details and the drop overlay fit", async (width) => {
  const { page } = await open(browser, server.url, "failed", "light", width, 400);
  const excessWidth = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const overlaps = async () => overlapping(await boxes(page, ".strip strong, .strip select, .strip button")).concat(overlapping(await boxes(page, "header [role=tab], header label, .tools button")));
  await page.keyboard.press("/");
  await page.getByLabel("Save to").selectOption("choose");
  await page.locator("option", { hasText: "/media/archive" }).waitFor({ state: "attached" });
  expect(await overlaps()).toEqual([]);
  expect(await excessWidth()).toBe(0);
  await page.getByRole("tab", { name: "Done" }).click();
  await page.waitForSelector("#job-100");
  expect(await overlaps()).toEqual([]);
  expect(await visible(page, ".columns")).toBe(false);
  expect(await page.locator("#job-100 .short").innerText()).toContain("861 MB → 187 MB");
  await page.screenshot({ path: join(SCREENS, `narrow-done-${width}.png`) });
  await page.getByRole("tab", { name: "Failed" }).click();
  await page.waitForSelector("#job-230");
  expect(await visible(page, "#job-230 [aria-label=More]")).toBe(true);
  expect(await overlaps()).toEqual([]);
  await page.screenshot({ path: join(SCREENS, `narrow-failed-${width}.png`) });
  expect(await excessWidth()).toBe(0);
  await page.locator("#job-230").dblclick();
  await page.getByRole("complementary").waitFor();
  expect((await firstBox(page, "aside"))?.width).toBe(width);
  await page.screenshot({ path: join(SCREENS, `narrow-details-${width}.png`) });
  await page.evaluate(() => window.demo?.tell({ drag: { files: 2, folders: 0, x: 1, y: 1 } }));
  await page.locator(".overlay.shown").waitFor();
  await page.screenshot({ path: join(SCREENS, `narrow-drop-${width}.png`) });
  const [frame] = await boxes(page, ".overlay .frame");
  const outside = (await boxes(page, ".overlay h2, .overlay .tile, .overlay p")).filter((b) => !frame || !inside(b, frame));
  expect(outside).toEqual([]);
  await page.close();
});

test("in a window 840 to 999 pixels wide, the details cover the list without changing its layout", async () => {
  const { page } = await open(browser, server.url, "queue", "light", 900);
  await page.locator("#job-1").click();
  const before = await firstBox(page, "#job-1 .main");
  await page.keyboard.press("Enter");
  await page.locator("#job-1").dblclick({ position: { x: 100, y: 20 } });
  await page.getByRole("complementary").waitFor();
  expect((await firstBox(page, "aside"))?.left).toBe(500);
  expect(await firstBox(page, "#job-1 .main")).toEqual(before);
  await page.close();
});

test("every control is at least 28 pixels wide and high", async () => {
  const { page } = await open(browser, server.url, "failed", "light");
  const tooSmall = async () => {
    const all = await boxes(page, "button, select, summary, header label");
    return all.filter((b) => b.width < 28 || b.height < 28);
  };
  expect(await tooSmall()).toEqual([]);
  await page.getByRole("tab", { name: "Failed" }).click();
  await page.getByRole("alert").waitFor();
  expect(await tooSmall()).toEqual([]);
  await page.evaluate((added) => window.demo?.tell({ added }), notice({ skipped: 3 }));
  await page.getByRole("button", { name: "Show the 3 files" }).waitFor();
  expect(await tooSmall()).toEqual([]);
  await page.locator("#job-230").dblclick();
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  expect(await tooSmall()).toEqual([]);
  await page.close();
});

/** Returns the colours at these points of a screenshot. A blank page decodes it, because the policy forbids data URLs. */
async function colours(page: Page, points: [x: number, y: number][]): Promise<string[]> {
  const screenshot = (await page.screenshot()).toString("base64");
  const blank = await browser.newPage();
  const pixels = await blank.evaluate(
    async ([screenshot, points]) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${screenshot}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas?.drawImage(image, 0, 0);
      return points.map(([x, y]) => `${canvas?.getImageData(x, y, 1, 1).data}`);
    },
    [screenshot, points] as [string, [number, number][]],
  );
  await blank.close();
  return pixels;
}

/** Returns a point of the first visible element, given as fractions of its width and height. */
async function point(page: Page, selector: string, across: number, down: number): Promise<[number, number]> {
  const box = await firstBox(page, selector);
  if (!box) throw new Error(`no ${selector}`);
  return [Math.floor(box.left + box.width * across), Math.floor(box.top + box.height * down)];
}

/** Returns the transitions of all elements that have an animation or a transition, each once. */
const transitions = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll("*")].map((e) => getComputedStyle(e));
    const animated = all.filter((s) => s.animationName !== "none" || (s.transitionDuration !== "0s" && s.transitionDuration !== ""));
    return [...new Set(animated.map((s) => `${s.transitionProperty} ${s.transitionDuration}`))];
  });

test("only the background of buttons is animated, and nothing with reduced motion", async () => {
  const { page } = await open(browser, server.url, "failed", "light");
  await page.waitForSelector("#job-1");
  expect(await transitions(page)).toEqual(["background-color 0.08s"]);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await transitions(page)).toEqual([]);
  await page.close();
});

test.each(["light", "dark"] as const)("with forced %s colours, bars, switches, tabs and the selection are distinguishable", async (scheme) => {
  const { page } = await open(browser, server.url, "queue", scheme);
  await page.emulateMedia({ forcedColors: "active" });
  await page.locator("#job-1").click();
  await page.screenshot({ path: join(SCREENS, `forced-${scheme}.png`) });
  const outline = (id: string) => page.locator(id).evaluate((e) => getComputedStyle(e).outlineStyle);
  expect([await outline("#job-1"), await outline("#job-2")]).toEqual(["solid", "none"]);
  const [filled, remaining, background, button, buttonText, currentTab, otherTab] = await colours(page, [
    await point(page, "#job-1 .track", 0.2, 0.5),
    await point(page, "#job-1 .track", 0.8, 0.5),
    await point(page, "footer", 0.6, 0.5),
    await point(page, "header .filled", 0.05, 0.5),
    await point(page, "header .filled span", 0.02, 0.1),
    await point(page, "#tab-queue", 0.5, 0.99),
    await point(page, "#tab-done", 0.5, 0.99),
  ]);
  expect(filled).not.toBe(remaining);
  expect([remaining, otherTab]).toEqual([background, background]);
  expect([button, buttonText, currentTab]).toEqual([filled, filled, filled]);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Videos at the same time").waitFor();
  await page.screenshot({ path: join(SCREENS, `forced-settings-${scheme}.png`) });
  const on = await colours(page, [await point(page, "[role=switch]:checked", 0.25, 0.5), await point(page, "[role=switch]:checked", 0.7, 0.5)]);
  const off = await colours(page, [await point(page, "[role=switch]:not(:checked)", 0.7, 0.5), await point(page, "[role=switch]:not(:checked)", 0.28, 0.5)]);
  expect([new Set(on).size, new Set(off).size]).toEqual([2, 2]);
  expect(on[0]).not.toBe(off[0]);
  await page.close();
});

test("the tabs and the list are one tab stop each, and the buttons of the focused row follow the list", async () => {
  const { page } = await open(browser, server.url, "queue", "light");
  await page.locator("#job-7").click();
  const stops: string[] = [];
  await page.getByRole("tab", { name: "Queue" }).focus();
  for (let n = 0; n < 12; n += 1) {
    const name = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement;
      return e.getAttribute("aria-label") ?? (e as HTMLSelectElement).labels?.[0]?.innerText ?? e.innerText.replace(/\s+/g, " ");
    });
    stops.push(name);
    await page.keyboard.press("Tab");
  }
  expect(stops.slice(0, 11)).toEqual(["Queue 13", "Filter by name", "Add", "More ways to add", "Pause", "Settings", "Add as", "Save to", "Queue", "Move to top", "More"]);
  await page.close();
});
