//! Requests to end, from the terminal and from the system, for every program of Spool.
//!
//! Guarantees that a signal which was ignored at the start stays ignored: `nohup` and the background jobs of a shell ask
//! for that.

#[cfg(unix)]
mod disposition;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// To end at once.
    Terminate,
    /// The same, because the terminal was closed or the connection to it lost.
    HangUp,
}

/// Requests from now on.
#[cfg(unix)]
pub struct Signals {
    interrupt: Received,
    terminate: Received,
    hangup: Received,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on. Within a tokio runtime, and once in a process: afterwards no signal counts as ignored.
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

    /// The next request.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            () = self.interrupt.next() => Signal::Interrupt,
            () = self.terminate.next() => Signal::Terminate,
            () = self.hangup.next() => Signal::HangUp,
        }
    }
}

/// One kind of signal; nothing where it is ignored.
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
        // No signal will come any more.
        if received.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Requests from now on.
#[cfg(windows)]
pub struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    /// The console was closed.
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    /// Listens from now on. Within a tokio runtime.
    pub fn new() -> std::io::Result<Signals> {
        use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Signals { interrupt: ctrl_c()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// The next request.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.close.recv() => Signal::HangUp,
            _ = self.shutdown.recv() => Signal::Terminate,
        }
    }
}
