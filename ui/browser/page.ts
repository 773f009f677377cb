/**
 * Serves the built page with the content security policy of the application and opens it in Chromium: Debian's, unless
 * the environment variable `CHROMIUM` names another. Knows nothing of what is tested.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

/** The folder for screenshots. */
export const SCREENS = join(import.meta.dirname, "../../target/screens");

const ROOT = join(import.meta.dirname, "..");
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

function policy(): string {
  const config = JSON.parse(readFileSync(join(ROOT, "../src-tauri/tauri.conf.json"), "utf8"));
  return config.app.security.csp;
}

/** Returns an SVG landscape with colours and shapes derived from `n`, in place of a thumbnail. */
function thumbnail(n: number): string {
  const hue = (n * 67) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 72"><rect width="128" height="72" fill="hsl(${hue} 40% 80%)"/><circle cx="${30 + ((n * 31) % 70)}" cy="20" r="9" fill="hsl(${(hue + 40) % 360} 70% 88%)"/><path d="M0 60 34 ${26 + (n % 3) * 6} 62 54 90 ${30 + (n % 4) * 5} 128 62V72H0Z" fill="hsl(${(hue + 150) % 360} 25% 45%)"/></svg>`;
}

/** Serves `dist`, and a thumbnail for each job id, on a free port of 127.0.0.1. */
export async function serve(): Promise<{ url: string; stop: () => void }> {
  const csp = policy();
  const server = createServer(async (request, response) => {
    if (request.url === "/favicon.ico") return void response.writeHead(204).end();
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const match = /^\/thumbs\/(\d+)\.svg$/.exec(path);
    if (match) return void response.writeHead(200, { "content-type": TYPES[".svg"] }).end(thumbnail(Number(match[1])));
    const file = join(ROOT, "dist", path === "/" ? "index.html" : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": csp });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"], ignoreDefaultArgs: ["--hide-scrollbars"] });
}

export interface Opened {
  page: Page;
  /** Errors logged to the console, including violations of the policy, and uncaught exceptions. */
  trouble: string[];
}

/** Opens a scene of `demo.ts` and waits for its tabs. `trouble` collects the errors of the page from the start. */
export async function open(browser: Browser, url: string, scene: string, scheme: "light" | "dark", width = 1120, height = 720): Promise<Opened> {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height } });
  const trouble: string[] = [];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  await page.goto(`${url}/?scene=${scene}&pictures`);
  await page.waitForSelector("[role=tab]");
  return { page, trouble };
}
