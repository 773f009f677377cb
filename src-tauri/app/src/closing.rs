//! Decides what happens when the user closes a front end that runs the queue. Pure.

/// What happens on a request to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClose {
    /// No job runs in this process: it ends.
    Quit,
    /// The page asks the user.
    Ask,
    /// The page has not responded: the window is hidden and jobs continue.
    Hide,
}

/// Decides what happens. `running`: number of jobs that this process runs; `asked`: a request to the page has no
/// response yet.
pub fn on_close(running: u64, asked: bool) -> OnClose {
    match (running, asked) {
        (0, _) => OnClose::Quit,
        (_, false) => OnClose::Ask,
        (_, true) => OnClose::Hide,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_asks_while_jobs_run_and_a_hung_page_cannot_prevent_it() {
        assert_eq!(on_close(0, false), OnClose::Quit);
        assert_eq!(on_close(2, false), OnClose::Ask);
        assert_eq!(on_close(2, true), OnClose::Hide);
        assert_eq!(on_close(0, true), OnClose::Quit);
    }
}
