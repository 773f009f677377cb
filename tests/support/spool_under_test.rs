//! The command line under test, as a binary of this package, so that a test never runs a stale one.

fn main() -> std::process::ExitCode {
    spool_cli::main()
}
