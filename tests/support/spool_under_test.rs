//! The command line under test.

fn main() -> std::process::ExitCode {
    spool_cli::main()
}
