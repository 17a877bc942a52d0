//! The themes: readable on their backgrounds, and chosen by the terminal's answer.

use std::fmt::Write as _;

use bundletop::task::Phase;
use bundletop::text::Charset::Unicode;
use bundletop::tui::background_query::{AnswerFinder, of_colorfgbg};
use bundletop::tui::theme::{
    Background, ColorDepth, Role, Theme, ThemeFile, Themes, color_depth_of,
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use itertools::Itertools as _;
use palette::color_difference::Ciede2000 as _;
use palette::white_point::D65;
use palette::{FromColor as _, Lab, LinSrgb, Srgb};
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};

use crate::harness::Harness;

const ROLES: [Role; 27] = [
    Role::Text,
    Role::Dim,
    Role::Label,
    Role::Heading,
    Role::Title,
    Role::Strong,
    Role::Key,
    Role::Pointer,
    Role::MemberName,
    Role::MemberValue,
    Role::Found,
    Role::Pending,
    Role::Waiting,
    Role::Bundling,
    Role::Storing,
    Role::Cancelling,
    Role::Complete,
    Role::Failed,
    Role::Unknown,
    Role::Good,
    Role::Active,
    Role::Warning,
    Role::Bad,
    Role::Danger,
    Role::Disabled,
    Role::Input,
    Role::Selected,
];

/// The relative luminance of WCAG 2.1.
fn luminance(color: Color) -> f64 {
    let Color::Rgb(r, g, b) = color else {
        panic!("{color:?} is no exact colour");
    };
    let linear = [r, g, b].map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.03928 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The themes whose colours are exact, each with the background that it is for.
pub fn themes() -> impl Iterator<Item = (&'static str, Theme, Color)> {
    // Those of `ansi` are the terminal's own.
    let names = ThemeFile::built_in_names().filter(|name| *name != "ansi");
    names.map(|name| {
        let path = format!("{}/assets/themes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a theme");
        let table: toml::Table = toml::from_str(&text).expect("a theme");
        let terminal = table["background"].as_str().expect("a colour");
        (
            name,
            theme(name, ColorDepth::TrueColor),
            terminal.parse().expect("a colour"),
        )
    })
}

pub fn theme(name: &str, colors: ColorDepth) -> Theme {
    let file = ThemeFile::built_in(name).expect("it is built in");
    let background = file.background();
    Theme::of(Themes::only(file), background, colors, Unicode.into())
}

/// A screen with the style of each run of cells before it, as far as it is not that of ordinary text.
fn styled(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut last = Style::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = Style {
                fg: Some(cell.fg).filter(|it| *it != Color::Reset),
                bg: Some(cell.bg).filter(|it| *it != Color::Reset),
                ..Style::new().add_modifier(cell.modifier)
            };
            if style != last {
                last = style;
                let color = |color: Option<Color>| color.map_or("-".into(), |it| it.to_string());
                let modifier = style.add_modifier.iter_names().map(|(name, _)| name);
                let modifier = modifier.collect::<Vec<_>>().join(" ").to_lowercase();
                let _ = write!(
                    out,
                    "{{{} {} {modifier}}}",
                    color(style.fg),
                    color(style.bg)
                );
            }
            out.push_str(cell.symbol());
        }
        out.push('\n');
    }
    out
}

/// Everything in the list, and the dialog before a cancel, under each theme; `ansi` in its sixteen colours.
#[test]
fn snapshots_under_each_theme() {
    for name in ThemeFile::built_in_names() {
        let colors = match name {
            "ansi" => ColorDepth::Sixteen,
            _ => ColorDepth::TrueColor,
        };
        let mut harness = Harness::sized(80, 20, crate::readme::tasks());
        harness.theme = theme(name, colors);
        harness.select("bun-2a4e041c");
        insta::assert_snapshot!(format!("theme_{name}_list"), styled(&harness.frame().0));
        harness.key("c");
        harness.permission("bun-2a4e041c", Ok(()));
        insta::assert_snapshot!(format!("theme_{name}_dialog"), styled(&harness.frame().0));
    }
}

