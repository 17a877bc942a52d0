//! What the loop does with the settings: it reads them again, opens them in an editor, and gets the theme that is
//! chosen. What they mean for the screen is in [`Preferences`](super::preferences::Preferences).

mod editor;
mod watcher;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::app::{ChangedSettings, Msg};
use super::terminal::Screen;
use super::theme::{Theme, Themes};
use super::{End, Loop};
use crate::signal::{self, Signal};
use crate::text::capitalized;
pub use watcher::SettingsWatcher;

/// Where the settings come from.
#[derive(Clone)]
pub struct SettingsSource {
    /// The file. There may be none yet.
    pub file: PathBuf,
    /// What to write into the file if there is none and a person wants to edit it.
    pub template: String,
    /// The directory of a person's own themes.
    pub themes: Option<PathBuf>,
    /// Reads them again; `None` if nothing has changed since they were read last.
    pub read: Arc<dyn Fn() -> Option<ReadSettings> + Send + Sync>,
}

/// Settings that were read again.
pub struct ReadSettings {
    /// How everything looks.
    pub theme: Theme,
    /// Whether to look as the terminal's background is.
    pub follows_background: bool,
    /// What is for the app.
    pub changed: ChangedSettings,
}

/// A signal that another process has got too comes no later than that.
const MAX_SIGNAL_DELAY: Duration = Duration::from_secs(1);

impl<S: Screen> Loop<'_, S> {
    /// Gets the theme that a person has chosen or looks at.
    pub(super) fn choose_theme(&mut self) {
        let wanted = self.app.chosen_theme();
        let name = self.chosen_theme.as_ref().map(|(name, _)| name.as_str());
        if wanted == name {
            return;
        }
        let wanted = wanted.map(str::to_owned);
        self.chosen_theme = wanted.map(|name| {
            let theme = match self.catalog.get(&name) {
                Ok(file) => self.theme.with(Themes::only(file)),
                Err(reason) => {
                    self.app.show_note(capitalized(&format!("{reason}.")));
                    self.theme.clone()
                }
            };
            (name, theme)
        });
    }

    /// Gives the terminal to the person's editor until it ends.
    pub(super) async fn edit_settings(
        &mut self,
        signals: &mut UnboundedReceiver<Signal>,
    ) -> io::Result<()> {
        let Some(source) = self.settings_source.clone() else {
            self.app
                .show_note("There is no home directory for a file of settings.");
            return Ok(());
        };
        self.app.leaves_screen();
        self.screen.lend();
        let failed = match editor::start(&source.file, &source.template) {
            Ok(mut editor) => {
                let ended = self.wait_for_editor(&mut editor, signals).await;
                if self.end.is_some() {
                    editor::end(&mut editor).await;
                    return Ok(());
                }
                ended.err()
            }
            Err(reason) => Some(reason),
        };
        self.screen.take_back()?;
        let (width, height) = self.screen.size()?;
        let resized = crossterm::event::Event::Resize(width, height);
        self.update(Instant::now(), Msg::Input(vec![resized]));
        // At once, so that the next frame is as the person has just written.
        if let Some(settings) = (source.read)() {
            self.take_settings(settings);
        }
        if let Some(failed) = failed {
            self.app.show_note(failed);
        }
        Ok(())
    }

    /// Waits until the editor ends, or this program is to end.
    ///
    /// # Errors
    ///
    /// A sentence that says how the editor failed.
    async fn wait_for_editor(
        &mut self,
        editor: &mut Child,
        signals: &mut UnboundedReceiver<Signal>,
    ) -> Result<(), String> {
        let mut is_interrupted = false;
        let status = loop {
            tokio::select! {
                biased;
                Some(signal) = signals.recv() => match signal {
                    Signal::Stop => signal::suspend_self(),
                    Signal::Continue => {}
                    // The editor gets these too, and they are meant for it.
                    Signal::Interrupt | Signal::Quit => is_interrupted = true,
                    Signal::Terminate | Signal::HangUp => {
                        self.end = Some(End::By(signal));
                        return Ok(());
                    }
                },
                status = editor.wait() => break status,
            }
        };
        // The interrupt that has ended the editor is on its way here.
        if status.as_ref().is_ok_and(signal::is_interrupted) && !is_interrupted {
            let _ = timeout(MAX_SIGNAL_DELAY, signals.recv()).await;
        }
        match status {
            Ok(status) if status.success() => Ok(()),
            // As "exit status: 3", or "signal: 9 (SIGKILL)".
            Ok(status) => Err(format!("The editor failed ({status}).")),
            Err(error) => Err(format!("The editor failed ({error}).")),
        }
    }

    pub(super) fn take_settings(&mut self, settings: ReadSettings) {
        let ReadSettings {
            theme,
            follows_background,
            changed,
        } = settings;
        // The terminal's answer about its background holds.
        self.theme = theme.on(self.theme.background());
        self.follows_background = follows_background;
        self.chosen_theme = None;
        self.update(Instant::now(), Msg::Settings(Box::new(changed)));
    }
}
