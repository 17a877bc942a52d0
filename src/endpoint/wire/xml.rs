//! An XML document written into memory. Every byte goes through quick-xml's writer.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesRef, BytesStart, BytesText, Event};

/// A document that begins with an XML declaration and to which elements are appended.
pub(super) struct XmlDocument(Writer<Vec<u8>>);

impl XmlDocument {
    /// A document with only the XML declaration, and memory for `bytes`.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut xml = Self(Writer::new(Vec::with_capacity(bytes)));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.write(Event::Text(BytesText::new("\n")));
        xml
    }

    fn write(&mut self, event: Event<'_>) {
        let written = self.0.write_event(event);
        written.expect("writing to memory cannot fail");
    }

    /// Appends an element with the attribute `xmlns`; `content` writes what is inside.
    pub(super) fn root(&mut self, name: &str, namespace: &str, content: impl FnOnce(&mut Self)) {
        let start = BytesStart::new(name).with_attributes([("xmlns", namespace)]);
        self.write_element(name, start, content);
    }

    /// Appends an element; `content` writes what is inside.
    pub(super) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.write_element(name, BytesStart::new(name), content);
    }

    fn write_element(
        &mut self,
        name: &str,
        start: BytesStart<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.write(Event::Start(start));
        content(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// Appends an element that contains only text.
    pub(super) fn text_element(&mut self, name: &str, text: &str) {
        self.element(name, |xml| xml.text(text));
    }

    /// Appends an element that contains only text, or nothing if there is no text: EC2 leaves out
    /// members that are absent.
    pub(super) fn optional_text_element(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text_element(name, text);
        }
    }

    /// Appends text, with its control characters as references such as `&#27;`, as S3 writes keys
    /// that contain them. XML 1.0 forbids them even so, but many parsers accept them, and a world
    /// may contain them to test a client.
    fn text(&mut self, mut text: &str) {
        // All of these characters are single bytes in UTF-8, and bytes are faster to search.
        let needs_reference = |byte: u8| byte < b' ' && byte != b'\n' && byte != b'\t';
        while let Some(at) = text.bytes().position(needs_reference) {
            let (before, rest) = text.split_at(at);
            self.write(Event::Text(BytesText::new(before)));
            let reference = format!("#{}", u32::from(rest.as_bytes()[0]));
            self.write(Event::GeneralRef(BytesRef::new(reference)));
            text = &rest[1..];
        }
        self.write(Event::Text(BytesText::new(text)));
    }

    /// The document as it is written so far, in UTF-8.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }
}
