//! A complete XML document, read event by event.
//!
//! A lenient parser would read a list that was cut after its third task as a list of
//! three tasks. So a document must be complete: one root element, closed, with nothing but
//! comments around it.

use std::borrow::Cow;

use quick_xml::escape::{self, resolve_predefined_entity};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use thiserror::Error;

/// Why a body is not a complete XML document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum XmlError {
    /// The body ends before its root element does.
    #[error("the answer is cut short")]
    Cut,
    /// The body is not XML, or has a document type.
    #[error("the answer is not XML")]
    NotXml,
    /// The root element is not the one expected.
    #[error("the answer is a <{0}>, which EC2 does not send")]
    WrongRoot(String),
    /// Something follows the root element.
    #[error("the answer goes on after its end")]
    Trailing,
}

/// Reads a document. An empty element is reported as a start and an end.
pub(super) struct Document<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    has_root: bool,
    is_at_start: bool,
}

impl<'a> Document<'a> {
    /// A document that has not been read yet.
    pub fn new(body: &'a [u8]) -> Result<Self, XmlError> {
        let text = str::from_utf8(body).map_err(|error| match error.error_len() {
            None => XmlError::Cut,
            Some(_) => XmlError::NotXml,
        })?;
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_comments = true;
        Ok(Self {
            reader,
            depth: 0,
            has_root: false,
            is_at_start: true,
        })
    }

    /// The next event, from the root's start to its end; `None` once the document is complete.
    pub fn next(&mut self) -> Result<Option<Event<'a>>, XmlError> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                // The reader's syntax errors all mean that a tag is not closed.
                Err(quick_xml::Error::Syntax(_)) if self.has_root => return Err(XmlError::Cut),
                Err(_) => return Err(XmlError::NotXml),
            };
            let is_at_start = std::mem::take(&mut self.is_at_start);
            let is_misplaced = matches!(event, Event::Decl(_)) && !is_at_start;
            if is_misplaced || !is_well_formed(&event) {
                return Err(XmlError::NotXml);
            }
            let is_outside = self.depth == 0;
            match &event {
                Event::Start(_) if is_outside && self.has_root => return Err(XmlError::Trailing),
                Event::Start(_) | Event::Empty(_) => {
                    self.depth += 1;
                    self.has_root = true;
                }
                Event::End(_) => self.depth = self.depth.saturating_sub(1),
                Event::Text(text) if is_outside && !text.trim().is_empty() => {
                    return Err(self.outside());
                }
                Event::CData(_) | Event::GeneralRef(_) if is_outside => return Err(self.outside()),
                Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                    if is_outside =>
                {
                    continue;
                }
                Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_) => {}
                Event::Eof if is_outside && self.has_root => return Ok(None),
                Event::Eof if self.has_root => return Err(XmlError::Cut),
                // EC2 sends no document type. One could define endlessly expanding entities.
                Event::DocType(_) | Event::Eof => return Err(XmlError::NotXml),
            }
            return Ok(Some(event));
        }
    }

    /// The next event inside the root element; an error if the document ends.
    pub fn next_inside(&mut self) -> Result<Event<'a>, XmlError> {
        self.next()?.ok_or(XmlError::Cut)
    }

    /// Reads on to the end of the element just entered.
    pub fn skip_element(&mut self) -> Result<(), XmlError> {
        let mut depth = 1;
        while depth > 0 {
            match self.next_inside()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// The text of the element just entered, up to the first element inside it. Reads on to the end
    /// of the element. Most texts are one piece of the document and are not copied.
    pub fn text(&mut self) -> Result<Cow<'a, str>, XmlError> {
        let mut text = Cow::Borrowed("");
        let mut is_before_elements = true;
        loop {
            match self.next_inside()? {
                Event::Start(_) => {
                    is_before_elements = false;
                    self.skip_element()?;
                }
                Event::Text(part) if is_before_elements => {
                    text += characters(part.into_inner())?;
                }
                Event::CData(part) if is_before_elements => {
                    text += characters(part.into_inner())?;
                }
                Event::GeneralRef(reference) if is_before_elements => {
                    text.to_mut().push_str(&referenced(&reference)?);
                }
                Event::End(_) => return Ok(text),
                _ => {}
            }
        }
    }

    fn outside(&self) -> XmlError {
        if self.has_root {
            XmlError::Trailing
        } else {
            XmlError::NotXml
        }
    }
}

