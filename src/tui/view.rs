//! Draws the app into cells. It only reads the state and makes no decisions.
//!
//! ```text
//!  bundletop  prod · 123456789012 · us-east-1          ● live   polled 14:03:22 UTC   header
//!  8 tasks   1 pending  2 bundling  3 storing                                         header
//!  Throttled: …                                                  next try 14:03:30    header
//! ┌ Bundle tasks ────────────────────────────────────────────────────────── 1 of 8 ┐
//! │   BUNDLE ID      STATE          PROGRESS           S3 STORAGE          STARTED │  table, columns
//! ├ bun-2a4e041c ──────────────────────────────────────────────────────────────────┤  or notice
//! │ pending ── waiting-for-shutdown ── bundling ──▶ storing ── complete            │  details
//! └────────────────────────────────────────────────────────────────────────────────┘
//!  ↑↓ move   c cancel   ⏎ details   ? help   q quit                                   footer
//! ```
//! Over the body: the full details and the help; over everything: the dialogs of a cancel.

mod columns;
mod details;
mod document;
mod events;
mod footer;
mod header;
mod lifecycle;
mod no_rows;
mod progress_chart;
mod prompt;
mod search;
mod table;
mod table_title;
pub(super) mod text_field;

use std::cell::RefCell;

use ratatui::Frame;

use super::app::App;
use super::dialog::{
    Dialog, cancels, confirm, confirm_typed, help, menu, outcome, overwrite, palette, quit,
};
use super::drawn::Drawn;
use super::layout::Layout;
use super::render::RenderContext;
use super::theme::Theme;

pub use columns::progress_bar;

/// Draws one frame.
pub fn draw(frame: &mut Frame, app: &App, theme: &Theme) -> Drawn {
    let context = RenderContext {
        theme,
        keymap: app.keymap(),
        now: app.now().wall,
        times: &app.preferences().times,
        drawn: RefCell::default(),
    };
    draw_regions(frame, app, &context);
    context.drawn.into_inner()
}

fn draw_regions(frame: &mut Frame, app: &App, context: &RenderContext) {
    // The frame's own size: the message of a resize may not have arrived yet.
    let area = frame.area();
    let layout = app.layout_for((area.width, area.height));
    if layout.is_too_small() {
        return no_rows::draw_too_small(frame, context);
    }
    header::draw(frame, &layout, app, context);
    footer::draw(frame, layout.footer, app, context);
    if let Some(Dialog::Help { scroll }) = app.dialog() {
        return help::draw(frame, layout.body, app.page(), *scroll, context);
    }
    if let Some(page) = app.event_page() {
        events::draw(frame, layout.body, app, page, context);
    } else if let Some(open) = app.details() {
        details::draw_full(frame, layout.body, app, open, context);
    } else {
        draw_list(frame, &layout, app, context);
    }
    match app.dialog() {
        Some(Dialog::Confirm(dialog)) => {
            confirm::draw(frame, dialog, app.scope(), app.can_be_answered(), context);
        }
        Some(Dialog::ConfirmTyped(dialog)) => {
            confirm_typed::draw(frame, dialog, app.scope(), context);
        }
        Some(Dialog::Cancels) => cancels::draw(frame, app.batch(), app.scope(), context),
        Some(Dialog::Quit) => quit::draw(frame, app.scope(), context),
        Some(Dialog::Outcome(dialog)) => {
            outcome::draw(frame, dialog, app.scope().place().as_ref(), context);
        }
        Some(Dialog::Overwrite(export)) => overwrite::draw(frame, export, context),
        Some(Dialog::Menu(dialog)) => menu::draw(frame, dialog, context),
        Some(Dialog::Palette(dialog)) => palette::draw(frame, dialog, context),
        Some(Dialog::Help { .. }) | None => {}
    }
}

/// The table and the details, or the notice shown instead.
fn draw_list(frame: &mut Frame, layout: &Layout, app: &App, context: &RenderContext) {
    if app.tasks().is_empty() {
        let block = context.block(" Bundle tasks ");
        let inside = block.inner(layout.body);
        frame.render_widget(block, layout.body);
        no_rows::draw(frame, inside, app, context);
        table_title::draw(frame, layout.body, app, context);
        return;
    }
    let selected = app.selected();
    let table = match selected {
        Some(_) => layout.table,
        None => layout.body,
    };
    let block = context.block("");
    let inside = block.inner(table);
    frame.render_widget(block, table);
    table::draw(frame, inside, app, context);
    match selected {
        Some(selected) if layout.details_pane.height > 0 => {
            details::draw_pane(frame, layout.details_pane, app, selected, context);
        }
        Some(_) => {}
        None => no_rows::draw_nothing_found(frame, inside, app, context),
    }
    table_title::draw(frame, table, app, context);
    table_title::draw_more(frame, table, layout.rows, app, context);
    events::draw_newest(frame, layout.body, app, context);
}
