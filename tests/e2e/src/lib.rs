//! A desktop per test: an X server, a window manager, a message bus and a notification service of its own,
//! and the application driven through `WebDriver`. Everything it starts ends with it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub mod app;
pub mod desk;
pub mod pointer;
pub mod usage;
