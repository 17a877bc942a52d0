//! Other keys for actions, as the settings wish.

use std::collections::{HashMap, HashSet};

use super::{Action, Binding, Context, KeySequence, Keymap};
use crate::names::name_of;
use crate::task::Phase;
use crate::text::Charset;

/// Other keys for an action; none take it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebinding {
    /// Where; everywhere that the action is bound if `None`.
    pub context: Option<Context>,
    /// The action.
    pub action: Action,
    /// The keys, in display order.
    pub keys: Vec<KeySequence>,
}

/// A keymap with other keys. What cannot be is left as it was, and returned as the number of the wish and a
/// phrase that says why. Later wishes take precedence over earlier ones.
pub fn rebind_all(keymap: &Keymap, wishes: &[Rebinding]) -> (Keymap, Vec<(usize, String)>) {
    let mut problems = Vec::new();
    let mut left_out = HashSet::new();
    for (number, wish) in wishes.iter().enumerate() {
        if let Some(reason) = impossible(keymap, wish) {
            left_out.insert(number);
            problems.push((number, reason));
        }
    }
    loop {
        let granted = wishes.iter().enumerate();
        let granted: Vec<_> = granted
            .filter(|(number, _)| !left_out.contains(number))
            .collect();
        let mut bindings = keymap.bindings.clone();
        // Which wish the keys of an action come from.
        let mut owners = HashMap::new();
        for (number, wish) in granted {
            for context in rebind(&mut bindings, wish) {
                owners.insert((context, wish.action), number);
            }
        }
        let keymap = Keymap::of(bindings);
        let Some((number, reason)) = clash(&keymap, &owners) else {
            problems.sort();
            return (keymap, problems);
        };
        left_out.insert(number);
        problems.push((number, reason));
    }
}

/// Why a wish cannot be granted, whatever the others are.
fn impossible(keymap: &Keymap, wish: &Rebinding) -> Option<String> {
    if wish.action == Action::ShowState && !matches!(wish.keys.len(), 0 | STATES) {
        return Some(format!(
            "needs {STATES} keys: one for all states and one for each state"
        ));
    }
    let contexts = match wish.context {
        Some(context) => vec![context],
        None => contexts_of(keymap, wish.action),
    };
    if contexts.iter().any(|context| context.takes_text()) {
        let typed = wish.keys.iter().find(|keys| keys.keys()[0].is_character());
        if let Some(keys) = typed {
            let name = keys.name(Charset::Unicode);
            return Some(format!(
                "{name} cannot be bound here: it is text being typed"
            ));
        }
    }
    None
}

/// How many keys choose a state: all, and each.
const STATES: usize = Phase::ALL.len();

fn contexts_of(keymap: &Keymap, action: Action) -> Vec<Context> {
    let of_action = keymap.all().iter().filter(|it| it.action == action);
    of_action.flat_map(|it| it.contexts.clone()).collect()
}

/// Gives an action its keys. Returns where.
fn rebind(bindings: &mut Vec<Binding>, wish: &Rebinding) -> Vec<Context> {
    let Some(context) = wish.context else {
        let mut contexts = Vec::new();
        for binding in bindings.iter_mut() {
            if binding.action == wish.action && !binding.fixed {
                binding.set_keys(&wish.keys);
                contexts.extend_from_slice(&binding.contexts);
            }
        }
        return contexts;
    };
    let is_of_it =
        |binding: &Binding| binding.action == wish.action && binding.contexts.contains(&context);
    let found = bindings.iter().position(|it| is_of_it(it) && !it.fixed);
    let fixed = bindings.iter().position(is_of_it);
    let Some(at) = found.or(fixed) else {
        return Vec::new();
    };
    let mut own = Binding {
        contexts: vec![context],
        fixed: false,
        ..bindings[at].clone()
    };
    own.set_keys(&wish.keys);
    if found.is_some() {
        bindings[at].contexts.retain(|it| *it != context);
    }
    if bindings[at].contexts.is_empty() {
        bindings[at] = own;
    } else {
        bindings.insert(at, own);
    }
    vec![context]
}

