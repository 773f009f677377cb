/** Tests of each screen in a real browser engine: accessibility, content security policy, narrow windows and long lists. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fake } from "../src/backend/fake";
import { launch, open, SCREENS, serve } from "./page";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let server: { url: string; stop: () => void };

beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  [browser, server] = await Promise.all([launch(), serve()]);
});

afterAll(async () => {
  await browser.close();
  server.stop();
});

/**
 * Returns the violations that axe finds, one line each. axe is injected through the DevTools protocol, which the content
 * security policy of the page does not restrict.
 */
async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Axe = { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 160)}`);
  });
}

type Step = (page: Page) => Promise<void>;
const tab =
  (name: string): Step =>
  (page) =>
    page.getByRole("tab", { name }).click();
const send = (page: Page, update: Parameters<Fake["tell"]>[0]) => page.evaluate((sent) => window.demo?.tell(sent), update);

/** Selects the row at this place of the list, counted from 1, with the keyboard only. */
async function selectByKeyboard(page: Page, nth: number) {
  await page.getByRole("grid").focus();
  for (let n = 0; n < nth; n += 1) await page.keyboard.press("ArrowDown");
  await page.locator("[role=row][aria-selected=true]").waitFor();
}

const scenes: [string, string, Step][] = [
  ["queue", "queue", (page) => selectByKeyboard(page, 7)],
  ["queue-menu", "queue", async (page) => {
    await page.locator("#job-7").click();
    await page.locator("#job-7").getByRole("button", { name: "More" }).click();
  }],
  ["done", "queue", async (page) => {
    await tab("Done")(page);
    await selectByKeyboard(page, 1);
  }],
  ["failed", "failed", async (page) => {
    await tab("Failed")(page);
    await selectByKeyboard(page, 1);
    await page.getByRole("alert").waitFor();
  }],
  ["settings", "queue", async (page) => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Videos at the same time").waitFor();
  }],
  ["settings-end", "queue", async (page) => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("navigation").getByRole("button", { name: "General" }).click();
    await page.getByText("Save report…").waitFor();
  }],
  ["filter", "queue", async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("mov");
    await page.locator("#job-7").waitFor({ state: "detached" });
  }],
  ["another", "queue", async (page) => {
    await tab("Failed")(page);
    await page.locator("#job-200").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Try another preset…" }).click();
  }],
  ["shortcuts", "queue", (page) => page.keyboard.press("?")],
  ["details", "queue", async (page) => {
    await tab("Done")(page);
    await page.locator("#job-100").click();
    await page.keyboard.press("Enter");
    await page.getByText("streams as planned").waitFor();
  }],
  ["details-failed", "queue", async (page) => {
    await tab("Failed")(page);
    await page.getByRole("button", { name: "Details" }).first().click();
  }],
  ["checked", "queue", async (page) => {
    await tab("Done")(page);
    await page.evaluate(() => {
      const { demo } = window;
      if (!demo) return;
      const message = "Track 2 (sound, AAC, ger) is missing in the result.";
      const wrong = { check: { found: "wrong" as const, message, at: Date.now() }, wrong: true, verified: false };
      demo.rows = demo.rows.map((r) => (r.id === 101 || r.id === 103 ? { ...r, ...wrong } : r));
      demo.checking = { n: 3, of: 38, waits: true };
      demo.touch();
    });
    await page.locator("#job-101").click();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Convert again" }).waitFor();
    await send(page, { checked: { right: 36, wrong: 2, notChecked: 0 } });
    await page.getByText("2 results are wrong.").waitFor();
  }],
  ["empty", "empty", () => Promise.resolve()],
  ["over", "over", async (page) => {
    await page.getByText("took 1 min 12 s").waitFor();
  }],
  ["first-run", "first-run", () => Promise.resolve()],
  ["first-run-settings", "first-run", async (page) => {
    await page.getByRole("button", { name: "ffmpeg is missing" }).click();
    await page.getByRole("button", { name: "Choose…" }).waitFor();
  }],
  ["drop", "queue", (page) => send(page, { drag: { files: 12, folders: 1, x: 560, y: 310 } })],
  ["queue-added", "queue", (page) =>
    send(page, {
      added: {
        first: 1,
        accepted: 5,
        duplicates: [8],
        duplicateCount: 1,
        skipped: 3,
        own: 0,
        doneBefore: null,
        doneAt: null,
        doneBeforeCount: 0,
        endedBeforeCount: 0,
        refused: [],
        refusedCount: 0,
        renamed: null,
        renamedCount: 0,
      },
    })],
  ["close", "queue", (page) => send(page, { askClose: 2 })],
];

test.each(scenes.flatMap(([name, scene, step]) => (["light", "dark"] as const).map((scheme) => ({ name, scene, step, scheme }))))(
  "$name in $scheme: axe finds no violations, and the page reports no errors",
  async ({ name, scene, step, scheme }) => {
    const { page, trouble } = await open(browser, server.url, scene, scheme);
    await step(page);
    await page.screenshot({ path: join(SCREENS, `${name}-${scheme}.png`) });
    expect(await axeViolations(page)).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  },
);

test.each([720, 560])("a window %i pixels wide shows everything without horizontal scrolling", async (width) => {
  const { page } = await open(browser, server.url, "queue", "light", width, 480);
  await page.locator("#job-3").click();
  await page.screenshot({ path: join(SCREENS, `narrow-${width}.png`) });
  const excessWidth = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(excessWidth).toBeLessThanOrEqual(0);
  const outside = await page.evaluate(() => {
    const visible = [...document.querySelectorAll("header button, footer span, .row .name, .strip select")];
    return visible.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80));
  });
  expect(outside).toEqual([]);
  await page.close();
});

test("100,000 rows scroll from end to end, with at most 60 rows in the page", async () => {
  const { page } = await open(browser, server.url, "many", "light");
  await page.waitForSelector("#job-1");
  const maxRows = await page.evaluate(async () => {
    const grid = document.querySelector("[role=grid]") as HTMLElement;
    let maxRows = 0;
    for (let n = 0; n <= 100; n += 1) {
      grid.scrollTop = (grid.scrollHeight * n) / 100;
      await new Promise(requestAnimationFrame);
      maxRows = Math.max(maxRows, document.querySelectorAll("[role=row]").length);
    }
    return maxRows;
  });
  expect(maxRows).toBeLessThanOrEqual(60);
  await page.waitForSelector("#job-100000");
  await page.close();
});

test("a confirmation focuses Cancel, so that Enter alone changes nothing", async () => {
  const { page } = await open(browser, server.url, "failed", "light");
  await page.getByRole("tab", { name: "Failed" }).click();
  await page.getByRole("button", { name: "Discard all…" }).click();
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Cancel");
  await page.close();
});
