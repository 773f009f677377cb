//! Starts the application and drives its page through `WebDriver`. Every wait has a limit.

use crate::desktop::{Desktop, Program, SOON};
use crate::usage::{self, Process};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use spool_tests::{env, wait_until};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A running application with its page.
pub struct App {
    /// The page in its window.
    pub page: Client,
    driver: Program,
}

/// Returns the path of the binary under test.
pub fn binary() -> PathBuf {
    env::binary("spool-desktop")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Panics if a call of the driver takes longer than twice the longest wait for a condition, so that no test hangs.
async fn within<T>(what: &str, call: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON * 2, call)
        .await
        .unwrap_or_else(|_| panic!("the driver did not respond: {what}"))
}

impl App {
    /// Starts the application with these arguments, and waits until the page is shown.
    pub async fn start(desk: &Desktop, args: &[&str]) -> App {
        let port = free_port();
        // A shell makes tests that run in the background ignore some signals, which child processes inherit.
        let mut driver = desk.command("env");
        driver
            .args(["--default-signal=INT,HUP", "WebKitWebDriver"])
            .arg(format!("--port={port}"))
            .stdout(Stdio::null());
        driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Program::start(&mut driver);
        wait_until("the driver to listen", SOON, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let options = json!({ "binary": binary(), "args": args });
        let capabilities = json!({ "webkitgtk:browserOptions": options });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let url = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connected = builder.capabilities(capabilities).connect(&url);
        let page = tokio::time::timeout(SOON, connected).await.expect("a session in time").unwrap();
        let app = App { page, driver };
        app.sees("[role=tab]").await;
        app
    }

    /// Returns the processes of the application and of its page.
    pub fn processes(&self) -> Vec<Process> {
        usage::below(self.driver.id())
    }

    /// Waits until an element matches this selector.
    pub async fn sees(&self, selector: &str) {
        let found =
            within(selector, self.page.wait().at_most(SOON).for_element(Locator::Css(selector))).await;
        if let Err(cause) = found {
            panic!("no element matches {selector} ({cause}): {}", self.text("body").await);
        }
    }

    /// Runs a script in the page, and returns its result.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Value {
        within(script, self.page.execute(script, args)).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Returns the visible text of the first element that matches; empty if there is none.
    pub async fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText.replace(/\\s+/g, ' ') ?? ''";
        self.script(script, vec![selector.into()]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the text of the element contains these words.
    pub async fn reads(&self, selector: &str, words: &str) {
        self.reads_within(selector, words, SOON).await;
    }

    /// As [`App::reads`], with a limit for the wait.
    pub async fn reads_within(&self, selector: &str, words: &str, limit: Duration) {
        let start = Instant::now();
        loop {
            let text = self.text(selector).await;
            if text.contains(words) {
                return;
            }
            assert!(start.elapsed() < limit, "{selector} reads \"{text}\", not \"{words}\"");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until an element matches this selector, and clicks it.
    pub async fn click(&self, selector: &str) {
        self.sees(selector).await;
        within(selector, async { self.page.find(Locator::Css(selector)).await?.click().await })
            .await
            .unwrap();
    }

    /// Waits for the button with this text or label, and clicks it.
    pub async fn press(&self, name: &str) {
        let path = format!("//button[normalize-space()='{name}' or @aria-label='{name}']");
        let found = within(name, self.page.wait().at_most(SOON).for_element(Locator::XPath(&path))).await;
        let button = found.unwrap_or_else(|e| panic!("no button {name}: {e}"));
        within(name, button.click()).await.unwrap();
    }

    /// Clicks a button that hides or closes the window. Returns before the click, because the driver never gets a
    /// response from a page that is not shown.
    pub async fn press_and_leave(&self, name: &str) {
        let script = "const found = [...document.querySelectorAll('button')].find((b) => b.innerText === arguments[0]);
            setTimeout(() => found.click(), 0); return found !== undefined";
        assert_eq!(self.script(script, vec![name.into()]).await, true, "no button {name}");
    }

    /// Returns the number of elements that match.
    pub async fn count(&self, selector: &str) -> usize {
        within(selector, self.page.find_all(Locator::Css(selector))).await.unwrap().len()
    }

    /// Saves a screenshot of the page in `target/screens`.
    pub async fn picture(&self, name: &str) {
        // The driver waits for the next repaint, which never happens on an idle page without compositing. An invisible
        // dot forces repaints; two frames later, everything else on the page is painted too.
        let paint = "return new Promise((done) => {
            const dot = document.body.appendChild(document.createElement('i'));
            Object.assign(dot.style, { position: 'fixed', left: 0, bottom: 0, width: '1px', height: '1px' });
            let frames = 0;
            window.painting = true;
            const frame = () => {
                dot.style.background = frames % 2 ? 'transparent' : 'rgba(128, 128, 128, 0.01)';
                if (++frames === 3) done(0);
                if (window.painting) requestAnimationFrame(frame);
                else dot.remove();
            };
            requestAnimationFrame(frame);
        })";
        self.script(paint, vec![]).await;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screens");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join(format!("{name}.png")),
            within(name, self.page.screenshot()).await.unwrap(),
        )
        .unwrap();
        self.script("window.painting = false", vec![]).await;
    }
}
