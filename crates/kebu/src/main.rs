//! The `kebu` binary: command line, configuration, wiring.

mod cli;
mod commands;
mod moving;
mod output;
mod tokens;

// Rows are made on one thread and freed on another, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::new(&cli.log))
        .init();
    let json = cli.json;
    match commands::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err((lang, e)) => {
            output::failure(&e, lang, json);
            ExitCode::from(if e.code == model::ErrorCode::Invalid && e.field.as_deref() == Some("argument") {
                2
            } else {
                1
            })
        }
    }
}
