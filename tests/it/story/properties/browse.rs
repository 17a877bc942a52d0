//! Browsing, while EC2's answers shuffle, drop, repeat and change tasks.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use bundletop::monitor::{TaskKey, TrackedTask};
use bundletop::task::{BundleId, BundleTask, Phase, Progress};
use bundletop::tui::app::Msg;
use bundletop::tui::column::Column;
use crossterm::event::Event;
use proptest::prelude::*;

use crate::harness::{Harness, at, task};

/// How many tasks there are at most.
const TASKS: u8 = 24;

/// Filters, and what they show.
type Shows = fn(&TrackedTask) -> bool;
const FILTERS: [(&str, Shows); 6] = [
    ("", |_| true),
    ("\"bun-1\"", |it| {
        it.task.bundle_id.as_str().contains("bun-1")
    }),
    ("id:1$", |it| it.task.bundle_id.as_str().ends_with('1')),
    ("state:^storing$", |it| state(it) == "storing"),
    ("!state:^storing$ id:bun", |it| state(it) != "storing"),
    ("state:\"no longer\"", |it| state(it) == "no longer listed"),
];

fn state(tracked: &TrackedTask) -> &str {
    if tracked.unlisted_since.is_some() {
        return "no longer listed";
    }
    tracked.task.state.as_str()
}

#[derive(Clone, Debug)]
enum Step {
    Key(&'static str),
    /// The text of the filter becomes that of this number.
    Filter(usize),
    /// EC2's next list has these tasks, in this order, some twice; each in a state.
    List(Vec<(u8, u8)>),
    Resize(u16, u16),
}

const KEYS: [&str; 29] = [
    "j", "k", "j", "k", "g", "G", "PgDn", "PgUp", "Space", "Space", "v", "*", "u", "s", "1", "2",
    "4", "6", "7", "0", "<", ">", "S", "f", "Enter", "Esc", "x", "/", "Up",
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let list = prop::collection::vec((0..TASKS, 0..7u8), 0..30);
    let step = prop_oneof![
        8 => prop::sample::select(&KEYS[..]).prop_map(Step::Key),
        2 => (0..FILTERS.len()).prop_map(Step::Filter),
        4 => list.prop_map(Step::List),
        1 => (40..100u16, 12..30u16).prop_map(|(width, height)| Step::Resize(width, height)),
    ];
    prop::collection::vec(step, 5..40)
}

fn described(number: u8, state: u8) -> BundleTask {
    BundleTask {
        start_time: (!number.is_multiple_of(7)).then(|| {
            at("2015-09-15T10:00:00Z") + jiff::SignedDuration::from_mins(i64::from(number / 3))
        }),
        // Later descriptions overrule earlier ones.
        update_time: None,
        progress: state
            .is_multiple_of(2)
            .then(|| Progress::new(format!("{}%", number % 5))),
        ..task(
            &format!("bun-{number}"),
            Phase::ALL[usize::from(state)].as_str(),
        )
    }
}

/// Whether two rows are in the order that the list claims.
fn are_in_order(harness: &Harness, first: &TrackedTask, second: &TrackedTask) -> bool {
    let order = harness.app.list().order();
    let ended = |it: &TrackedTask| {
        order.finished_last
            && (it.unlisted_since.is_some() || !it.task.state.phase().is_under_way())
    };
    let number = |it: &TrackedTask| -> u32 {
        let id = it.task.bundle_id.as_str();
        id.trim_start_matches("bun-").parse().expect("a number")
    };
    let percent = |it: &TrackedTask| Some(it.task.progress.as_ref()?.percent()?.to_bits());
    let values = match order.column {
        Column::BundleId => number(first).cmp(&number(second)),
        Column::State => (first.unlisted_since.is_some(), first.task.state.phase())
            .cmp(&(second.unlisted_since.is_some(), second.task.state.phase())),
        Column::Progress => percent(first).cmp(&percent(second)),
        Column::Started => match (first.task.start_time, second.task.start_time) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(first), Some(second)) => first.cmp(&second),
        },
        // The same, or absent, in all.
        Column::Instance | Column::Storage | Column::Updated | Column::Error => Ordering::Equal,
    };
    let is_absent = |it: &TrackedTask| order.column == Column::Progress && percent(it).is_none();
    let values = if order.is_descending {
        values.reverse()
    } else {
        values
    };
    let whole = ended(first)
        .cmp(&ended(second))
        .then(is_absent(first).cmp(&is_absent(second)))
        .then(values)
        .then(number(first).cmp(&number(second)));
    whole != Ordering::Greater
}

