//! The pointer and the keyboard of the desktop, as a person's hands move them.

use crate::desk::{Desk, Program, SOON, tool};
use spool_tests::wait_until;
use std::path::Path;
use std::process::Stdio;

impl Desk {
    /// Gives the desktop a sequence of xdotool's words.
    pub fn hands(&self, words: &[&str]) -> String {
        let output = self.command("xdotool").args(words).output().expect("xdotool is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Closes the window of this title as its close button does. Not by alt+F4: a first key from xdotool makes the
    /// window manager grab its keys again, and what is pressed meanwhile is lost.
    pub fn close(&self, title: &str) {
        let closed = self.command("wmctrl").args(["-F", "-c", title]).status();
        assert!(closed.expect("wmctrl is installed").success(), "no window {title}");
    }

    /// Brings the window of this title to the front, where its keys are heard.
    pub fn to_front(&self, title: &str) {
        let find = ["search", "--onlyvisible", "--name", title];
        wait_until(&format!("the window {title}"), SOON, || !self.hands(&find).is_empty());
        let id = self.hands(&find).lines().last().unwrap().to_owned();
        self.hands(&["windowactivate", &id]);
        wait_until("its focus", SOON, || self.hands(&["getactivewindow"]) == id);
    }

    /// Where the content of the window of this title begins on the screen.
    pub fn origin(&self, title: &str) -> (i64, i64) {
        let id = self.hands(&["search", "--onlyvisible", "--name", title]).lines().last().unwrap().to_owned();
        let place = self.hands(&["getwindowgeometry", "--shell", &id]);
        let number = |name: &str| {
            let line = place.lines().find_map(|l| l.strip_prefix(name)).unwrap();
            line.parse::<i64>().unwrap()
        };
        (number("X="), number("Y="))
    }

    /// Drags files from another program's window onto this point of the screen, in steps as a hand does.
    pub fn drag(&self, files: &[&Path], to: (i64, i64)) {
        let from = (1190, 10);
        let mut source = self.command("/usr/bin/python3");
        // Its own window stays as large as it is expected to be.
        source
            .env_remove("GDK_SCALE")
            .arg(tool("drag.py"))
            .args([from.0.to_string(), from.1.to_string()])
            .args(files);
        let mut source = Program::start(source.stdout(Stdio::piped()));
        assert_eq!(source.first_line(), "READY");
        let (x, y) = (from.0 + 40, from.1 + 40);
        let at = |x: i64, y: i64| [x.to_string(), y.to_string()];
        let mut words: Vec<String> = vec!["mousemove".into()];
        words.extend(at(x, y));
        words.extend(["sleep", "0.1", "mousedown", "1", "sleep", "0.1"].map(Into::into));
        for n in 1..=20 {
            words.push("mousemove".into());
            words.extend(at(x + (to.0 - x) * n / 20, y + (to.1 - y) * n / 20));
            words.extend(["sleep", "0.02"].map(Into::into));
        }
        words.extend(["sleep", "0.3", "mouseup", "1"].map(Into::into));
        self.hands(&words.iter().map(String::as_str).collect::<Vec<_>>());
        wait_until("the drag to end", SOON, || source.has_ended());
    }
}