/// Checks what the reader does not.
fn is_well_formed(event: &Event) -> bool {
    match event {
        Event::Start(tag) => is_name(tag.name().into_inner()) && has_valid_attributes(tag),
        Event::Text(text) => !text.contains("]]>") && !text.contains(is_forbidden),
        Event::CData(text) => !text.contains(is_forbidden),
        Event::Comment(text) => !text.contains(is_forbidden),
        Event::GeneralRef(reference) => referenced(reference).is_ok(),
        Event::PI(instruction) => {
            let target = instruction.target();
            is_name(target) && !target.eq_ignore_ascii_case("xml")
        }
        _ => true,
    }
}

/// Whether the attributes are quoted, named differently, and without `<` and undefined entities.
fn has_valid_attributes(tag: &BytesStart) -> bool {
    let raw = tag.attributes_raw();
    raw.trim_ascii().is_empty()
        || has_space_between_attributes(raw)
            && tag.attributes().all(|attribute| {
                attribute.is_ok_and(|attribute| {
                    let value = attribute.value.as_ref();
                    is_name(attribute.key.into_inner())
                        && !value.contains('<')
                        && !value.contains(is_forbidden)
                        && escape::unescape(value).is_ok()
                })
            })
}

/// Whether a space follows every quoted value but the last.
fn has_space_between_attributes(raw: &str) -> bool {
    let mut quote = None;
    let mut characters = raw.chars().peekable();
    while let Some(c) = characters.next() {
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if c == open => {
                quote = None;
                if characters
                    .peek()
                    .is_some_and(|next| !next.is_ascii_whitespace())
                {
                    return false;
                }
            }
            None | Some(_) => {}
        }
    }
    true
}

/// Whether this is a name: see "Name" in the XML 1.0 specification.
fn is_name(name: &str) -> bool {
    let may_start = |c| {
        matches!(c,
            'a'..='z' | 'A'..='Z' | '_' | ':' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
            | '\u{200c}' | '\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}')
    };
    let may_follow = |c| {
        may_start(c)
            || matches!(c,
                '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
    };
    name.starts_with(may_start) && name.chars().all(may_follow)
}

/// The text of a reference such as `&amp;` or `&#27;`.
fn referenced(reference: &BytesRef) -> Result<Cow<'static, str>, XmlError> {
    match reference.resolve_char_ref() {
        // A carriage return written as a reference is not a line end.
        Ok(Some('\r')) => Ok("\r".into()),
        Ok(Some(c)) => characters(c.to_string().into()),
        Ok(None) => match resolve_predefined_entity(reference) {
            Some(text) => Ok(text.into()),
            None => Err(XmlError::NotXml),
        },
        Err(_) => Err(XmlError::NotXml),
    }
}

/// Characters of a document, every line end as `\n`. XML 1.0 forbids control characters other than
/// tabs and line ends, even as references; the reader does not check that.
fn characters(characters: Cow<str>) -> Result<Cow<str>, XmlError> {
    // Most texts need no change, and looking at bytes is faster than at characters.
    if !characters.bytes().any(|b| b < b' ' || b == 0xef) {
        return Ok(characters);
    }
    if characters.contains(is_forbidden) {
        return Err(XmlError::NotXml);
    }
    if characters.contains('\r') {
        return Ok(characters.replace("\r\n", "\n").replace('\r', "\n").into());
    }
    Ok(characters)
}

/// Whether XML 1.0 forbids a character.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..'\t' | '\x0b' | '\x0c' | '\x0e'..' ' | '\u{fffe}' | '\u{ffff}')
}