#[test]
fn all_text_has_enough_contrast_on_everything_it_is_drawn_on() {
    for (theme_name, theme, terminal) in themes() {
        let least = if theme_name == "high-contrast" {
            7.0
        } else {
            4.5
        };
        let text = match theme.background() {
            Background::Dark => Color::Rgb(220, 223, 230),
            Background::Light => Color::Rgb(36, 38, 46),
        };
        let behind = |role| theme.style(role).bg.unwrap_or(terminal);
        for role in ROLES {
            let style = theme.style(role);
            let foreground = style.fg.unwrap_or(text);
            for (name, on) in [
                ("the terminal", style.bg.unwrap_or(terminal)),
                (
                    "the selected row",
                    style.bg.unwrap_or(behind(Role::Selected)),
                ),
                ("a dialog", style.bg.unwrap_or(behind(Role::Panel))),
            ] {
                let contrast = contrast(foreground, on);
                assert!(
                    contrast >= least,
                    "{theme_name}: {role:?} on {name}: {contrast:.1}"
                );
            }
        }
        for role in [
            Role::Button,
            Role::ButtonInFocus,
            Role::DangerInFocus,
            Role::Demo,
        ] {
            let style = theme.style(role);
            let pair = (style.fg.expect("a colour"), style.bg.expect("a colour"));
            let contrast = contrast(pair.0, pair.1);
            assert!(contrast >= 4.5, "{theme_name}: {role:?}: {contrast:.1}");
        }
    }
}

#[test]
fn every_state_has_its_own_colour_and_failed_is_the_loudest() {
    for name in ThemeFile::built_in_names() {
        let theme = theme(name, ColorDepth::TrueColor);
        let colors: Vec<_> = Phase::ALL
            .map(|phase| theme.style(theme.phase(phase).1).fg)
            .into();
        for (number, color) in colors.iter().enumerate() {
            assert!(
                !colors[..number].contains(color),
                "{name}: {:?}",
                Phase::ALL[number]
            );
        }
        let modifiers = |phase| theme.style(theme.phase(phase).1).add_modifier;
        assert!(!modifiers(Phase::Failed).is_empty());
        assert!(modifiers(Phase::Storing).is_empty());
    }
}

/// What a person without one kind of cone sees of linear RGB, by Machado, Oliveira and Fernandes, "A
/// Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), at full severity.
#[expect(
    clippy::unreadable_literal,
    reason = "as in the paper's supplement, to be compared with it"
)]
const COLOR_VISION: [(&str, [[f64; 3]; 3]); 4] = [
    (
        "all cones",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "protanopia",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
];

fn seen(color: Color, vision: [[f64; 3]; 3]) -> Lab<D65, f64> {
    let Color::Rgb(r, g, b) = color else {
        panic!("{color:?} is no exact colour");
    };
    let linear: LinSrgb<f64> = Srgb::new(r, g, b).into_linear();
    let channels = [linear.red, linear.green, linear.blue];
    let [r, g, b] = vision.map(|row| {
        row.iter()
            .zip(channels)
            .map(|(a, b)| a * b)
            .sum::<f64>()
            .clamp(0.0, 1.0)
    });
    Lab::from_color(LinSrgb::new(r, g, b))
}

/// A difference of 1 in CIEDE2000 is just noticeable side by side; these are plain at a glance.
#[test]
fn states_differ_without_one_kind_of_cones() {
    let theme = theme("color-blind", ColorDepth::TrueColor);
    for (vision_name, vision) in COLOR_VISION {
        for (a, b) in Phase::ALL.into_iter().tuple_combinations() {
            let [seen_a, seen_b] = [a, b].map(|phase| {
                let color = theme.style(theme.phase(phase).1).fg.expect("a colour");
                seen(color, vision)
            });
            let difference = seen_a.difference(seen_b);
            assert!(
                difference >= 15.0,
                "{a:?} and {b:?} with {vision_name}: {difference:.1}"
            );
        }
    }
}

#[test]
fn fewer_colours_are_near_and_sixteen_are_the_terminals_own() {
    let color = |colors, role| Theme::new(Background::Dark, colors, Unicode).style(role).fg;
    assert!(matches!(
        color(ColorDepth::Palette256, Role::Failed),
        Some(Color::Indexed(16..))
    ));
    assert_eq!(
        color(ColorDepth::Sixteen, Role::Failed),
        Some(Color::LightRed)
    );
    assert_eq!(color(ColorDepth::None, Role::Failed), None);
}

fn keys(text: &str) -> Vec<Event> {
    let mut characters = text.chars();
    let mut events = Vec::new();
    while let Some(c) = characters.next() {
        let (c, modifiers) = match c {
            '\u{1b}' => (characters.next().expect("a character"), KeyModifiers::ALT),
            '\u{7}' => ('g', KeyModifiers::CONTROL),
            c => (c, KeyModifiers::NONE),
        };
        events.push(Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers)));
    }
    events
}

