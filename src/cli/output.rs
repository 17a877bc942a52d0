//! stub
use serde::Serialize as _;
use serde_json::Value;
use std::io::{self, Write};
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Json,
    Text,
    Table,
    Yaml,
    YamlStream,
    Off,
}
#[allow(missing_docs)]
impl Format {
    pub fn names() -> [&'static str; 6] {
        ["json", "text", "table", "yaml", "yaml-stream", "off"]
    }
    pub fn named(n: &str) -> Option<Self> {
        Self::names().iter().position(|x| *x == n).map(|i| {
            [
                Self::Json,
                Self::Text,
                Self::Table,
                Self::Yaml,
                Self::YamlStream,
                Self::Off,
            ][i]
        })
    }
}
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Query(jmespath::Expression<'static>);
#[allow(missing_docs)]
#[derive(Debug)]
pub struct QErr(String);
impl QErr {
    pub(crate) fn into_failure(self, q: &str) -> crate::cli::aws::failure::Failure {
        crate::cli::aws::failure::Failure::usage(format!("Bad value for --query {q}: {}", self.0))
    }
}
impl std::fmt::Display for QErr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
#[allow(missing_docs)]
impl Query {
    pub fn parse(q: &str) -> Result<Self, QErr> {
        if q.is_empty() {
            return Err(QErr("empty".into()));
        }
        jmespath::compile(q)
            .map(Self)
            .map_err(|e| QErr(e.to_string()))
    }
    pub fn search(&self, v: &Value) -> Result<Value, QErr> {
        let r = self.0.search(v).map_err(|e| QErr(e.to_string()))?;
        Ok(serde_json::to_value(&*r).unwrap())
    }
}
#[derive(Default, Debug)]
#[allow(missing_docs)]
pub struct Style;
#[allow(missing_docs)]
impl Style {
    pub fn new(_: bool, _: bool) -> Self {
        Self
    }
}
#[allow(missing_docs)]
pub struct Pager;
#[allow(missing_docs)]
pub fn for_terminal(s: &str, _: bool) -> String {
    s.to_owned()
}
#[allow(missing_docs)]
pub fn write(out: &mut impl Write, _f: Format, _t: &str, v: &Value, _s: &Style) -> io::Result<()> {
    if v.as_object().is_some_and(|o| o.is_empty()) {
        return Ok(());
    }
    let mut b = Vec::new();
    let mut s = serde_json::Serializer::with_formatter(
        &mut b,
        serde_json::ser::PrettyFormatter::with_indent(b"    "),
    );
    v.serialize(&mut s)?;
    b.push(b'\n');
    out.write_all(&b)?;
    out.flush()
}
