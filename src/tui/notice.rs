//! Notices outside the screen: the bell, a desktop notice through the terminal, a command of the user's.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::record::{Record, RecordedEvent};
use crate::task::{Phase, State};
use crate::text::{self, Charset};

/// What a notice can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum, schemars::JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A task has failed.
    Failure,
    /// A task does not move any more.
    Stall,
    /// What became of a cancel is known.
    Verdict,
    /// A task is complete.
    Complete,
    /// EC2 lists a new task.
    Appeared,
    /// EC2 no longer lists a task.
    Unlisted,
}

/// How a notice is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum, schemars::JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum NoticeChannel {
    /// The bell of the terminal.
    Bell,
    /// A desktop notice by the escape sequence OSC 9, as iTerm2 and Windows Terminal know it.
    Osc9,
    /// The same by OSC 777, as urxvt, foot and Ghostty know it.
    Osc777,
    /// The same by OSC 99, as kitty knows it.
    Osc99,
    /// None.
    Off,
}

/// Which notices are given, and how.
#[derive(Clone, Debug)]
pub struct NoticeOptions {
    /// What they are about.
    pub kinds: Vec<NoticeKind>,
    /// How they are given.
    pub channels: Vec<NoticeChannel>,
    /// A command to run, as words; none if it is empty.
    pub command: Vec<String>,
}

impl Default for NoticeOptions {
    /// The bell, on failure, stall and verdict.
    fn default() -> Self {
        Self {
            kinds: vec![NoticeKind::Failure, NoticeKind::Stall, NoticeKind::Verdict],
            channels: vec![NoticeChannel::Bell],
            command: Vec::new(),
        }
    }
}

/// A notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// What happened.
    pub record: Record,
}

/// What an event gives a notice about, if anything.
pub fn kind_of(event: &RecordedEvent) -> Option<NoticeKind> {
    match event {
        RecordedEvent::State { to, .. } => match State::new(to).phase() {
            Phase::Failed => Some(NoticeKind::Failure),
            Phase::Complete => Some(NoticeKind::Complete),
            Phase::Pending
            | Phase::WaitingForShutdown
            | Phase::Bundling
            | Phase::Storing
            | Phase::Cancelling
            | Phase::Unknown => None,
        },
        RecordedEvent::Stalled { .. } => Some(NoticeKind::Stall),
        RecordedEvent::Appeared { .. } => Some(NoticeKind::Appeared),
        RecordedEvent::NoLongerListed {} => Some(NoticeKind::Unlisted),
        RecordedEvent::CancelRefused { .. }
        | RecordedEvent::CancelNotSent { .. }
        | RecordedEvent::CancelSettled { .. } => Some(NoticeKind::Verdict),
        RecordedEvent::CancelVerdict { .. } => Some(NoticeKind::Verdict),
        RecordedEvent::Listed { .. }
        | RecordedEvent::Progress { .. }
        | RecordedEvent::Error { .. }
        | RecordedEvent::ListedAgain {}
        | RecordedEvent::CancelRequested { .. }
        | RecordedEvent::CancelSent {}
        | RecordedEvent::CancelAccepted { .. }
        | RecordedEvent::CancelAnswerLost { .. }
        | RecordedEvent::CancelLookedUp { .. }
        | RecordedEvent::Cancelling { .. } => None,
    }
}

impl Notice {
    /// `bun-2a4e041c: storing -> failed`, without anything that a terminal would act on.
    pub fn text(&self) -> String {
        let text = format!(
            "{}: {}",
            self.record.bundle_id,
            self.record.event.phrase("->")
        );
        let text = text::keep_start(&text, 200, Charset::Unicode);
        // It ends the title in OSC 777.
        text.replace(';', ",")
    }

    /// The bytes that give it through a terminal.
    pub fn bytes(&self, channels: &[NoticeChannel]) -> Vec<u8> {
        let text = self.text();
        let all = channels.iter().map(|channel| match channel {
            NoticeChannel::Bell => "\u{7}".to_owned(),
            NoticeChannel::Osc9 => format!("\u{1b}]9;{text}\u{1b}\\"),
            NoticeChannel::Osc777 => format!("\u{1b}]777;notify;bundletop;{text}\u{1b}\\"),
            NoticeChannel::Osc99 => format!("\u{1b}]99;;{text}\u{1b}\\"),
            NoticeChannel::Off => String::new(),
        });
        all.collect::<String>().into_bytes()
    }
}

/// How long a command may run.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the user's command for a notice: the record as JSON on standard input, its parts in environment
/// variables. What it prints is dropped.
///
/// # Errors
///
/// A sentence that says how it failed.
pub async fn run_command(words: &[String], notice: &Notice) -> Result<(), String> {
    let [program, arguments @ ..] = words else {
        return Ok(());
    };
    let record = &notice.record;
    let json = serde_json::to_vec(record).unwrap_or_default();
    let state = record
        .task
        .as_ref()
        .map_or("", |task| task["State"].as_str().unwrap_or(""));
    let event = serde_json::to_value(&record.event).unwrap_or_default();
    let name = event
        .get("event")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("BUNDLETOP_EVENT", name)
        .env("BUNDLETOP_BUNDLE_ID", plain(record.bundle_id.as_str()))
        .env("BUNDLETOP_STATE", plain(state))
        .env("BUNDLETOP_TEXT", notice.text())
        .env("BUNDLETOP_REGION", plain(&record.region))
        .env(
            "BUNDLETOP_ACCOUNT",
            record.account.as_deref().unwrap_or_default(),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // In the background: what reads from the terminal there is stopped, and takes no key away from the screen.
    #[cfg(unix)]
    command.process_group(0);
    let run = async {
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // A command that does not read it is fine.
            let _ = input.write_all(&json).await;
        }
        child.wait().await
    };
    let reason = match timeout(COMMAND_TIMEOUT, run).await {
        Ok(Ok(status)) if status.success() => return Ok(()),
        Ok(Ok(status)) => status.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it was ended after {} seconds", COMMAND_TIMEOUT.as_secs()),
    };
    tracing::warn!(reason, program, "the notice command failed");
    Err(format!("The notice command {program} failed: {reason}."))
}

/// Without a NUL byte, which no variable can have.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}
