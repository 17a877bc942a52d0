//! Parses a response using the table of members, in one pass over its bytes.

use std::borrow::Cow;

use quick_xml::events::Event;
use thiserror::Error;

use super::members::{Shape, Structure};
use crate::ec2::xml::{Document, XmlError};

/// Why a response cannot be parsed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(in crate::ec2) enum ReadError {
    /// It is not a complete XML document, or not one that EC2 sends.
    #[error("{0}")]
    Xml(#[from] XmlError),
    /// A member should be a time and is not.
    #[error("\"{0}\" is not a time")]
    Time(String),
}

/// Which root element a response must have.
#[derive(Clone, Copy)]
pub(super) enum Root<'a> {
    Any,
    OneOf(&'a [&'a str]),
}

/// Builds a result while a response is read. Every `enter_…` is followed by the contents and by
/// [`leave`](Self::leave).
pub(super) trait AnswerBuilder {
    /// Member number `index` of the current structure, or the next item of the current list, is a
    /// structure.
    fn enter_structure(&mut self, index: usize, structure: &'static Structure);
    /// Member number `index` of the current structure is a list.
    fn enter_list(&mut self, index: usize);
    /// The structure or list last entered ends.
    fn leave(&mut self);
    /// Member number `index` of the current structure holds this text.
    fn text(&mut self, index: usize, shape: &Shape, text: Cow<str>) -> Result<(), ReadError>;
}

/// Reads the members of the root element. The document must end after it.
pub(super) fn read(
    body: &[u8],
    root: Root,
    structure: &'static Structure,
    builder: &mut impl AnswerBuilder,
) -> Result<(), ReadError> {
    let mut document = Document::new(body)?;
    if let Some(Event::Start(start)) = document.next()? {
        check_root(start.local_name().as_ref(), root)?;
    }
    read_structure(&mut document, 0, structure, builder)?;
    while document.next()?.is_some() {}
    Ok(())
}

fn check_root(name: &str, root: Root) -> Result<(), XmlError> {
    /// The maximum number of characters shown of an unexpected element's name.
    const SHOWN: usize = 40;
    match root {
        Root::OneOf(names) if !names.contains(&name) => {
            Err(XmlError::WrongRoot(name.chars().take(SHOWN).collect()))
        }
        Root::OneOf(_) | Root::Any => Ok(()),
    }
}

/// Reads the known members of the element just entered. Repeats of a member are skipped.
fn read_structure(
    document: &mut Document,
    index: usize,
    structure: &'static Structure,
    builder: &mut impl AnswerBuilder,
) -> Result<(), ReadError> {
    builder.enter_structure(index, structure);
    let members = structure.members;
    let mut seen = 0_u32; // a bit for each member
    loop {
        match document.next_inside()? {
            Event::Start(start) => {
                let name = start.local_name();
                let known = members.iter().position(|m| m.element == name.as_ref());
                match known.filter(|index| seen & (1 << index) == 0) {
                    Some(index) => {
                        seen |= 1 << index;
                        read_member(document, index, &members[index].shape, builder)?;
                    }
                    None => document.skip_element()?,
                }
            }
            Event::End(_) => break,
            _ => {}
        }
    }
    builder.leave();
    Ok(())
}

fn read_member(
    document: &mut Document,
    index: usize,
    shape: &'static Shape,
    builder: &mut impl AnswerBuilder,
) -> Result<(), ReadError> {
    match shape {
        Shape::Text(_) | Shape::Time(_) => builder.text(index, shape, document.text()?)?,
        Shape::Structure(structure) => read_structure(document, index, structure, builder)?,
        Shape::List(item) => {
            builder.enter_list(index);
            read_items(document, item, builder)?;
            builder.leave();
        }
    }
    Ok(())
}

fn read_items(
    document: &mut Document,
    item: &'static Structure,
    builder: &mut impl AnswerBuilder,
) -> Result<(), ReadError> {
    loop {
        match document.next_inside()? {
            Event::Start(_) => read_structure(document, 0, item, builder)?,
            Event::End(_) => return Ok(()),
            _ => {}
        }
    }
}
