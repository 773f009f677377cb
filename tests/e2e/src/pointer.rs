//! Pointer, keyboard and windows of the desktop, controlled from outside the application.

use crate::desktop::{Desktop, Program, SOON, tool};
use spool_tests::wait_until;
use std::path::Path;
use std::process::Stdio;

impl Desktop {
    /// Runs `xdotool` with these arguments, and returns its output.
    pub fn hands(&self, args: &[&str]) -> String {
        let output = self.command("xdotool").args(args).output().expect("xdotool is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Closes the window with this title, as its close button does. Does not press Alt+F4: the first key from `xdotool`
    /// makes the window manager grab its keys again, and keys pressed meanwhile are lost.
    pub fn close(&self, title: &str) {
        let closed = self.command("wmctrl").args(["-F", "-c", title]).status();
        assert!(closed.expect("wmctrl is installed").success(), "no window {title}");
    }

    /// Brings the window with this title to the front, and waits until it has the keyboard focus.
    pub fn to_front(&self, title: &str) {
        let find = ["search", "--onlyvisible", "--name", title];
        wait_until(&format!("the window {title}"), SOON, || !self.hands(&find).is_empty());
        let id = self.hands(&find).lines().last().unwrap().to_owned();
        self.hands(&["windowactivate", &id]);
        wait_until("the window to have the focus", SOON, || self.hands(&["getactivewindow"]) == id);
    }

    /// Returns the position on the screen of the top left corner of a window's content, in pixels.
    pub fn origin(&self, title: &str) -> (i64, i64) {
        let id = self.hands(&["search", "--onlyvisible", "--name", title]).lines().last().unwrap().to_owned();
        let geometry = self.hands(&["getwindowgeometry", "--shell", &id]);
        let number = |name: &str| {
            let line = geometry.lines().find_map(|l| l.strip_prefix(name)).unwrap();
            line.parse::<i64>().unwrap()
        };
        (number("X="), number("Y="))
    }

    /// Drags files from the window of another program to this point of the screen, in small steps as a user does.
    pub fn drag(&self, files: &[&Path], to: (i64, i64)) {
        let from = (1190, 10);
        let mut source = self.command("/usr/bin/python3");
        // The position of the drag in that window is given in unscaled pixels.
        source
            .env_remove("GDK_SCALE")
            .arg(tool("drag.py"))
            .args([from.0.to_string(), from.1.to_string()])
            .args(files);
        let mut source = Program::start(source.stdout(Stdio::piped()));
        assert_eq!(source.first_line(), "READY");
        let (x, y) = (from.0 + 40, from.1 + 40);
        let at = |x: i64, y: i64| [x.to_string(), y.to_string()];
        let mut args: Vec<String> = vec!["mousemove".into()];
        args.extend(at(x, y));
        args.extend(["sleep", "0.1", "mousedown", "1", "sleep", "0.1"].map(Into::into));
        for n in 1..=20 {
            args.push("mousemove".into());
            args.extend(at(x + (to.0 - x) * n / 20, y + (to.1 - y) * n / 20));
            args.extend(["sleep", "0.02"].map(Into::into));
        }
        args.extend(["sleep", "0.3", "mouseup", "1"].map(Into::into));
        self.hands(&args.iter().map(String::as_str).collect::<Vec<_>>());
        wait_until("the drag to end", SOON, || source.has_ended());
    }
}
