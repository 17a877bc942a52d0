//! The parameters of a request: from options, shorthand, JSON and files, checked as the AWS CLI
//! checks them, before anything is sent.

use serde_json::{Map, Value};

use super::argv::Given;
use super::command::Asked;
use super::failure::Failure;
use super::paramfile::{self, Loaded};
use super::shorthand;
use crate::ec2::{Filter, Request};
use crate::output::python;

/// What a parameter holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A list.
    List(&'static Kind),
    /// Named members.
    Structure(&'static [Param]),
}

/// A parameter of the API, or a member of one.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name in the API.
    pub name: &'static str,
    /// The option that sets it; empty for a member.
    option: &'static str,
    /// What it holds.
    pub kind: Kind,
    is_required: bool,
}

const fn param(name: &'static str, option: &'static str, kind: Kind) -> Param {
    Param {
        name,
        option,
        kind,
        is_required: false,
    }
}

const DRY_RUN: Param = param("DryRun", "dry-run", Kind::Flag);

const DESCRIBE: &[Param] = &[
    param("BundleIds", "bundle-ids", Kind::List(&Kind::Text)),
    DRY_RUN,
    param("Filters", "filters", Kind::List(&Kind::Structure(FILTER))),
];

const FILTER: &[Param] = &[
    param("Name", "", Kind::Text),
    param("Values", "", Kind::List(&Kind::Text)),
];

const CANCEL: &[Param] = &[
    Param {
        is_required: true,
        ..param("BundleId", "bundle-id", Kind::Text)
    },
    DRY_RUN,
];

impl Asked {
    /// The parameters of its operation.
    pub fn params(self) -> &'static [Param] {
        match self {
            Self::Describe | Self::Wait => DESCRIBE,
            Self::Cancel => CANCEL,
        }
    }
}

/// The parameters that were given, the options before `--cli-input-json`. Not checked yet.
pub fn gather(asked: Asked, given: &Given) -> Result<Map<String, Value>, Failure> {
    let mut found = Map::new();
    for param in asked.params() {
        let value = match param.kind {
            Kind::Flag => given.yes_or_no(param.option).map(Value::Bool),
            Kind::Text | Kind::List(_) | Kind::Structure(_) => given
                .all(param.option)
                .map(|words| from_words(param, words))
                .transpose()?,
        };
        if let Some(value) = value {
            found.insert(param.name.to_owned(), value);
        }
    }
    if let Some(input) = given.one("cli-input-json") {
        for (name, value) in from_input(input)? {
            found.entry(name).or_insert(value);
        }
    }
    Ok(found)
}

/// The members of `--cli-input-json`.
fn from_input(input: &str) -> Result<Map<String, Value>, Failure> {
    let bad = |why: &str| Failure::param("--cli-input-json", why);
    let loaded = match paramfile::load(input).map_err(|why| bad(&why))? {
        Loaded::Itself => input.as_bytes().to_owned(),
        Loaded::Text(text) => text.into_bytes(),
        Loaded::Bytes(bytes) => bytes,
    };
    match serde_json::from_slice(&loaded) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(bad(&format!(
            "Invalid type: expecting map, received {}",
            class(&other)
        ))),
        Err(error) => Err(bad(&format!("Invalid JSON received: {error}"))),
    }
}

/// The value an option's words stand for.
fn from_words(param: &Param, words: &[String]) -> Result<Value, Failure> {
    let option = format!("--{}", param.option);
    let bad = |why: &str| Failure::param(&option, why);
    if let [word] = words {
        match paramfile::load(word).map_err(|why| bad(&why))? {
            Loaded::Itself => {}
            Loaded::Text(text) => return from_text(param.kind, text).map_err(|why| bad(&why)),
            Loaded::Bytes(_) => return Err(bad("not bytes but text is wanted here")),
        }
    }
    let Kind::List(item) = param.kind else {
        return Ok(words.first().cloned().unwrap_or_default().into());
    };
    if let Some(json) = as_json_list(words) {
        return json.map_err(|why| bad(&why));
    }
    let has_json = words.first().is_some_and(|word| looks_like_json(word));
    let items = words.iter().map(|word| match item {
        Kind::Text | Kind::Flag | Kind::List(_) => Ok(Value::from(word.as_str())),
        Kind::Structure(_) if has_json && !word.trim_start().starts_with('{') => {
            Err(bad(&format!("Invalid JSON:\n{word}")))
        }
        Kind::Structure(_) if has_json => json(word).map_err(|why| bad(&why)),
        Kind::Structure(members) => {
            let mut pairs = shorthand::parse(word).map_err(|why| bad(&why))?;
            lists_of_one(&mut pairs, members);
            Ok(Value::Object(pairs))
        }
    });
    items.collect()
}

