//! A world as it is described: which tasks there are at the beginning, and which arrive later.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::check::check_world;
use super::file::WorldFile;
use super::generate::generate_task;

/// The built-in world.
const BUILT_IN: &str = include_str!("../../../assets/demo/default.json");

/// The description of a world: which tasks there are at the beginning, and which arrive later. The
/// top of `src/endpoint/world.rs` documents the members of its file.
#[derive(Clone, Debug, Default)]
pub struct World(WorldFile);

/// Why a world cannot be used.
#[derive(Debug, Error)]
pub enum WorldError {
    /// The file cannot be read.
    #[error("cannot read the world {}: {source}", path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file is not JSON, or not the JSON of a world.
    #[error("{name}:{line}:{column}: {problem}")]
    Malformed {
        /// The name of the file.
        name: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong, in which task, and what is allowed.
        problem: String,
    },
    /// The members contradict each other.
    #[error("{name}: {problem}")]
    Inconsistent {
        /// The name of the file.
        name: String,
        /// What is wrong, and in which task.
        problem: String,
    },
}

impl WorldError {
    fn malformed(name: &str, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let position = format!(" at line {line} column {column}");
        Self::Malformed {
            name: name.to_owned(),
            line,
            column,
            problem: text.strip_suffix(&position).unwrap_or(&text).to_owned(),
        }
    }
}

impl World {
    /// The world of the demo: tasks in every state, one of them failed, and new ones arriving.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot panic: a test reads the same file"
    )]
    pub fn built_in() -> Self {
        Self::from_json("default.json", BUILT_IN).expect("a test reads the same file")
    }

    /// Reads a world from a file.
    pub fn from_file(path: &Path) -> Result<Self, WorldError> {
        let json = std::fs::read_to_string(path).map_err(|source| WorldError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::from_json(&path.display().to_string(), &json)
    }

    /// Reads a world from the JSON of its file. Errors call the file `name`.
    pub fn from_json(name: &str, json: &str) -> Result<Self, WorldError> {
        let file: WorldFile =
            serde_json::from_str(json).map_err(|error| WorldError::malformed(name, &error))?;
        match check_world(&file) {
            Ok(()) => Ok(Self(file)),
            Err(problem) => Err(WorldError::Inconsistent {
                name: name.to_owned(),
                problem,
            }),
        }
    }

    /// A world of `count` tasks in all states, none of which ever changes, for benchmarks and load
    /// tests. The same seed gives the same world.
    pub fn of_size(count: usize, seed: u64) -> Self {
        let tasks = (0..)
            .take(count)
            .map(|number| generate_task(seed, number))
            .collect();
        Self(WorldFile {
            seed,
            tasks,
            ..WorldFile::default()
        })
    }

    /// The seed of everything that is chosen at random in this world. The faults of an endpoint
    /// can use the same seed.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// The same world with another seed, so that the IDs of new tasks and the order of lists
    /// differ.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// Its members.
    pub(super) fn file(&self) -> &WorldFile {
        &self.0
    }
}
