//! `bundletop man`: the manual pages.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueHint};

use super::error::CliError;
use crate::output::{self, Pager};
use crate::signal::interrupt::InterruptHandler;

/// The command's name.
pub(super) const NAME: &str = "man";

/// The ID of the argument that names a command.
pub(super) const COMMAND_ARG: &str = "command";

/// The arguments of `bundletop man`.
#[derive(Debug, Args)]
#[command(
    long_about = "Show the manual page of the program or of a command. On a terminal the program \
                  `man` shows it; otherwise the page is printed in roff, the format of manual pages.",
    after_help = "\
Examples:
  bundletop man
  bundletop man wait bundle-task-complete
  bundletop man describe-bundle-tasks > bundletop-describe-bundle-tasks.1
  bundletop man --directory /usr/share/man/man1"
)]
pub(super) struct ManArgs {
    /// The command whose page to show; the default is the page of the program.
    command: Vec<String>,

    /// Write all pages into this directory, for a package. They are the same each time.
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath, conflicts_with = COMMAND_ARG)]
    directory: Option<PathBuf>,
}

/// Shows the page on a terminal, and prints it elsewhere. `program` is the whole command line
/// interface.
pub(super) fn run(args: &ManArgs, program: &clap::Command) -> Result<ExitCode, CliError> {
    let mut program = program.clone();
    program.build();
    if let Some(directory) = &args.directory {
        write_all(&program, directory)
            .with_context(|| format!("could not write into {}", directory.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = &program;
    for name in &args.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            let path = args.command.join(" ");
            CliError::usage(format!(
                "there is no command \"{path}\", and so it has no manual page"
            ))
        })?;
    }
    let page = render(command);
    if io::stdout().is_terminal() {
        show_on_terminal(&page)?;
    } else {
        output::print(&page)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of a command and of its subcommands, each as `bundletop-COMMAND.1`.
fn write_all(command: &clap::Command, directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let name = command.get_display_name().unwrap_or(command.get_name());
    fs::write(directory.join(format!("{name}.1")), render(command))?;
    let subcommands = command.get_subcommands();
    for subcommand in subcommands.filter(|it| it.get_name() != "help" && !it.is_hide_set()) {
        write_all(subcommand, directory)?;
    }
    Ok(())
}

/// The page in roff. The notes at its end keep their line breaks, which roff would remove.
fn render(command: &clap::Command) -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("bundletop ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .expect("writing to memory does not fail");
    let page = String::from_utf8(page).expect("a page is UTF-8");
    let Some((before, notes)) = page.split_once(".SH EXTRA\n") else {
        return page;
    };
    let end = notes.find("\n.SH ").map_or(notes.len(), |at| at + 1);
    let (notes, after) = notes.split_at(end);
    format!("{before}.SH NOTES\n.nf\n{notes}.fi\n{after}")
}

/// Shows the page with the program `man`, or, where that does not work, its source in the pager.
fn show_on_terminal(page: &str) -> Result<(), CliError> {
    // The pager handles Ctrl-C. `man` starts one too.
    InterruptHandler::install().ignore_from_now_on();
    if matches!(show_with_man(page), Ok(true)) {
        return Ok(());
    }
    let pager = Pager::choose(false, None, |name| env::var_os(name));
    match pager.context("could not show the page")? {
        Some(pager) => pager
            .show(page.as_bytes(), &mut io::stdout().lock())
            .context("could not show the page")?,
        None => output::print(page)?,
    }
    Ok(())
}

/// Whether the program `man` has shown the page. It gets a file, because only some versions can read
/// a page from standard input, while all treat an argument with a slash as a file.
fn show_with_man(page: &str) -> io::Result<bool> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("bundletop.1");
    fs::write(&file, page)?;
    let status = Command::new("man").arg(&file).status()?;
    Ok(status.success())
}
