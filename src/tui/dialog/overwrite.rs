//! The dialog that asks before a file is replaced.

use ratatui::Frame;

use super::centered_box::{self, Kind, push_wrapped};
use crate::tui::export::Export;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Draws the question.
pub fn draw(frame: &mut Frame, export: &Export, context: &RenderContext) {
    let width = centered_box::text_width(frame.area());
    let mut lines = Vec::new();
    push_wrapped(&mut lines, &export.path, Role::Strong, width, context);
    push_wrapped(
        &mut lines,
        "exists. Replace it?",
        Role::Text,
        width,
        context,
    );
    let key = |action| context.key_name(Context::Overwrite, action);
    let (replace, keep) = (key(Action::Overwrite), key(Action::Close));
    let hint = format!("{replace} replaces it, {keep} keeps it");
    centered_box::draw(
        frame,
        Kind::Dangerous,
        " Replace the file? ",
        &hint,
        lines,
        context,
    );
}
