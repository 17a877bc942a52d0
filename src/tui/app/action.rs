//! What the actions of the keymap do.

use super::keys::KeyPress;
use super::{App, Details, DetailsFormat, Effect, Purpose};
use crate::monitor::{Command, TrackedTask};
use crate::task::Phase;
use crate::tui::column::Column;
use crate::tui::dialog::{Button, Dialog};
use crate::tui::keymap::{Action, Context};
use crate::tui::list::order::Order;
use crate::tui::replay::ReplayCommand;

impl App {
    /// Whether a key for `action` would do something now; the footer shows only such keys.
    pub fn is_useful(&self, action: Action) -> bool {
        match action {
            // Why a task cannot be cancelled is said when its key is pressed.
            Action::AskToCancel if self.why_no_cancels().is_some() => false,
            Action::AskToCancel => self.subject().is_some() || !self.list.marks().is_empty(),
            // They work without tasks too, but are of no use then.
            Action::Filter | Action::Sort | Action::Copy if self.tasks().is_empty() => false,
            // A dialog whose question has been answered by EC2 has nothing to confirm.
            Action::CancelTask | Action::OtherButton | Action::Press => self.can_confirm(),
            action => self.why_not(action).is_none(),
        }
    }

    /// Why an action would do nothing now, in a sentence; `None` if it would.
    #[expect(clippy::too_many_lines, reason = "one arm per action")]
    pub fn why_not(&self, action: Action) -> Option<String> {
        let unless = |holds: bool, reason: &str| (!holds).then(|| reason.to_owned());
        let is_list = self.context() == Context::List;
        let subject = self.subject();
        match action {
            Action::Up | Action::Down if self.context() == Context::Events => {
                let page = self.event_page.as_ref();
                unless(
                    page.is_some_and(|page| page.len() > 1),
                    "There is no other event.",
                )
            }
            Action::Up | Action::Down if is_list => {
                unless(self.list.len() > 1, "There is no other task.")
            }
            Action::Up | Action::Down => match &self.dialog {
                Some(
                    Dialog::Menu(_)
                    | Dialog::Palette(_)
                    | Dialog::ConfirmTyped(_)
                    | Dialog::Cancels,
                ) => None,
                Some(
                    Dialog::Confirm(_)
                    | Dialog::Outcome(_)
                    | Dialog::Help { .. }
                    | Dialog::Quit
                    | Dialog::Overwrite(_),
                )
                | None => unless(self.drawn.max_scroll > 0, "Everything is on the screen."),
            },
            Action::Past => self.why_no_past(),
            Action::ReplayFaster
            | Action::ReplaySlower
            | Action::ReplayBack
            | Action::ReplayAhead
            | Action::ReplayNextEvent => self.why_no_replay(),
            Action::GoToTask | Action::CopyEvent => {
                let page = self.event_page.as_ref();
                let has_some = page.is_some_and(|page| !page.is_empty());
                unless(has_some, "No event is shown.")
            }
            Action::Export => unless(!self.list.is_empty(), "No task is shown."),
            Action::Details
            | Action::Json
            | Action::Yaml
            | Action::Mark
            | Action::MarkRange
            | Action::MarkAll => unless(subject.is_some(), "No task is shown."),
            Action::AskToCancel => self.why_not_ask_to_cancel(),
            Action::Refresh | Action::Ec2Filters => unless(
                self.replay.is_none(),
                "This is a recording: EC2 is not asked.",
            ),
            Action::Cancels => {
                let has_some = !self.batch.cancels.is_empty();
                unless(has_some, "No marked tasks have been cancelled yet.")
            }
            Action::Dismiss => match subject {
                Some(task) if task.unlisted_since.is_some() => {
                    let is_cancelled = self.scope().is_cancel_under_way(&task.task.bundle_id);
                    let reason = "A cancel of this task is under way; wait for its outcome.";
                    unless(!is_cancelled, reason)
                }
                Some(_) | None => {
                    Some("Only a task that EC2 no longer lists can be dismissed.".into())
                }
            },
            Action::Reveal => {
                let storage = subject.and_then(|task| task.task.storage.as_ref());
                let format = self.details.as_ref().map(|details| details.format);
                let shows_key = format.is_some_and(|format| format != DetailsFormat::Fields);
                let has_some = storage.is_some_and(|s3| {
                    s3.upload_policy.is_some() || shows_key && s3.aws_access_key_id.is_some()
                });
                unless(has_some, "EC2 sent no upload policy with this task.")
            }
            Action::FindNext | Action::FindPrevious => {
                let search = self.details.as_ref().map_or("", |details| &details.search);
                match search {
                    "" => Some("Nothing is searched for.".into()),
                    search if self.drawn.found.is_empty() => {
                        Some(format!("\"{search}\" is not found."))
                    }
                    _ => None,
                }
            }
            Action::ShowAll => {
                let is_limited = self.list.is_filtered()
                    || self.list.range().is_some()
                    || !self.list.filter().text().is_empty();
                (!is_limited).then(|| self.all_are_shown())
            }
            Action::Unmark => {
                let has_marks = !self.list.marks().is_empty() || self.list.range().is_some();
                unless(has_marks, "No task is marked.")
            }
            Action::Complete | Action::CompleteBack => {
                let completion = self.prompt.as_ref().map(|prompt| &prompt.completion);
                let is_empty_filter = self.prompt.as_ref().is_some_and(|prompt| {
                    prompt.purpose == Purpose::Filter && prompt.field.text().is_empty()
                });
                let has_some =
                    is_empty_filter || completion.is_some_and(|it| !it.suggestions.is_empty());
                unless(has_some, "There is nothing to complete.")
            }
            Action::Earlier | Action::Later => {
                let has_some = !self.earlier().is_empty();
                unless(has_some, "Nothing was typed before.")
            }
            Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last
            | Action::Filter
            | Action::Search
            | Action::ShowState
            | Action::Sort
            | Action::SortLeft
            | Action::SortRight
            | Action::SortReverse
            | Action::FinishedLast
            | Action::Palette
            | Action::Events
            | Action::ProgressEvents
            | Action::Pause
            | Action::Copy
            | Action::Overwrite
            | Action::Mouse
            | Action::Theme
            | Action::EditSettings
            | Action::KeepTask
            | Action::CancelTask
            | Action::OtherButton
            | Action::Press
            | Action::Choose
            | Action::Accept
            | Action::Discard
            | Action::Close
            | Action::Help
            | Action::Suspend
            | Action::QuitAnyway
            | Action::Quit => None,
        }
    }