#[test]
fn the_terminals_answer_is_taken_out_of_the_keys() {
    for (answer, background) in [
        ("\u{1b}]11;rgb:0000/0000/0000\u{7}", Background::Dark),
        ("\u{1b}]11;rgb:1818/1a1a/2020\u{1b}\\", Background::Dark),
        ("\u{1b}]11;rgb:ff/ff/ea\u{7}", Background::Light),
        (
            "\u{1b}]11;rgba:fafa/fafa/f8f8/ffff\u{1b}\\",
            Background::Light,
        ),
        ("\u{1b}]11;rgb:f/f/f\u{7}", Background::Light),
    ] {
        let mut finder = AnswerFinder::default();
        let found = finder.find(keys(&format!("j{answer}k")));
        assert_eq!(found.background, Some(background), "{answer:?}");
        assert_eq!(found.events, keys("jk"), "{answer:?}");
        // In as many pieces as it has characters, and with a resize in its middle.
        let mut finder = AnswerFinder::default();
        let mut events = Vec::new();
        let mut answered = None;
        for key in keys(&format!("j{answer}k")) {
            let found = finder.find(vec![key, Event::Resize(80, 24)]);
            events.extend(
                found
                    .events
                    .into_iter()
                    .filter(|event| !matches!(event, Event::Resize(..))),
            );
            answered = answered.or(found.background);
        }
        assert_eq!((answered, events), (Some(background), keys("jk")));
    }
}

#[test]
fn what_is_no_answer_is_typed() {
    let escape = Event::Key(KeyEvent::from(KeyCode::Esc));
    let split = [
        keys("\u{1b}]11;rgb:0/0/0"),
        vec![escape.clone()],
        keys("\\"),
    ]
    .concat();
    let found = AnswerFinder::default().find(split);
    assert_eq!(
        (found.background, found.events),
        (Some(Background::Dark), vec![])
    );
    let aborted = [keys("\u{1b}]11;rgb:0/0/0"), vec![escape], keys("q")].concat();
    assert_eq!(
        AnswerFinder::default().find(aborted.clone()).events,
        aborted
    );
    for typed in [
        "hello",
        "\u{1b}]j",
        "\u{1b}]11;q",
        "\u{1b}]1",
        "\u{1b}x",
        "\u{1b}]11;rgb:0000/0000/0000/0000/0000/0000/0000/0000",
    ] {
        let mut finder = AnswerFinder::default();
        let mut found = finder.find(keys(typed));
        // Whatever comes next shows that it was none.
        let enter = Event::Key(KeyEvent::from(KeyCode::Enter));
        found.events.extend(finder.find(vec![enter.clone()]).events);
        assert_eq!(found.background, None);
        assert_eq!(
            found.events,
            [keys(typed), vec![enter]].concat(),
            "{typed:?}"
        );
    }
}

#[test]
fn an_answer_without_sense_changes_nothing() {
    for answer in [
        "\u{1b}]11;rgb:\u{7}",
        "\u{1b}]11;rgb:zz/00/00\u{7}",
        "\u{1b}]11;rgb:00/00\u{7}",
    ] {
        let found = AnswerFinder::default().find(keys(answer));
        assert_eq!(found.background, None, "{answer:?}");
    }
    for (value, background) in [
        ("15;0", Some(Background::Dark)),
        ("0;default;15", Some(Background::Light)),
        ("0;7", Some(Background::Light)),
        ("12;8", Some(Background::Dark)),
        ("default", None),
        ("", None),
    ] {
        assert_eq!(of_colorfgbg(value), background, "{value}");
    }
}

#[test]
fn the_environment_says_how_many_colours_there_are() {
    let of = |variables: &[(&str, &str)]| {
        color_depth_of(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    let xterm = ("TERM", "xterm-256color");
    for (variables, colors) in [
        (&[xterm][..], ColorDepth::Palette256),
        (&[xterm, ("COLORTERM", "truecolor")], ColorDepth::TrueColor),
        (&[xterm, ("COLORTERM", "24bit")], ColorDepth::TrueColor),
        (&[("TERM", "xterm-kitty")], ColorDepth::TrueColor),
        (&[("TERM", "xterm-direct")], ColorDepth::TrueColor),
        (&[("TERM", "xterm")], ColorDepth::Sixteen),
        (&[("TERM", "linux")], ColorDepth::Sixteen),
        (&[("TERM", "dumb")], ColorDepth::None),
        (&[xterm, ("NO_COLOR", "1")], ColorDepth::None),
        (
            &[xterm, ("NO_COLOR", "0"), ("COLORTERM", "truecolor")],
            ColorDepth::None,
        ),
        (&[xterm, ("NO_COLOR", "")], ColorDepth::Palette256),
    ] {
        assert_eq!(of(variables), colors, "{variables:?}");
    }
}
