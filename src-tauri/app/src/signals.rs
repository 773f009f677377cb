//! Termination signals from the terminal and the system, for every program of Spool.
//!
//! Guarantees that a signal that was ignored at the start stays ignored, as `nohup` and background jobs of a shell
//! require.

#[cfg(unix)]
mod disposition;

/// A termination signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM; on Windows, the system shuts down.
    Terminate,
    /// SIGHUP; on Windows, the console was closed: the terminal is closed or its connection lost.
    HangUp,
}

/// Receives termination signals.
#[cfg(unix)]
pub struct Signals {
    interrupt: Received,
    terminate: Received,
    hangup: Received,
}

#[cfg(unix)]
impl Signals {
    /// Starts to listen. Must be called within a tokio runtime, and once per process, because afterwards no signal
    /// counts as ignored.
    pub fn new() -> std::io::Result<Signals> {
        use tokio::signal::unix::SignalKind;
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        let hangup = Received::unless_ignored(SignalKind::hangup())?;
        Ok(Signals {
            interrupt: Received::unless_ignored(interrupt)?,
            terminate: Received::unless_ignored(terminate)?,
            hangup,
        })
    }

    /// Returns the next signal.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            () = self.interrupt.next() => Signal::Interrupt,
            () = self.terminate.next() => Signal::Terminate,
            () = self.hangup.next() => Signal::HangUp,
        }
    }
}

/// One kind of signal; `None` if it is ignored.
#[cfg(unix)]
struct Received(Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Received {
    fn unless_ignored(kind: tokio::signal::unix::SignalKind) -> std::io::Result<Received> {
        if disposition::is_ignored(kind.as_raw_value()) {
            return Ok(Received(None));
        }
        Ok(Received(Some(tokio::signal::unix::signal(kind)?)))
    }

    async fn next(&mut self) {
        let received = match &mut self.0 {
            Some(signal) => signal.recv().await,
            None => None,
        };
        // No further signal can arrive.
        if received.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Receives termination signals.
#[cfg(windows)]
pub struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    /// The console was closed.
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    /// Starts to listen. Must be called within a tokio runtime.
    pub fn new() -> std::io::Result<Signals> {
        use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Signals { interrupt: ctrl_c()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// Returns the next signal.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.close.recv() => Signal::HangUp,
            _ = self.shutdown.recv() => Signal::Terminate,
        }
    }
}
