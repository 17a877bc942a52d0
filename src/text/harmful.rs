//! Which characters are harmful: those that a terminal would interpret, that would reorder the line,
//! that are invisible, or that pile up in one cell.
//!
//! Decided by Unicode's own properties, so that no list here gets old. Where a character stands matters:
//! a joiner belongs in an emoji or between Indic letters, and is invisible between Latin ones.

use icu_properties::CodePointMapData;
use icu_properties::CodePointSetData;
use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory,
    GraphemeExtend, Ideographic, JoiningType, PrependedConcatenationMark, Script,
};
use icu_properties::script::ScriptWithExtensions;
use unicode_segmentation::UnicodeSegmentation as _;

/// The most characters that are drawn as one, in one or two cells. The longest emoji, a family of four
/// with skin colours, has 11; no script needs as many. More than that are marks piled upon marks.
const MAX_CLUSTER: usize = 12;

/// Makes a keycap of the digit before it.
const KEYCAP: char = '\u{20e3}';
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Each character of a text, and whether it is harmful where it stands.
pub fn scan(text: &str) -> impl Iterator<Item = (char, bool)> {
    text.grapheme_indices(true).flat_map(|(start, cluster)| {
        let after_cluster = text[start + cluster.len()..].chars().next();
        let base = cluster.chars().next();
        let mut characters = cluster.chars().peekable();
        let mut previous = None;
        let mut count = 0;
        std::iter::from_fn(move || {
            let c = characters.next()?;
            let position = Position {
                base,
                previous,
                next: characters.peek().copied().or(after_cluster),
                is_last: characters.peek().is_none(),
            };
            count += 1;
            let is_harmful = count > MAX_CLUSTER || is_harmful(c, position);
            // What stands on a harmful character stands on nothing.
            previous = (!is_harmful).then_some(c);
            Some((c, is_harmful))
        })
    })
}

/// The visible character that replaces a harmful one.
pub fn replacement(harmful: char) -> char {
    match harmful {
        // The control pictures are in the same order as the control characters.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(harmful)).unwrap_or('�'),
        '\x7f' => '␡',
        _ => '�',
    }
}

/// Where a character stands.
#[derive(Clone, Copy)]
struct Position {
    /// The first character of its grapheme cluster.
    base: Option<char>,
    /// The harmless character before it in its grapheme cluster.
    previous: Option<char>,
    /// The character after it in the text.
    next: Option<char>,
    /// Whether it ends its grapheme cluster.
    is_last: bool,
}

fn is_harmful(c: char, position: Position) -> bool {
    let Position {
        base,
        previous,
        next,
        is_last,
    } = position;
    match c {
        // Within a cluster it joins emoji or Indic letters: the segmentation has checked that. After a
        // virama it forms half a letter.
        ZERO_WIDTH_JOINER => previous.is_none_or(|it| is_last && !is_virama(it)),
        // As in domain names (RFC 5892, appendix A.1): after a virama, and where two letters would
        // be joined without it.
        ZERO_WIDTH_NON_JOINER => {
            let separates = previous.is_some_and(joins_next) && next.is_some_and(joins_previous);
            !separates && !previous.is_some_and(is_virama)
        }
        // Emoji or text, for symbols that can be drawn as either, and for the digits of keycaps.
        '\u{fe0e}' | '\u{fe0f}' => {
            let is_symbol = |c: char| {
                !c.is_ascii() && CodePointSetData::new::<ExtendedPictographic>().contains(c)
            };
            !previous.is_some_and(is_symbol) && next != Some(KEYCAP)
        }
        // Variants of Chinese characters.
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => {
            let is_ideograph = |c| CodePointSetData::new::<Ideographic>().contains(c);
            !previous.is_some_and(is_ideograph)
        }
        _ if is_invisible(c) => true,
        _ if CodePointSetData::new::<GraphemeExtend>().contains(c) => {
            // A mark with nothing to stand on would change the character in the cell before it. One of
            // another script is not drawn, or not as what it is.
            previous.is_none() || !base.is_some_and(|base| fits_script(c, base))
        }
        _ => match CodePointMapData::<GeneralCategory>::new().get(c) {
            GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::Unassigned => true,
            GeneralCategory::Format => {
                !CodePointSetData::new::<PrependedConcatenationMark>().contains(c)
            }
            _ => false,
        },
    }
}

/// Whether a mark is used with the script of the character it stands on.
fn fits_script(mark: char, base: char) -> bool {
    let scripts = ScriptWithExtensions::new();
    let script = scripts.get_script_val(mark);
    [Script::Inherited, Script::Common].contains(&script)
        || scripts.has_script(mark, scripts.get_script_val(base))
}

fn is_invisible(c: char) -> bool {
    // Blank symbols, which no property tells from the visible ones.
    let is_blank_symbol = matches!(c, '\u{2800}' | '\u{1d159}');
    is_blank_symbol || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn is_virama(c: char) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new().get(c);
    class == CanonicalCombiningClass::Virama
}

fn joins_next(c: char) -> bool {
    let joining = CodePointMapData::<JoiningType>::new().get(c);
    [JoiningType::DualJoining, JoiningType::LeftJoining].contains(&joining)
}

fn joins_previous(c: char) -> bool {
    let joining = CodePointMapData::<JoiningType>::new().get(c);
    [JoiningType::DualJoining, JoiningType::RightJoining].contains(&joining)
}
