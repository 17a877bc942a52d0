//! The dialog that asks before quitting while cancels are under way.

use ratatui::Frame;
use ratatui::text::Line;

use super::centered_box::{self, Kind, push_wrapped};
use crate::monitor::Scope;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// How many of the cancels are named.
const MAX_NAMED: usize = 6;

/// Draws the question.
pub fn draw(frame: &mut Frame, scope: &Scope, context: &RenderContext) {
    let width = centered_box::text_width(frame.area());
    let cancels = scope.cancels_under_way();
    let mut lines = Vec::new();
    let quit = context.key_name(Context::Quit, Action::QuitAnyway);
    let stay = context.key_name(Context::Quit, Action::Close);
    if cancels.is_empty() {
        push_wrapped(
            &mut lines,
            "No cancel is under way any more.",
            Role::Good,
            width,
            context,
        );
    } else {
        let text = match cancels.len() {
            1 => "A cancel is under way:".to_owned(),
            count => format!("{count} cancels are under way:"),
        };
        push_wrapped(&mut lines, &text, Role::Warning, width, context);
    }
    for (id, is_sent) in cancels.iter().take(MAX_NAMED) {
        let what = if *is_sent {
            "sent, not answered"
        } else {
            "not sent yet"
        };
        let id = context.keep_end(id.as_str(), width.saturating_sub(what.len() + 5));
        lines.push(Line::from(format!("  {id}   {what}")));
    }
    if cancels.len() > MAX_NAMED {
        lines.push(Line::from(format!(
            "  and {} more",
            cancels.len() - MAX_NAMED
        )));
    }
    if !cancels.is_empty() {
        lines.push(Line::default());
        let text = "What is not sent is given up; what is sent goes on, and you will not see its \
                    outcome here.";
        push_wrapped(&mut lines, text, Role::Text, width, context);
    }
    let hint = format!("{quit} quits, {stay} stays");
    centered_box::draw(frame, Kind::Dangerous, " Quit now? ", &hint, lines, context);
}