/// What must hold of the screen after any step.
fn check(harness: &Harness, marked: &HashSet<TaskKey>) -> Result<(), TestCaseError> {
    let list = harness.app.list();
    let tasks = harness.app.tasks();
    let rows: Vec<_> = harness.rows().collect();
    prop_assert_eq!(rows.len(), list.len(), "no row is empty");
    prop_assert!(!list.has_work());
    let keys: HashSet<_> = rows.iter().map(|row| row.key()).collect();
    prop_assert_eq!(keys.len(), rows.len(), "no task is shown twice");

    let (_, shows) = FILTERS
        .into_iter()
        .find(|(text, _)| *text == list.filter().text())
        .expect("one of these");
    let is_in_phase = |it: &TrackedTask| {
        list.phase()
            .is_none_or(|phase| it.unlisted_since.is_none() && it.task.state.phase() == phase)
    };
    let expected: HashSet<_> = tasks
        .iter()
        .map(|(_, it)| it)
        .filter(|it| shows(it) && is_in_phase(it))
        .map(TrackedTask::key)
        .collect();
    let missing: Vec<_> = expected.difference(&keys).collect();
    prop_assert!(missing.is_empty(), "{missing:?} should be shown");
    // One that was selected when it changed stays.
    let more: Vec<_> = keys.difference(&expected).collect();
    prop_assert!(more.len() <= 1, "{more:?} should not be shown");

    for pair in rows.windows(2) {
        let ids = (
            pair[0].task.bundle_id.to_string(),
            pair[1].task.bundle_id.to_string(),
        );
        prop_assert!(
            are_in_order(harness, pair[0], pair[1]),
            "{ids:?}, {:?}",
            list.order()
        );
    }

    let selected = list.selected(tasks).map(TrackedTask::key);
    prop_assert_eq!(selected.as_ref(), list.selected_key());
    prop_assert_eq!(selected.is_some(), !rows.is_empty());
    let visible: Vec<_> = list.visible(harness.app.layout().rows, tasks).collect();
    let is_visible = visible.iter().any(|row| row.number == list.cursor());
    prop_assert!(
        is_visible || rows.is_empty(),
        "the selected row is on the screen"
    );

    let slots: HashMap<_, _> = tasks.iter().map(|(slot, it)| (slot, it.key())).collect();
    let found: HashSet<_> = list
        .marks()
        .iter()
        .map(|slot| slots[&slot].clone())
        .collect();
    prop_assert_eq!(&found, marked);
    let hidden = marked.iter().filter(|key| !keys.contains(key)).count();
    prop_assert_eq!(list.hidden_marks(), hidden);
    Ok(())
}

struct Browser {
    harness: Harness,
    polls: u64,
    /// The marked tasks, as a person would count them.
    marked: HashSet<TaskKey>,
}

impl Browser {
    fn selected(&self) -> Option<TaskKey> {
        self.harness.app.list().selected_key().cloned()
    }

    fn carry_out(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let before = self.selected();
        match step {
            Step::Key(key) => self.press(key),
            Step::Filter(number) => {
                self.close_all();
                self.harness.key("/");
                self.harness.key("Ctrl-U");
                let text = FILTERS[*number].0.to_owned();
                self.harness.send(Msg::Input(vec![Event::Paste(text)]));
                self.harness.key("Enter");
            }
            Step::List(list) => {
                self.polls += 1;
                let list = list
                    .iter()
                    .map(|(number, state)| described(*number, *state));
                // A task comes once or with the same content.
                let mut seen: HashMap<BundleId, BundleTask> = HashMap::new();
                let list =
                    list.map(|task| seen.entry(task.bundle_id.clone()).or_insert(task).clone());
                let mut ids = HashSet::new();
                let list: Vec<_> = list
                    .filter(|task| ids.insert(task.bundle_id.clone()))
                    .collect();
                self.harness.answer(self.polls, list);
                let tasks = self.harness.app.tasks();
                self.marked.retain(|key| tasks.slot_of(key).is_some());
                if let Some(before) = before
                    && tasks.slot_of(&before).is_some()
                {
                    // It may go back to the one that a person had chosen before a filter hid it.
                    let has_filter = self.harness.app.list().is_filtered();
                    prop_assert!(has_filter || self.selected() == Some(before));
                }
            }
            Step::Resize(width, height) => {
                self.harness
                    .send(Msg::Input(vec![Event::Resize(*width, *height)]));
                prop_assert_eq!(self.selected(), before);
            }
        }
        self.harness.draw();
        check(&self.harness, &self.marked)
    }

