//! The panel that shows what became of several cancels.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::centered_box::{self, Kind};
use super::outcome::result_lines;
use super::scrolled::{ListScroll, window};
use super::{CancelResult, sentence};
use crate::monitor::{CancelId, CancelState, Place, Scope};
use crate::task::BundleId;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Cancels that were confirmed together.
#[derive(Debug, Default)]
pub struct CancelBatch {
    /// One for each task.
    pub cancels: Vec<BatchCancel>,
    /// Where the panel is scrolled to.
    pub scroll: ListScroll,
    /// Whether something has happened that was not on the screen, and that a person must know.
    pub is_unread: bool,
}

/// One cancel of several.
#[derive(Debug)]
pub struct BatchCancel {
    /// The task.
    pub id: BundleId,
    /// The cancel; `None` until the monitor has registered it.
    pub cancel: Option<CancelId>,
    /// Where the task is.
    pub place: Option<Arc<Place>>,
    /// What became of it; `None` while it is under way.
    pub result: Option<CancelResult>,
}

impl CancelBatch {
    /// Cancels of these tasks.
    pub fn new(ids: Vec<BundleId>) -> Self {
        let cancels = ids.into_iter().map(|id| BatchCancel {
            id,
            cancel: None,
            place: None,
            result: None,
        });
        Self {
            cancels: cancels.collect(),
            ..Self::default()
        }
    }

    /// The entry of a cancel. One that the monitor has just registered is found by its task.
    pub fn entry(&mut self, cancel: CancelId, id: &BundleId) -> Option<&mut BatchCancel> {
        let cancels = &mut self.cancels;
        let known = cancels.iter().position(|it| it.cancel == Some(cancel));
        let is_new = |it: &BatchCancel| it.cancel.is_none() && it.id == *id;
        let place = known.or_else(|| cancels.iter().position(is_new))?;
        let entry = &mut cancels[place];
        entry.cancel = Some(cancel);
        Some(entry)
    }

    /// The outcomes that were not on the screen, in sentences to be read after the program has ended.
    /// `on_screen` is the place of the tasks on the screen.
    pub fn unread(&self, on_screen: Option<&Place>) -> impl Iterator<Item = String> {
        let cancels = self.cancels.iter().filter(|_| self.is_unread);
        cancels.filter_map(move |cancel| match (&cancel.result, &cancel.place) {
            (None | Some(CancelResult::Accepted), _) | (_, None) => None,
            (Some(result), Some(place)) => sentence(&cancel.id, place, result, on_screen),
        })
    }
}

/// Draws the panel.
pub fn draw(frame: &mut Frame, batch: &CancelBatch, scope: &Scope, context: &RenderContext) {
    let width = centered_box::wide_text_width(frame.area());
    let above = vec![summary(batch, scope, width, context), Line::default()];
    let room = centered_box::max_lines(frame.area()).saturating_sub(above.len());
    let list = window(batch.cancels.len(), batch.scroll, room, |number| {
        entry(&batch.cancels[number], scope, width, context)
    });
    let key = context.key_name(Context::Cancels, Action::Close);
    let hint = if list.shown.len() < batch.cancels.len() {
        let (from, to) = (list.shown.start + 1, list.shown.end);
        format!("{from}-{to} of {}; {key} closes", batch.cancels.len())
    } else {
        format!("{key} closes")
    };
    let lines = [above, list.lines].concat();
    centered_box::draw_sized(
        frame,
        Kind::Plain,
        width,
        " Cancels ".into(),
        &hint,
        lines,
        context,
    );
}

/// What a cancel has come to, in a word.
fn word(cancel: &BatchCancel, scope: &Scope) -> (&'static str, Role) {
    match &cancel.result {
        Some(CancelResult::Accepted) => ("accepted", Role::Good),
        Some(CancelResult::NotSent(_)) => ("not sent", Role::Warning),
        Some(CancelResult::Refused(_)) => ("refused", Role::Bad),
        Some(CancelResult::Settled(_)) => ("found again", Role::Warning),
        Some(CancelResult::AnswerLost { .. }) => ("answer lost", Role::Warning),
        None => match scope.cancel_state(&cancel.id) {
            Some(CancelState::Checking) => ("being checked", Role::Text),
            Some(CancelState::Sent) => ("sent", Role::Text),
            Some(
                CancelState::Queued
                | CancelState::Accepted
                | CancelState::AnswerLost
                | CancelState::Settled,
            )
            | None => ("waiting", Role::Dim),
        },
    }
}

/// `12 cancels: 3 waiting, 2 sent, 7 accepted`.
fn summary(
    batch: &CancelBatch,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let mut counts: Vec<(&str, Role, usize)> = Vec::new();
    for cancel in &batch.cancels {
        let (word, role) = word(cancel, scope);
        match counts.iter_mut().find(|(other, ..)| *other == word) {
            Some((.., count)) => *count += 1,
            None => counts.push((word, role, 1)),
        }
    }
    let mut line =
        Line::from(context.span(Role::Strong, format!("{} cancels: ", batch.cancels.len())));
    let mut separator = "";
    for (word, role, count) in counts {
        line.push_span(Span::raw(separator));
        line.push_span(context.span(role, format!("{count} {word}")));
        separator = ", ";
    }
    if line.width() > width {
        return context.keep_start(&line.to_string(), width).into();
    }
    line
}

/// A cancel; below it, if it did not simply succeed, why.
fn entry(
    cancel: &BatchCancel,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let (word, role) = word(cancel, scope);
    let id = context.keep_end(cancel.id.as_str(), width.saturating_sub(word.len() + 3));
    let mut first = Line::from(vec![
        context.span(Role::Strong, id),
        Span::raw("   "),
        context.span(role, word),
    ]);
    // What EC2 says of the task now is what counts.
    let on_screen = scope.place();
    let elsewhere = cancel.place.as_deref();
    let elsewhere = elsewhere.and_then(|place| super::elsewhere(place, on_screen.as_ref()));
    let now = match (elsewhere, scope.tasks().by_id(&cancel.id)) {
        (Some(place), _) => Some((format!("in {place}"), Role::Text)),
        (None, Some(tracked)) if tracked.unlisted_since.is_none() => {
            let (symbol, role) = context.theme.phase(tracked.task.state.phase());
            Some((format!("{symbol} {}", tracked.task.state), role))
        }
        (None, _) => Some(("no longer listed".to_owned(), Role::Dim)),
    };
    if let Some((now, role)) = now {
        let now = context.clean(&now).into_owned();
        if first.width() + 3 + crate::text::width(&now) <= width {
            first.push_span(Span::raw("   "));
            first.push_span(context.span(role, now));
        }
    }
    let mut lines = vec![first];
    let why = match &cancel.result {
        None | Some(CancelResult::Accepted) => Vec::new(),
        Some(result) => result_lines(result, width.saturating_sub(2), context),
    };
    lines.extend(why.into_iter().map(|line| {
        let indent = std::iter::once(Span::raw("  "));
        indent.chain(line.spans).collect::<Line>()
    }));
    lines
}
