//! Provides each test with a desktop of its own: an X server, a window manager, a message bus and a notification
//! service. Drives the application through `WebDriver`. All programs of a desktop end with it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub mod app;
pub mod desktop;
pub mod pointer;
pub mod usage;
