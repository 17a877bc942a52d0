//! Text fit for a terminal.

use bundletop::text::Charset::{Ascii, Unicode};
use bundletop::text::{Charset, age, clean, keep_end, keep_start, width};
use bundletop::tui::theme::{Background, ColorDepth, Theme, charset_of};
use bundletop::tui::view::progress_bar;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::harness::at;

#[test]
fn plain_text_is_left_alone() {
    for plain in [
        "winami",
        "forêt/élève",
        "e\u{301}",
        "ウェブ",
        "a b",
        "👩‍💻",
        "👨🏻‍👩🏻‍👦🏻‍👦🏻",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "क्‍ष",
        "می\u{200c}خواهم",
        "葛\u{e0100}",
        "한국어",
    ] {
        assert_eq!(clean(plain, Unicode), plain);
    }
}

#[test]
fn what_a_terminal_would_act_on_becomes_visible() {
    assert_eq!(clean("\u{1b}[31m", Unicode), "␛[31m");
    assert_eq!(clean("a\r\n\tb\0\u{7f}", Unicode), "a␍␊␉b␀␡");
    assert_eq!(clean("\u{9b}31m\u{202e}x\u{feff}", Unicode), "�31m�x�");
    assert_eq!(clean("é\u{1b}", Ascii), r"\u{e9}\u{1b}");
}

#[test]
fn what_is_invisible_becomes_visible() {
    for c in [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{17b4}',
        '\u{180b}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{2060}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fffb}',
        '\u{1d159}',
        '\u{1d173}',
        '\u{e0041}',
        '\u{e0100}',
    ] {
        let text = format!("win{c}ami");
        let cleaned = clean(&text, Unicode);
        assert!(
            !cleaned.contains(c) && cleaned.contains('�'),
            "{c:?}: {cleaned}"
        );
    }
}

#[test]
fn what_belongs_to_another_script_or_to_none_becomes_visible() {
    for text in [
        "2\u{e0100}",
        "2\u{fe00}",
        "2\u{fe0f}",
        "#\u{fe0e}",
        "a\u{2d7f}",
        "a\u{1107f}",
        "a\u{1039}",
        "a\u{17d2}",
        "a\u{16fe4}",
        "a\u{1bc9d}",
        "a\u{94d}\u{200d}",
        "a\u{94d}\u{200c}",
        "\u{378}",
        "\u{fdd0}",
        "\u{10ffff}",
    ] {
        let cleaned = clean(text, Unicode);
        let rest = text.chars().skip(usize::from(text.is_char_boundary(1)));
        for c in rest {
            assert!(!cleaned.contains(c), "{c:?} in {cleaned:?}");
        }
    }
    for text in ["က္က", "ក្ក", "é\u{301}", "نَ", "עִ"] {
        assert_eq!(clean(text, Unicode), text);
    }
    assert_ne!(clean("bun-é", Ascii), clean(r"bun-\u{e9}", Ascii));
}

#[test]
fn marks_do_not_pile_up_in_a_cell() {
    for mark in ['\u{301}', '\u{489}', '\u{1100}', '\u{e31}'] {
        let text = format!("e{}", mark.to_string().repeat(3000));
        let cleaned = clean(&text, Unicode).into_owned();
        for cluster in cleaned.graphemes(true) {
            assert!(cluster.chars().count() <= 12, "{mark:?}");
        }
        assert!(cleaned.contains('�'), "{mark:?}");
    }
    let joined = ["👩"; 1000].join("\u{200d}");
    for cluster in clean(&joined, Unicode).graphemes(true) {
        assert!(cluster.chars().count() <= 12);
    }
    assert_eq!(
        clean("\u{301}x", Unicode),
        "�x",
        "it would change the cell before it"
    );
}

#[test]
fn every_control_character_is_cleaned() {
    for c in (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32) {
        let cleaned = clean(&c.to_string(), Unicode).into_owned();
        assert!(!cleaned.contains(char::is_control), "{c:?}");
        assert!(clean(&c.to_string(), Ascii).is_ascii());
    }
}

#[test]
fn cutting_keeps_the_start_or_the_end() {
    assert_eq!(keep_start("bundletasks", 6, Unicode), "bundl…");
    assert_eq!(keep_end("golden/base", 6, Unicode), "…/base");
    assert_eq!(keep_start("winami", 6, Unicode), "winami");
    assert_eq!(keep_start("winami", 0, Unicode), "…");
}

