//! Exporting the rows to a file whose path is typed.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use shellexpand::path::tilde;
use tempfile::Builder;

use super::list::completion::MAX_SUGGESTIONS;
use crate::output::{ExportFormat, ExportedTask};

/// What to export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The path as typed.
    pub path: String,
    /// The tasks, in order.
    pub tasks: Vec<ExportedTask>,
    /// Whether a file that exists may be replaced.
    pub overwrites: bool,
}

/// What became of an export.
#[derive(Debug)]
pub enum ExportOutcome {
    /// The file is written.
    Written {
        /// Where it is.
        path: PathBuf,
        /// How many tasks are in it.
        count: usize,
    },
    /// There is a file already. It is unchanged.
    Exists(Export),
    /// No file was written, and why.
    Failed {
        /// The path as typed.
        path: String,
        /// What went wrong.
        error: io::Error,
    },
}

/// The endings of the names of files that can be written.
pub const EXTENSIONS: &str = ".json, .csv or .md";

/// The format that the name of a file asks for.
pub fn format_of(path: &str) -> Option<ExportFormat> {
    let extension = Path::new(path).extension()?.to_str()?;
    ExportFormat::of_extension(extension)
}

/// Writes the file, completely or not at all.
pub fn export(export: Export) -> ExportOutcome {
    let path = tilde(Path::new(&export.path)).into_owned();
    match write(&export, &path) {
        Ok(()) => ExportOutcome::Written {
            path,
            count: export.tasks.len(),
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !export.overwrites => {
            ExportOutcome::Exists(export)
        }
        Err(error) => ExportOutcome::Failed {
            path: export.path,
            error,
        },
    }
}

fn write(export: &Export, path: &Path) -> io::Result<()> {
    let format = format_of(&export.path).ok_or(io::ErrorKind::InvalidInput)?;
    // What a link leads to is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match path.metadata() {
        Ok(known) if known.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(known) if !known.is_file() => return Err(io::Error::other("it is not a regular file")),
        Ok(_) if !export.overwrites => return Err(io::ErrorKind::AlreadyExists.into()),
        Ok(_) | Err(_) => {}
    }
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(parent.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(file.as_file_mut());
    format.write(&mut out, &export.tasks)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    let persisted = if export.overwrites {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    persisted.map(drop).map_err(|error| error.error)
}

/// Paths that begin as typed: directories, and files that can be written.
pub fn suggest_paths(typed: &str) -> Vec<String> {
    let (directory, start) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let expanded = tilde(Path::new(if directory.is_empty() {
        "./"
    } else {
        directory
    }))
    .into_owned();
    let Ok(entries) = fs::read_dir(expanded) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_hidden = name.starts_with('.') && !start.starts_with('.');
            let is_directory = entry.path().is_dir();
            let is_wanted = name.starts_with(start) && !is_hidden;
            let can_be_written = is_directory || format_of(&name).is_some();
            let slash = if is_directory { "/" } else { "" };
            (is_wanted && can_be_written).then(|| format!("{directory}{name}{slash}"))
        })
        .collect();
    paths.sort_unstable();
    paths.truncate(MAX_SUGGESTIONS);
    paths
}
