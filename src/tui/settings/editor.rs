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
    let named = |name| Some((name, environment::variable(name)?));
    let mut chosen = ["VISUAL", "EDITOR"].into_iter().filter_map(named);
    let chosen = chosen.find(|(_, editor)| !editor.trim().is_empty());
    let (name, editor) = chosen.unwrap_or_else(|| ("EDITOR", DEFAULT_EDITOR.to_owned()));
    // As a shell would split it: `code --wait`.
    let words = shlex::split(&editor).unwrap_or_default();
    let [program, arguments @ ..] = &words[..] else {
        return Err(format!("{name} is not a command: {editor}"));
    };
    let child = Command::new(program).args(arguments).arg(file).spawn();
    child.map_err(|error| format!("The editor {program} cannot be started: {error}."))
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