/// The value a file's text stands for. A list must be JSON there.
fn from_text(kind: Kind, text: String) -> Result<Value, String> {
    match kind {
        Kind::List(_) if text.trim_start().starts_with('[') => json(&text),
        Kind::List(_) => Err(format!("a file must hold a JSON list here, not: {text}")),
        Kind::Text | Kind::Flag | Kind::Structure(_) => Ok(text.into()),
    }
}

/// A single word that is a whole list.
fn as_json_list(words: &[String]) -> Option<Result<Value, String>> {
    match words {
        [word] if word.trim_start().starts_with('[') => Some(json(word)),
        _ => None,
    }
}

fn looks_like_json(word: &str) -> bool {
    word.trim_start().starts_with(['[', '{'])
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text)
        .map_err(|error| format!("Invalid JSON: {error}\nJSON received: {text}"))
}

/// In shorthand `Values=a` means the same as `Values=[a]`.
fn lists_of_one(pairs: &mut Map<String, Value>, members: &[Param]) {
    for member in members {
        if let (Kind::List(_), Some(value)) = (member.kind, pairs.get_mut(member.name))
            && !value.is_array()
        {
            *value = Value::Array(vec![value.take()]);
        }
    }
}

/// Checks the parameters against the API: nothing unknown, nothing of another type, nothing missing.
pub fn check(asked: Asked, params: &Map<String, Value>) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    check_members(params, asked.params(), "", &mut wrong);
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join("\n");
    Err(Failure::usage(format!(
        "Parameter validation failed:\n{wrong}"
    )))
}

fn check_members(
    members: &Map<String, Value>,
    known: &[Param],
    path: &str,
    wrong: &mut Vec<String>,
) {
    let place = if path.is_empty() { "input" } else { path };
    for param in known.iter().filter(|param| param.is_required) {
        if !members.contains_key(param.name) {
            let name = param.name;
            wrong.push(format!("Missing required parameter in {place}: \"{name}\""));
        }
    }
    let find = |name: &str| known.iter().find(|param| param.name == name);
    for name in members.keys().filter(|name| find(name).is_none()) {
        let names: Vec<_> = known.iter().map(|param| param.name).collect();
        let names = names.join(", ");
        wrong.push(format!(
            "Unknown parameter in {place}: \"{name}\", must be one of: {names}"
        ));
    }
    for (name, value) in members {
        if let Some(param) = find(name) {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            check_value(value, param.kind, &path, wrong);
        }
    }
}

fn check_value(value: &Value, kind: Kind, path: &str, wrong: &mut Vec<String>) {
    match (kind, value) {
        (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => {}
        (Kind::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check_value(value, *item, &format!("{path}[{index}]"), wrong);
            }
        }
        (Kind::Structure(known), Value::Object(members)) => {
            check_members(members, known, path, wrong);
        }
        (kind, value) => {
            let wanted = match kind {
                Kind::Text => "<class 'str'>",
                Kind::Flag => "<class 'bool'>",
                Kind::List(_) => "<class 'list'>, <class 'tuple'>",
                Kind::Structure(_) => "<class 'dict'>",
            };
            wrong.push(format!(
                "Invalid type for parameter {path}, value: {value}, type: {}, valid types: {wanted}",
                class(value)
            ));
        }
    }
}

/// The type of a value, as the AWS CLI's messages show it.
fn class(value: &Value) -> String {
    format!("<class '{}'>", python::type_name(value))
}

/// The request, from parameters that have been checked.
pub fn request(asked: Asked, params: &Map<String, Value>) -> Request {
    let dry_run = params.get("DryRun").and_then(Value::as_bool);
    match asked {
        Asked::Describe | Asked::Wait => Request::Describe {
            bundle_ids: params.get("BundleIds").map(strings),
            filters: params.get("Filters").map(filters),
            dry_run,
        },
        Asked::Cancel => Request::Cancel {
            bundle_id: params.get("BundleId").map(string).unwrap_or_default(),
            dry_run,
        },
    }
}

fn filters(filters: &Value) -> Vec<Filter> {
    let filters = filters.as_array().into_iter().flatten();
    let filter = |filter: &Value| Filter {
        name: filter.get("Name").map(string),
        values: filter.get("Values").map(strings),
    };
    filters.map(filter).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(string).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Parameters to fill in, as `--generate-cli-skeleton` prints them.
pub fn skeleton(params: &[Param]) -> Value {
    let members = params
        .iter()
        .map(|param| (param.name.to_owned(), empty(param.kind)));
    Value::Object(members.collect())
}

fn empty(kind: Kind) -> Value {
    match kind {
        Kind::Text => "".into(),
        Kind::Flag => true.into(),
        Kind::List(item) => vec![empty(*item)].into(),
        Kind::Structure(members) => skeleton(members),
    }
}
