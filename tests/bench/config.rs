//! Times what a large file of settings costs at the start.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bundletop::config::{DEFAULT, File, LoadedConfig};

/// How many sections for profiles there are.
const PROFILES: usize = 50;

/// The documented file, bindings for many actions, and sections for profiles of which one fits.
pub fn large() -> String {
    let mut text = DEFAULT.to_owned();
    text += "\n[keys.everywhere]\nrefresh = [\"f5\", \"ctrl-r\"]\n[keys.list]\n";
    for (action, key) in [
        ("ask-to-cancel", "c"),
        ("copy", "alt-y"),
        ("export", "alt-x"),
        ("filter", "alt-f"),
        ("sort", "alt-s"),
        ("details", "alt-d"),
        ("json", "alt-j"),
        ("yaml", "alt-v y"),
        ("pause", "alt-z"),
        ("events", "alt-e"),
    ] {
        writeln!(text, "{action} = [\"{key}\"]").expect("memory");
    }
    for number in 0..PROFILES {
        write!(
            text,
            "[profile.\"team-{number}-*\"]\ninterval = \"{}s\"\nproduction = true\nconfirm = \"typed\"\n\
             list.sort = \"progress\"\nnotices.on = [\"failure\", \"stall\"]\n",
            number + 5
        )
        .expect("memory");
    }
    write!(text, "[profile.\"def*\"]\nmouse = false\n").expect("memory");
    text
}

/// Prints how long it takes to work out the settings of that file, and of none.
pub fn measure() {
    const ROUNDS: u32 = 200;
    let path = Path::new("config.toml");
    let problems = LoadedConfig::load(
        Some(File {
            text: &large(),
            path,
        }),
        "default",
        Vec::new(),
    )
    .problems;
    assert!(problems.is_empty(), "{problems:?}");
    for (name, text) in [("no", String::new()), ("a large", large())] {
        let file = File { text: &text, path };
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                let settings = LoadedConfig::load(Some(file), "default", Vec::new());
                let time = start.elapsed();
                assert!(!settings.config.mouse);
                time
            })
            .collect();
        times.sort();
        let median = times[times.len() / 2];
        println!(
            "settings of {name} file of {} bytes: {median:.1?}",
            text.len()
        );
    }
}
