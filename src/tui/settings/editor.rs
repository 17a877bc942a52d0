//! A person's editor, on the file of the settings.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::environment;
use crate::signal;

/// The editor if the person has not chosen one.
const DEFAULT_EDITOR: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// Starts the editor of `VISUAL` or `EDITOR` on a file, which is written first if there is none.
///
/// # Errors
///
/// A sentence that says what is wrong.
pub fn start(file: &Path, template: &str) -> Result<Child, String> {
    write_if_missing(file, template)
        .map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    let chosen = ["VISUAL", "EDITOR"].into_iter();
    let chosen = chosen.filter_map(environment::variable);
    let editor = chosen.into_iter().find(|it| !it.trim().is_empty());
    let editor = editor.unwrap_or_else(|| DEFAULT_EDITOR.to_owned());
    // As a shell would split it: `code --wait`.
    let words = shlex::split(&editor).unwrap_or_default();
    let [program, arguments @ ..] = &words[..] else {
        return Err(format!("EDITOR is not a command: {editor}"));
    };
    let child = Command::new(program).args(arguments).arg(file).spawn();
    child.map_err(|error| format!("The editor {program} does not start: {error}."))
}

/// How long an editor may take to save what is typed before it is killed.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// Has the editor end, because this program does.
pub async fn end(editor: &mut Child) {
    signal::terminate(editor);
    if timeout(TIME_TO_END, editor.wait()).await.is_err() {
        let _ = editor.kill().await;
    }
}

fn write_if_missing(file: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    match fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
    {
        Ok(mut created) => io::Write::write_all(&mut created, text.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
