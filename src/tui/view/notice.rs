//! What stands in the table's place while there is nothing to list, and why.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Wrap};

use super::{Look, header};
use crate::text;
use crate::tui::layout::SMALLEST;
use crate::tui::state::State;
use crate::tui::theme::Role;

/// Draws the notice for a list without rows.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let lines = match (&state.trouble, state.last_success) {
        (Some(_), _) => trouble(state, look),
        (None, None) => loading(state, look),
        (None, Some(_)) => empty(state, look),
    };
    let area = area.inner(Margin::new(2, u16::from(area.height > 8)));
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
}

fn loading(state: &State, look: &Look) -> Vec<Line<'static>> {
    let doing = if state.session.is_some() {
        "Asking EC2 for its bundle tasks…"
    } else {
        "Reading the AWS settings…"
    };
    vec![Line::from(look.clean(doing).into_owned())]
}

fn empty(state: &State, look: &Look) -> Vec<Line<'static>> {
    let region = state.session.as_ref().map_or("", |session| &session.region);
    vec![
        look.span(
            Role::Strong,
            look.clean(&format!("EC2 lists no bundle tasks in {region}."))
                .into_owned(),
        )
        .into(),
        Line::default(),
        Line::from(
            "It lists completed tasks for only a limited time. A task may also be in another \
             region (--region) or account (--profile).",
        ),
        Line::default(),
        Line::from("This list fills by itself; r asks EC2 now."),
    ]
}

fn trouble(state: &State, look: &Look) -> Vec<Line<'static>> {
    let Some(error) = &state.trouble else {
        return Vec::new();
    };
    let clean = |text: &str| look.clean(text).into_owned();
    let mut lines = vec![
        look.span(Role::Bad, clean(&error.summary())).into(),
        Line::default(),
        Line::from(clean(&error.remedy())),
        Line::default(),
    ];
    if let Some(id) = &error.request_id {
        lines.push(
            look.span(Role::Dim, clean(&format!("Request ID {id}")))
                .into(),
        );
    }
    let next = header::next_try(state).map_or_else(String::new, |next| format!("{next}; "));
    let next = format!("{next}r tries now, q quits.");
    lines.push(Line::from(text::capitalized(&next)));
    lines
}

/// Draws all that a screen under [`SMALLEST`] can hold.
pub fn draw_too_small(frame: &mut Frame, look: &Look) {
    let (width, height) = SMALLEST;
    let words = format!("Too small: {width} by {height} needed. q quits.");
    let words = Paragraph::new(look.clean(&words).into_owned()).wrap(Wrap { trim: true });
    frame.render_widget(words, frame.area());
}
