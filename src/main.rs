//! The `bundletop` program.

fn main() -> std::process::ExitCode {
    bundletop::cli::run()
}
