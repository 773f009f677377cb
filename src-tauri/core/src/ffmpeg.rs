//! Finding and running ffmpeg and ffprobe: the only place in the project that starts processes.

/// ffmpeg or ffprobe cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ToolError {
    /// Not found anywhere.
    #[error("{tool} was not found.")]
    Missing {
        /// Which.
        tool: &'static str,
    },
}