#[test]
fn cutting_counts_columns_and_keeps_characters_whole() {
    for max in 1..20 {
        for text in ["ウェブサーバー", "é\u{301}é\u{301}x", "👩‍💻👩‍💻", "plain"]
        {
            for cut in [keep_start(text, max, Unicode), keep_end(text, max, Unicode)] {
                assert!(width(&cut) <= max, "{cut:?} in {max}");
            }
        }
    }
    assert_eq!(
        keep_end("ウェブ", 4, Unicode),
        "…ブ",
        "no half of a wide character"
    );
}

#[test]
fn an_escape_is_not_cut_in_its_middle() {
    let text = "équipe/é";
    assert_eq!(clean(text, Ascii), r"\u{e9}quipe/\u{e9}");
    for max in 0..=18 {
        for cut in [keep_start(text, max, Ascii), keep_end(text, max, Ascii)] {
            let without_escapes = cut.replace(r"\u{e9}", "");
            assert!(
                !without_escapes.contains(['\\', '{', '}']),
                "{cut:?} in {max}"
            );
            assert!(width(&cut) <= max.max(3), "{cut:?} in {max}");
        }
    }
    assert_eq!(keep_end(text, 10, Ascii), r".../\u{e9}");
    assert_eq!(keep_end(text, 9, Ascii), r"...\u{e9}");
    assert_eq!(keep_end(text, 8, Ascii), "...");
    assert_eq!(keep_start(text, 12, Ascii), r"\u{e9}qui...");
}

#[test]
fn ages_fit_their_column() {
    let now = at("2026-01-01T00:00:00Z");
    for (then, words) in [
        ("2026-01-01T00:00:30Z", "just now"),
        ("2025-12-31T23:59:01Z", "just now"),
        ("2025-12-31T23:48:00Z", "12m ago"),
        ("2025-12-31T22:59:00Z", "1h ago"),
        ("2025-01-02T00:00:00Z", "364d ago"),
        ("2015-09-15T13:24:35Z", "10y ago"),
        ("1026-09-15T13:24:35Z", "999y ago"),
        ("0001-01-01T00:00:00Z", "long ago"),
        ("2026-01-01T00:00:30Z", "just now"),
        ("2026-01-01T00:12:00Z", "in 12m"),
        ("2030-12-01T00:00:00Z", "in 4y"),
        ("9000-01-01T00:00:00Z", "far off"),
    ] {
        assert_eq!(age(at(then), now), words);
        assert!(width(words) <= 8);
    }
}

#[test]
fn a_bar_is_full_when_the_work_is_done_and_not_before() {
    let symbols = |charset| Theme::new(Background::Dark, ColorDepth::TrueColor, charset).symbols();
    let steps = symbols(Charset::Unicode).bar;
    assert_eq!(progress_bar(0.0, 10, steps), "          ");
    assert_eq!(progress_bar(50.0, 10, steps), "█████     ");
    assert_eq!(progress_bar(72.0, 10, steps), "███████▏  ");
    assert_eq!(progress_bar(99.0, 10, steps), "█████████▉");
    assert_eq!(progress_bar(99.99, 10, steps), "█████████▉");
    assert_eq!(progress_bar(100.0, 10, steps), "██████████");
    let plain = symbols(Charset::Unicode).plain_bar;
    assert_eq!(progress_bar(72.0, 10, plain), "███████░░░");
    assert_eq!(progress_bar(99.9, 10, plain), "█████████░");
    let ascii = symbols(Charset::Ascii).bar;
    assert_eq!(progress_bar(72.0, 10, ascii), "#######---");
}

#[test]
fn the_locale_chooses_the_characters() {
    let charset = |vars: &[(&str, &str)], ascii| {
        charset_of(ascii, |name| {
            let found = vars.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(charset(&[("LANG", "en_US.UTF-8")], false), Unicode);
    assert_eq!(
        charset(&[("LC_ALL", "C.utf8"), ("LANG", "C")], false),
        Unicode
    );
    assert_eq!(
        charset(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], false),
        Ascii
    );
    assert_eq!(
        charset(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")], false),
        Unicode
    );
    assert_eq!(charset(&[("LANG", "en_US.UTF-8")], true), Ascii);
}