    /// Does what an action says. `press` is the key that asked for it, unless it was found in the palette.
    pub(super) fn act(
        &mut self,
        action: Action,
        press: Option<KeyPress>,
        effects: &mut Vec<Effect>,
    ) {
        let is_deliberate = press.is_some_and(|press| press.is_deliberate);
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-self.page_height()),
            Action::PageDown => self.scroll(self.page_height()),
            Action::First => self.scroll(isize::MIN),
            Action::Last => self.scroll(isize::MAX),
            Action::Filter if self.event_page.is_some() => self.open_event_filter(),
            Action::Filter => self.open_filter(),
            Action::Events => self.toggle_events(),
            Action::Past => self.toggle_past(effects),
            Action::Pause if self.replay().is_some() => {
                self.replay_command(ReplayCommand::TogglePause, effects);
            }
            Action::ReplayFaster => self.replay_command(ReplayCommand::Faster, effects),
            Action::ReplaySlower => self.replay_command(ReplayCommand::Slower, effects),
            Action::ReplayBack => self.replay_command(ReplayCommand::Back, effects),
            Action::ReplayAhead => self.replay_command(ReplayCommand::Ahead, effects),
            Action::ReplayNextEvent => self.replay_command(ReplayCommand::NextEvent, effects),
            Action::ProgressEvents => self.toggle_progress_events(),
            Action::GoToTask => self.go_to_task(),
            Action::CopyEvent => self.copy_event(effects),
            Action::ShowState => self.show_state(press),
            Action::ShowAll => self.show_all(),
            Action::Sort => self.open_sort_menu(),
            Action::SortLeft => self.move_order(-1),
            Action::SortRight => self.move_order(1),
            Action::SortReverse => self.set_order(self.list.order().reversed()),
            Action::FinishedLast => self.toggle_finished_last(),
            Action::Mark => self.mark(),
            Action::MarkRange => self.list.toggle_range(),
            Action::MarkAll => self.list.mark_all(),
            Action::Unmark => self.list.unmark_all(),
            Action::Palette => self.open_palette(),
            Action::Details => self.open_details(DetailsFormat::Fields),
            Action::Json => self.open_details(DetailsFormat::Json),
            Action::Yaml => self.open_details(DetailsFormat::Yaml),
            Action::Search => self.open_search(),
            Action::Ec2Filters => match self.why_not(Action::Ec2Filters) {
                Some(reason) => self.show_note(reason),
                None => self.open_ec2_filters(),
            },
            Action::FindNext => self.find_next(true),
            Action::FindPrevious => self.find_next(false),
            Action::AskToCancel => self.ask_to_cancel(effects),
            Action::Refresh => match self.why_not(Action::Refresh) {
                Some(reason) => self.show_note(reason),
                None => self.command(Command::Refresh, effects),
            },
            Action::Pause => self.command(Command::TogglePause, effects),
            Action::Dismiss => self.dismiss(effects),
            Action::Reveal => self.toggle_secrets(),
            Action::Copy => self.open_copy_menu(),
            Action::Export => match self.why_not(Action::Export) {
                Some(reason) => self.show_note(reason),
                None => self.open_export(),
            },
            Action::Overwrite => self.overwrite(is_deliberate, effects),
            Action::Mouse => self.toggle_mouse(effects),
            Action::Theme => self.open_theme_menu(),
            Action::EditSettings => effects.push(Effect::EditSettings),
            Action::KeepTask => self.keep(effects),
            Action::CancelTask => self.press(Button::CancelTask, is_deliberate, effects),
            Action::OtherButton => {
                if let Some(Dialog::Confirm(confirm)) = &mut self.dialog
                    && is_deliberate
                {
                    confirm.focus = confirm.focus.other();
                }
            }
            Action::Press => self.press_focused(is_deliberate, effects),
            Action::Cancels => self.open_cancels(),
            Action::Choose => self.choose(effects),
            Action::Accept => self.accept_prompt(effects),
            Action::Discard => self.discard_prompt(),
            Action::Complete => self.complete(true),
            Action::CompleteBack => self.complete(false),
            Action::Earlier => self.recall(true),
            Action::Later => self.recall(false),
            // These can open by themselves, so a key meant for something else must not close them.
            Action::Close
                if matches!(self.context(), Context::Outcome | Context::Cancels)
                    && !is_deliberate => {}
            Action::Close => self.close(),
            Action::Help => self.open(Dialog::Help { scroll: 0 }),
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Quit if !self.scope().cancels_under_way().is_empty() => {
                self.open(Dialog::Quit);
            }
            Action::QuitAnyway if !is_deliberate => {}
            Action::Quit | Action::QuitAnyway => effects.push(Effect::Quit),
        }
    }

    /// Shows only the tasks in the state that the key stands for; the same key shows all again.
    fn show_state(&mut self, press: Option<KeyPress>) {
        let Some(press) = press else {
            return self.open_state_menu();
        };
        let chosen = press.number.checked_sub(1);
        let phase = chosen.and_then(|number| Phase::ALL.get(number)).copied();
        let is_shown = phase.is_some() && self.list.phase() == phase;
        self.set_phase(if is_shown { None } else { phase });
    }

    pub(super) fn set_phase(&mut self, phase: Option<Phase>) {
        let scope = self.monitor.scope(self.scope);
        self.list.set_phase(phase, scope, self.now.wall);
    }

    /// Undoes the last thing that limits what is shown or marked.
    fn show_all(&mut self) {
        if self.list.range().is_some() {
            self.list.drop_range();
        } else if !self.list.filter().text().is_empty() {
            self.set_filter("");
        } else if self.list.phase().is_some() {
            self.set_phase(None);
        } else {
            self.show_note(self.all_are_shown());
        }
    }

    /// What to say if nothing here limits what is shown.
    fn all_are_shown(&self) -> String {
        if self.scope().filters().is_empty() {
            return "All tasks are shown.".to_owned();
        }
        let key = self.key_name(Action::Ec2Filters);
        format!("All tasks that EC2's filters find are shown; {key} changes these.")
    }

    pub(super) fn set_order(&mut self, order: Order) {
        let scope = self.monitor.scope(self.scope);
        self.list.set_order(order, scope, self.now.wall);
    }

    /// Sorts by the column that many places to the right.
    fn move_order(&mut self, by: isize) {
        let order = self.list.order();
        let columns = Column::ALL;
        let here = columns.iter().position(|column| *column == order.column);
        let there = here
            .unwrap_or(0)
            .saturating_add_signed(by)
            .min(columns.len() - 1);
        if columns[there] != order.column {
            self.set_order(order.choose(columns[there]));
        }
    }

    pub(super) fn toggle_finished_last(&mut self) {
        let order = self.list.order();
        let finished_last = !order.finished_last;
        self.set_order(Order {
            finished_last,
            ..order
        });
        self.show_note(if finished_last {
            "Tasks that have ended are at the end."
        } else {
            "Tasks that have ended are sorted among the others."
        });
    }

    fn mark(&mut self) {
        if self.list.range().is_some() {
            return self.list.mark_range();
        }
        self.list.toggle_mark();
        self.scroll(1);
    }

    fn dismiss(&mut self, effects: &mut Vec<Effect>) {
        match (
            self.subject().map(TrackedTask::key),
            self.why_not(Action::Dismiss),
        ) {
            (Some(key), None) => {
                self.command(Command::Dismiss(key), effects);
                self.details = None;
            }
            (_, reason) => self.show_note(reason.unwrap_or_default()),
        }
    }

    /// Rows per page in the current context.
    fn page_height(&self) -> isize {
        let layout = self.layout();
        let rows = match self.context() {
            Context::List => layout.rows,
            Context::Details
            | Context::Confirm
            | Context::ConfirmTyped
            | Context::Outcome
            | Context::Cancels
            | Context::Quit
            | Context::Overwrite
            | Context::Help
            | Context::Menu
            | Context::Palette
            | Context::Events
            | Context::Text => usize::from(layout.body.height.saturating_sub(2)),
        };
        isize::try_from(rows.max(1)).unwrap_or(isize::MAX)
    }

    pub(super) fn scroll(&mut self, by: isize) {
        if let (None, Some(page)) = (&self.dialog, &mut self.event_page) {
            return page.select(page.cursor().saturating_add_signed(by));
        }
        let scroll = match (&mut self.dialog, &mut self.details) {
            (Some(Dialog::Help { scroll }), _) => scroll,
            (None, Some(Details { scroll, .. })) => scroll,
            (Some(Dialog::Menu(menu)), _) => return menu.move_by(by),
            (Some(Dialog::Palette(palette)), _) => return palette.move_by(by),
            (Some(Dialog::ConfirmTyped(dialog)), _) => {
                return dialog.scroll.move_by(by, dialog.ids.len());
            }
            (Some(Dialog::Cancels), _) => {
                let count = self.batch.cancels.len();
                return self.batch.scroll.move_by(by, count);
            }
            (
                Some(Dialog::Confirm(_) | Dialog::Outcome(_) | Dialog::Quit | Dialog::Overwrite(_)),
                _,
            ) => return,
            (None, None) => {
                let to = self.list.cursor().saturating_add_signed(by);
                let tasks = self.monitor.scope(self.scope).tasks();
                return self.list.select(to, tasks);
            }
        };
        let to = usize::from(*scroll).saturating_add_signed(by);
        *scroll = u16::try_from(to)
            .unwrap_or(u16::MAX)
            .min(self.drawn.max_scroll);
    }
}
