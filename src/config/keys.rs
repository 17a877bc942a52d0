//! The keys that the settings wish.

use std::collections::BTreeMap;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::source::InForce;
use crate::names::{name_of, variant};
use crate::suggestion::{did_you_mean, similar_name};
use crate::tui::keymap::{Action, Context, KeySequence, Keymap, Rebinding, rebind_all};

/// The section of the keys.
pub(super) const KEYS: &str = "keys";
/// The section in it for wherever an action is bound.
const EVERYWHERE: &str = "everywhere";
/// What takes an action's keys away.
const NONE: &str = "none";

/// The values of `key_set`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum KeySet {
    /// Those that are compiled in.
    #[default]
    Default,
    /// These, with more of vi.
    Vi,
    /// These, with those of Emacs.
    Emacs,
}

/// The keys of an action: one, several or "none".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum WrittenKeys {
    One(String),
    Several(Vec<String>),
}

impl KeySet {
    fn rebindings(self) -> Vec<Rebinding> {
        let text = match self {
            Self::Default => return Vec::new(),
            Self::Vi => include_str!("../../assets/keys/vi.toml"),
            Self::Emacs => include_str!("../../assets/keys/emacs.toml"),
        };
        let written: BTreeMap<String, toml::Table> =
            toml::from_str(text).expect("a test reads the same file");
        let all = written.iter().flat_map(|(context, actions)| {
            actions.iter().map(move |(action, keys)| {
                let path = format!("{KEYS}.{context}.{action}");
                rebinding(&path, keys).expect("a test reads the same file")
            })
        });
        let mut all: Vec<_> = all.collect();
        sort(&mut all, |it| it);
        all
    }
}

/// What is for one context comes after what is for all, so that it takes precedence.
fn sort<T>(all: &mut [T], rebinding: impl Fn(&T) -> &Rebinding) {
    all.sort_by_key(|it| rebinding(it).context.is_some());
}

impl WrittenKeys {
    fn sequences(&self) -> Result<Vec<KeySequence>, String> {
        match self {
            Self::One(none) if none == NONE => Ok(Vec::new()),
            Self::One(keys) => Ok(vec![KeySequence::parse(keys)?]),
            Self::Several(all) if all.iter().any(|keys| keys == NONE) => {
                Err(format!("\"{NONE}\" must not be in a list"))
            }
            Self::Several(all) => all.iter().map(|keys| KeySequence::parse(keys)).collect(),
        }
    }
}

/// What a setting wishes.
///
/// # Errors
///
/// A phrase that says why it is none.
pub(super) fn rebinding(path: &str, value: &toml::Value) -> Result<Rebinding, String> {
    let (context, action) = of_path(path)?;
    let keys = WrittenKeys::deserialize(value.clone())
        .map_err(|_| "must be a key, a list of keys or \"none\"".to_owned())?;
    Ok(Rebinding {
        context,
        action,
        keys: keys.sequences()?,
    })
}

/// The keymap of a set and of the settings, and what is wrong with these: paths and phrases.
pub(super) fn keymap(
    set: KeySet,
    in_force: &BTreeMap<String, InForce>,
) -> (Keymap, Vec<(String, String)>) {
    let written = in_force.iter().filter(|(path, _)| is_of_keys(path));
    let wishes = written.filter_map(|(path, it)| Some((path, rebinding(path, &it.value).ok()?)));
    let mut wishes: Vec<_> = wishes.collect();
    sort(&mut wishes, |(_, it)| it);
    let of_set = set.rebindings();
    let count = of_set.len();
    let (paths, own): (Vec<_>, Vec<_>) = wishes.into_iter().unzip();
    let all: Vec<_> = of_set.into_iter().chain(own).collect();
    let (keymap, refused) = rebind_all(Keymap::built_in(), &all);
    // What a set loses to a wish is no mistake.
    let refused = refused.into_iter().filter_map(|(number, reason)| {
        let path: &&String = paths.get(number.checked_sub(count)?)?;
        Some(((*path).clone(), reason))
    });
    (keymap, refused.collect())
}

/// Whether a path is that of an action's keys.
pub(super) fn is_of_keys(path: &str) -> bool {
    path.strip_prefix(KEYS)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// Where and for what `keys.list.quit` is.
fn of_path(path: &str) -> Result<(Option<Context>, Action), String> {
    let mut parts = path.split('.').skip(1);
    let (Some(context), Some(action), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err("is written [keys.CONTEXT] and below it ACTION = KEYS".to_owned());
    };
    let where_bound = if context == EVERYWHERE {
        None
    } else {
        let unknown = || {
            let all = Context::ALL.into_iter().filter_map(name_of);
            let all: Vec<_> = all.chain([EVERYWHERE.to_owned()]).collect();
            format!("there is no context {context}{}", hint(context, &all))
        };
        Some(variant(context).ok_or_else(unknown)?)
    };
    let known = variant(action).filter(|known| actions(where_bound).any(|it| it == *known));
    let unknown = || {
        let hint = hint(action, &action_names(where_bound));
        format!("{context} has no action {action}{hint}")
    };
    Ok((where_bound, known.ok_or_else(unknown)?))
}

/// Whether that is the name of an action.
pub(super) fn is_action(name: &str) -> bool {
    variant::<Action>(name).is_some()
}

/// The actions of a context; all if there is none.
fn actions(context: Option<Context>) -> impl Iterator<Item = Action> {
    let bindings = Keymap::built_in().all().iter();
    let here =
        bindings.filter(move |it| context.is_none_or(|context| it.contexts.contains(&context)));
    here.map(|it| it.action)
}

fn action_names(context: Option<Context>) -> Vec<String> {
    let mut names: Vec<_> = actions(context).filter_map(name_of).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn hint(typed: &str, names: &[String]) -> String {
    let known: Vec<_> = names.iter().map(String::as_str).collect();
    match similar_name(typed, &known) {
        similar @ Some(_) => did_you_mean(similar),
        None => format!("; there are {}", names.join(", ")),
    }
}

/// The JSON Schema of the section.
pub(super) fn schema() -> Value {
    let keys = json!({
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ],
    });
    let of_context = |context: Option<Context>| {
        let names = action_names(context).into_iter();
        let properties: Map<_, _> = names.map(|name| (name, keys.clone())).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    };
    let contexts = Context::ALL.into_iter();
    let contexts = contexts.filter_map(|it| Some((name_of(it)?, of_context(Some(it)))));
    let everywhere = (EVERYWHERE.to_owned(), of_context(None));
    let properties: Map<_, _> = contexts.chain([everywhere]).collect();
    json!({
        "description": "The keys of actions: in a context, or wherever an action is bound.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}