/// A wish whose keys do not go with others, and why.
fn clash(keymap: &Keymap, owners: &HashMap<(Context, Action), usize>) -> Option<(usize, String)> {
    for context in Context::ALL {
        let bound: Vec<_> = keymap
            .bindings(context)
            .flat_map(|binding| binding.keys.iter().map(|keys| (binding.action, keys)))
            .collect();
        for (place, (action, keys)) in bound.iter().enumerate() {
            for (other_action, other_keys) in &bound[place + 1..] {
                let begins =
                    |one: &KeySequence, other: &KeySequence| other.keys().starts_with(one.keys());
                let (one, other) = (
                    owners.get(&(context, *action)),
                    owners.get(&(context, *other_action)),
                );
                let first = (action, keys, one);
                let second = (other_action, other_keys, other);
                // That a fixed binding has the same keys is no harm.
                let is_same = (action, keys) == (other_action, other_keys);
                if is_same || !begins(keys, other_keys) && !begins(other_keys, keys) {
                    continue;
                }
                // Of two wishes, the later one gives way.
                let (wished, stands) = if one > other {
                    (first, second)
                } else {
                    (second, first)
                };
                let number = *wished.2?;
                return Some((number, reason(wished.1, stands.1, *stands.0)));
            }
        }
    }
    opens_and_confirms(keymap, owners).or_else(|| chooses_and_confirms(keymap, owners))
}

fn reason(keys: &KeySequence, others: &KeySequence, action: Action) -> String {
    let name = |keys: &KeySequence| keys.name(Charset::Unicode);
    let action = name_of(action).unwrap_or_default();
    if keys == others {
        format!("{} is bound to {action}", name(keys))
    } else if others.keys().starts_with(keys.keys()) {
        let (keys, others) = (name(keys), name(others));
        format!("{keys} is the beginning of {others}, which is bound to {action}")
    } else {
        let (keys, others) = (name(keys), name(others));
        format!("{keys} begins with {others}, which is bound to {action}")
    }
}

/// The key that opens the dialog before a cancel must not confirm it: who presses it twice, or holds it, has
/// not read the question.
fn opens_and_confirms(
    keymap: &Keymap,
    owners: &HashMap<(Context, Action), usize>,
) -> Option<(usize, String)> {
    let confirms = [Action::CancelTask, Action::Press];
    for context in [Context::List, Context::Details] {
        for opening in keymap.keys(context, Action::AskToCancel) {
            for action in confirms {
                let same = keymap
                    .keys(Context::Confirm, action)
                    .find(|keys| keys.keys().first() == opening.keys().last());
                if let Some(keys) = same {
                    let opener = owners.get(&(context, Action::AskToCancel));
                    let confirmer = owners.get(&(Context::Confirm, action));
                    let number = *opener.max(confirmer)?;
                    let keys = keys.name(Charset::Unicode);
                    let reason =
                        format!("{keys} opens the dialog before a cancel, so it cannot confirm it");
                    return Some((number, reason));
                }
            }
        }
    }
    None
}

/// The same for the key that opens it from the palette.
fn chooses_and_confirms(
    keymap: &Keymap,
    owners: &HashMap<(Context, Action), usize>,
) -> Option<(usize, String)> {
    let (palette, confirm) = (
        (Context::Palette, Action::Choose),
        (Context::Confirm, Action::CancelTask),
    );
    let mut choosing = keymap.keys(palette.0, palette.1);
    let same = choosing.find(|keys| {
        let mut confirming = keymap.keys(confirm.0, confirm.1);
        confirming.any(|it| it.keys().first() == keys.keys().last())
    })?;
    let number = *owners.get(&palette).max(owners.get(&confirm))?;
    let keys = same.name(Charset::Unicode);
    let reason = format!(
        "{keys} opens the dialog before a cancel from the palette, so it cannot confirm it"
    );
    Some((number, reason))
}