    /// Back to the list, without undoing a filter.
    fn close_all(&mut self) {
        while self.harness.app.dialog().is_some() || self.harness.app.details().is_some() {
            self.harness.key("Esc");
        }
        if self.harness.app.prompt().is_some() {
            self.harness.key("Enter");
        }
        if self.harness.app.list().range().is_some() {
            self.harness.key("Esc");
        }
    }

    fn press(&mut self, key: &'static str) {
        let (list, tasks) = (self.harness.app.list(), self.harness.app.tasks());
        let rows: Vec<_> = self.harness.rows().map(TrackedTask::key).collect();
        let is_list = self.harness.app.context() == bundletop::tui::keymap::Context::List;
        let selected = list.selected(tasks).map(TrackedTask::key);
        let range = list.range();
        match key {
            // Text would be no filter of these.
            "Up" | "Enter" | "Esc" => {}
            _ if self.harness.app.prompt().is_some() => return,
            "Space" | "v" if is_list && range.is_some() => {
                let range = range.expect("it was just asked for");
                self.marked.extend(range.map(|row| rows[row].clone()));
            }
            "Space" if is_list => {
                if let Some(key) = selected
                    && !self.marked.remove(&key)
                {
                    self.marked.insert(key);
                }
            }
            "*" if is_list => self.marked.extend(rows),
            "u" if is_list => self.marked.clear(),
            _ => {}
        }
        self.harness.key(key);
        let tasks = self.harness.app.tasks();
        self.marked.retain(|key| tasks.slot_of(key).is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        // A run draws every frame, and takes five times as long as those of the other properties.
        cases: (ProptestConfig::default().cases / 5).max(256),
        ..ProptestConfig::default()
    })]

    #[test]
    fn rows_selection_and_marks_are_what_a_person_asked_for(steps in steps()) {
        let first = (0..12).map(|number| described(number, number % 7)).collect();
        let harness = Harness::sized(80, 16, first);
        let mut browser = Browser { harness, polls: 1, marked: HashSet::new() };
        for step in &steps {
            browser.carry_out(step)?;
        }
    }
}

/// More tasks than are arranged at once: keys between the steps are served, and the end is the same.
#[test]
fn many_tasks_are_arranged_in_steps_between_keys() {
    let tasks = || {
        let tasks = (0..20_000u32).map(|n| {
            let state = Phase::ALL[n as usize % 7].as_str();
            task(&format!("bun-{:05}", n.wrapping_mul(7_919) % 20_000), state)
        });
        tasks.collect::<Vec<_>>()
    };
    let mut harness = Harness::with(tasks());
    let finish = |harness: &mut Harness| {
        let mut steps = 0;
        while harness.app.has_work() {
            harness.send(Msg::Work);
            steps += 1;
        }
        steps
    };
    assert!(finish(&mut harness) > 1);
    assert_eq!(harness.app.list().len(), 20_000);
    harness.key("<");
    for key in ["/", "i", "d", ":", "^", "b", "u", "n", "-", "0", "0"] {
        harness.key(key);
        // The work for a key is given up when the next one comes.
        harness.send(Msg::Work);
    }
    harness.key("7");
    assert!(harness.app.has_work());
    assert!(
        harness.screen().contains('…'),
        "it says that it is not complete"
    );
    finish(&mut harness);
    let ids: Vec<_> = harness
        .rows()
        .map(|row| row.task.bundle_id.to_string())
        .collect();
    let expected: Vec<_> = (0..100).map(|n| format!("bun-007{:02}", n % 100)).collect();
    assert_eq!(ids.len(), 100);
    let found: HashSet<_> = ids.iter().collect();
    assert_eq!(found, expected.iter().collect());
    harness.key("Enter");
    // The same when another list comes in the middle.
    harness.key("Esc");
    harness.send(Msg::Work);
    harness.answer(2, tasks().into_iter().take(15_000).collect());
    assert!(harness.app.has_work());
    harness.key("G");
    harness.key("k");
    finish(&mut harness);
    assert!(harness.app.list().len() >= 15_000);
}
