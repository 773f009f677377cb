//! The command `spool`.
