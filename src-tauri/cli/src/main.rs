//! The command `spool`.
fn main() {}
