//! What a wish to close a face leads to that works the queue. Pure.

/// What a wish to close leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClose {
    /// Nothing runs here: the process ends.
    Quit,
    /// The page asks.
    Ask,
    /// The page was asked and has not answered: hide and work on.
    Hide,
}

/// Decides it. `running`: jobs of this process; `asked`: the page was asked and has not answered.
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
    fn closing_asks_while_jobs_run_and_a_silent_page_cannot_hold_the_window() {
        assert_eq!(on_close(0, false), OnClose::Quit);
        assert_eq!(on_close(2, false), OnClose::Ask);
        assert_eq!(on_close(2, true), OnClose::Hide);
        assert_eq!(on_close(0, true), OnClose::Quit);
    }
}
