//! The executable `spool`.

fn main() -> std::process::ExitCode {
    spool_cli::main()
}
