//! The desktop around the application: its programs, environment variables and notifications. Knows nothing about the
//! page.

use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::wait_until;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Longest wait for a condition on the desktop. While builds run on two cores, a window takes about 15 s to appear.
pub const SOON: Duration = Duration::from_mins(1);

/// A program of the desktop. Dropping it kills its process group.
pub struct Program(Child);

impl Program {
    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Starts a program in a process group of its own. Its stderr goes to a log, which is printed if the test fails.
    pub fn start(command: &mut Command) -> Program {
        use std::os::unix::process::CommandExt;
        let name = command.get_program().to_string_lossy().into_owned();
        let stderr_log = File::options().append(true).open(stderr_log()).unwrap();
        let child = command.process_group(0).stdin(Stdio::null()).stderr(stderr_log).spawn();
        Program(child.unwrap_or_else(|e| panic!("{name} is needed: {e}")))
    }

    /// Returns the first line of its stdout, without the line break. Lines after it may be lost.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// Checks whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// The desktop, with a queue and folders for Spool.
pub struct Desktop {
    /// Queue, videos and results.
    pub env: TestEnv,
    /// Environment variables of the programs on this desktop.
    pub variables: Vec<(&'static str, String)>,
    notifications: PathBuf,
    /// In the order in which they end: notification service, window manager, message bus, display server.
    programs: Vec<Program>,
}

/// Configuration of a session bus that starts no services by itself. Otherwise a window would appear only after it had
/// waited for the portals and the accessibility service of the machine, up to 25 s each.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Returns the log with the stderr of all programs of this test run. It lies beside the test binary.
fn stderr_log() -> &'static Path {
    static LOG: OnceLock<PathBuf> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = std::env::current_exe().unwrap().with_extension("log");
        File::create(&log).unwrap();
        log
    })
}

/// If the test failed, prints the last output of the programs and the load of the machine, so that failures on a remote
/// machine can be analysed.
impl Drop for Desktop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let log = std::fs::read_to_string(stderr_log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        eprintln!("--- last output of the programs:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        for (program, args) in [
            ("ps", &["-eo", "pid,ppid,stat,wchan:20,etime,time,args", "--sort=-time"][..]),
            ("df", &["-h", "/tmp", "/dev/shm", "."]),
            ("uptime", &[]),
        ] {
            let output = Command::new(program).args(args).stderr(Stdio::null()).output();
            let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
            let shown: Vec<String> = text.lines().take(40).map(|l| l.chars().take(200).collect()).collect();
            eprintln!("--- {program}:\n{}", shown.join("\n"));
        }
    }
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Desktop {
    /// Starts a desktop.
    pub fn new() -> Desktop {
        let env = TestEnv::new();
        let runtime = env.data().join("../run");
        std::fs::create_dir(&runtime).unwrap();
        let (x, display) = display_server();
        let mut bus = Command::new("dbus-daemon");
        let config = env.data().join("../bus.conf");
        std::fs::write(&config, BUS).unwrap();
        bus.arg("--config-file").arg(&config).args(["--nofork", "--print-address"]).stdout(Stdio::piped());
        let mut bus = Program::start(&mut bus);
        let home = env.data().join("../home").to_string_lossy().into_owned();
        let variables = vec![
            ("DISPLAY", display),
            ("DBUS_SESSION_BUS_ADDRESS", bus.first_line()),
            ("XDG_RUNTIME_DIR", runtime.to_string_lossy().into_owned()),
            ("HOME", home),
            ("SPOOL_DATA_DIR", env.data().to_string_lossy().into_owned()),
            ("GDK_BACKEND", "x11".into()),
            // This bus has no accessibility service.
            ("NO_AT_BRIDGE", "1".into()),
        ];
        let notifications = env.data().join("../notifications");
        let mut desk = Desktop { env, variables, notifications, programs: Vec::new() };
        let manager = Program::start(desk.command("openbox").stdout(Stdio::null()));
        let mut service = desk.command("/usr/bin/python3");
        service.arg(tool("notifyd.py")).arg(&desk.notifications).stdout(Stdio::piped());
        let mut service = Program::start(&mut service);
        assert_eq!(service.first_line(), "READY");
        desk.programs = vec![service, manager, bus, x];
        desk
    }

    /// Kills the display server while programs use it.
    pub fn lose_display(&mut self) {
        drop(self.programs.pop());
    }

    /// Starts another display server and a window manager on it, after [`Desktop::lose_display`].
    pub fn new_display(&mut self) {
        let (x, display) = display_server();
        self.variables.retain(|(name, _)| *name != "DISPLAY");
        self.variables.push(("DISPLAY", display));
        self.programs.push(x);
        self.programs[1] = Program::start(self.command("openbox").stdout(Stdio::null()));
    }

    /// Returns a command that runs on this desktop.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.variables.iter().map(|(name, value)| (name, value.as_str())));
        command
    }

    /// Returns the notifications shown so far.
    pub fn notifications(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.notifications).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits for a notification with this title, and returns it.
    pub fn is_notified(&self, title: &str) -> Value {
        wait_until(&format!("the notification \"{title}\""), SOON, || self.find(title).is_some());
        self.find(title).unwrap()
    }

    fn find(&self, title: &str) -> Option<Value> {
        self.notifications().into_iter().find(|n| n["title"] == title)
    }
}

/// Starts a display server on a free display, and returns the value of `DISPLAY` for it.
fn display_server() -> (Program, String) {
    let mut x = Command::new("Xvfb");
    x.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]).stdout(Stdio::piped());
    let mut x = Program::start(&mut x);
    let display = format!(":{}", x.first_line());
    (x, display)
}

/// Returns the path of a script in `tools`.
pub fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools").join(name)
}
