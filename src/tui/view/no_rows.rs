//! What is shown instead of the table while there is nothing to list, and why.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Wrap};

use super::header;
use crate::ec2::{Ec2Error, filter};
use crate::text;
use crate::tui::app::App;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout::MIN_SIZE;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Draws why a list has no rows.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let scope = app.scope();
    let paragraphs = match (scope.last_error(), scope.last_success()) {
        (Some(error), _) => failed(error, app, context),
        (None, None) => loading(app, context),
        (None, Some(_)) => empty(app, context),
    };
    let inside = area.inner(Margin::new(2, u16::from(area.height > 8)));
    // Lines as long as one likes to read them, a third of the way down.
    let inside = Rect {
        x: inside.x + inside.width.saturating_sub(MAX_WIDTH) / 2,
        width: inside.width.min(MAX_WIDTH),
        ..inside
    };
    let lines = paragraphs.join(&Line::default());
    let height: usize = lines.iter().map(|line| wrapped_height(line, inside)).sum();
    let free = usize::from(inside.height).saturating_sub(height);
    let above = u16::try_from(free / 3).unwrap_or(0);
    let inside = Rect {
        y: inside.y + above,
        height: inside.height - above,
        ..inside
    };
    if let Some(error) = scope.last_error()
        && height > usize::from(inside.height)
    {
        return draw_failed_in_little_room(frame, area, error, app, context);
    }
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inside);
}

/// Draws what is said below the titles of the columns when there are tasks, and none of them is shown.
pub fn draw_nothing_found(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    if app.has_work() {
        return;
    }
    let area = area.inner(Margin::new(2, 2));
    let all = app.tasks().len();
    let tasks = if all == 1 { "task" } else { "tasks" };
    let what = format!("None of the {all} {tasks} matches.");
    let key = context.key_name(Context::List, Action::ShowAll);
    let how = match app.prompt() {
        Some(_) => String::new(),
        None => format!("{key} shows all again."),
    };
    let lines = vec![context.span(Role::Strong, what).into(), Line::from(how)];
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
}

/// The most columns of a notice.
const MAX_WIDTH: u16 = 76;

/// Lines that belong together.
type LinesOfParagraph = Vec<Line<'static>>;

fn wrapped_height(line: &Line, area: Rect) -> usize {
    textwrap::wrap(&line.to_string(), usize::from(area.width.max(1))).len()
}

fn loading(app: &App, context: &RenderContext) -> Vec<LinesOfParagraph> {
    let doing = if app.scope().session().is_some() {
        "Asking EC2 for its bundle tasks…"
    } else {
        "Reading the AWS settings…"
    };
    let symbol = context.symbols().freshness[0];
    let doing = context.clean(doing);
    vec![vec![
        context
            .span(Role::Active, format!("{symbol} {doing}"))
            .into(),
    ]]
}

fn empty(app: &App, context: &RenderContext) -> Vec<LinesOfParagraph> {
    let region = app.scope().session().map_or("", |session| &session.region);
    let clean = |text: String| context.clean(&text).into_owned();
    if !app.scope().filters().is_empty() {
        let key = context.key_name(Context::List, Action::Ec2Filters);
        let nothing = format!("EC2 finds no bundle tasks in {region} with these filters.");
        return vec![
            vec![context.span(Role::Strong, clean(nothing)).into()],
            vec![Line::from(clean(filter::to_text(app.scope().filters())))],
            vec![Line::from(format!("{key} changes or clears them."))],
        ];
    }
    let nothing = format!("EC2 lists no bundle tasks in {region}.");
    let refresh = context.key_name(Context::List, Action::Refresh);
    vec![
        vec![
            context
                .span(Role::Strong, context.clean(&nothing).into_owned())
                .into(),
        ],
        vec![Line::from(
            "It lists completed tasks for only a limited time. A task may also be in another \
             region (--region) or account (--profile).",
        )],
        vec![Line::from(format!(
            "This list fills by itself; {refresh} asks EC2 now."
        ))],
    ]
}

fn failed(error: &Ec2Error, app: &App, context: &RenderContext) -> Vec<LinesOfParagraph> {
    let clean = |text: &str| context.clean(text).into_owned();
    let symbol = context.symbols().freshness[4];
    let mut last = Vec::new();
    if let Some(id) = &error.request_id {
        let id = clean(&format!("Request ID {id}"));
        last.push(context.span(Role::Dim, id).into());
    }
    last.push(Line::from(what_next(app, true, context)));
    vec![
        vec![
            context
                .span(Role::Bad, format!("{symbol} {}", clean(&error.summary())))
                .into(),
        ],
        vec![Line::from(clean(&error.remedy()))],
        last,
    ]
}

/// When EC2 is asked again, and the keys to retry or quit.
fn what_next(app: &App, names_quit: bool, context: &RenderContext) -> String {
    let key = |action| context.key_name(Context::List, action);
    let next = header::retry_status(app).map_or_else(String::new, |next| format!("{next}; "));
    let quit = if names_quit {
        format!(", {} quits", key(Action::Quit))
    } else {
        String::new()
    };
    let text = format!("{next}{} tries now{quit}.", key(Action::Refresh));
    text::capitalized(&text)
}

/// The same if not everything fits: the request ID and the next try keep a line each, and the
/// reason and the remedy are cut to fit.
fn draw_failed_in_little_room(
    frame: &mut Frame,
    area: Rect,
    error: &Ec2Error,
    app: &App,
    context: &RenderContext,
) {
    let area = area.inner(Margin::new(1, 0));
    let width = usize::from(area.width);
    let fits = |text: &String| text::width(text) <= width;
    let mut bottom: LinesOfParagraph = Vec::new();
    if let Some(id) = &error.request_id {
        let labelled = Some(format!("Request ID {id}")).filter(fits);
        let id = context.keep_start(&labelled.unwrap_or_else(|| id.clone()), width);
        bottom.push(context.span(Role::Dim, id).into());
    }
    let next = Some(what_next(app, true, context)).filter(fits);
    let next = next.unwrap_or_else(|| what_next(app, false, context));
    bottom.push(Line::from(context.keep_start(&next, width)));
    let room = usize::from(area.height).saturating_sub(bottom.len());
    let mut top: Vec<(Role, String)> = Vec::new();
    for (role, text) in [(Role::Bad, error.summary()), (Role::Text, error.remedy())] {
        top.extend(
            context
                .wrap(&text, width)
                .into_iter()
                .map(|line| (role, line)),
        );
    }
    if top.len() > room {
        top.truncate(room);
        if let Some((_, last)) = top.last_mut() {
            let ellipsis = context.charset().ellipsis();
            *last = context.keep_start(last, width.saturating_sub(text::width(ellipsis)));
            last.push_str(ellipsis);
        }
    }
    let top = top
        .into_iter()
        .map(|(role, line)| context.span(role, line).into());
    let lines: Vec<_> = top.chain(bottom).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// Draws what fits on a screen smaller than [`MIN_SIZE`].
pub fn draw_too_small(frame: &mut Frame, context: &RenderContext) {
    let (width, height) = MIN_SIZE;
    let quit = context.key_name(Context::List, Action::Quit);
    let text = format!("Too small: {width} by {height} needed. {quit} quits.");
    let text = Paragraph::new(context.clean(&text).into_owned()).wrap(Wrap { trim: true });
    frame.render_widget(text, frame.area());
}
