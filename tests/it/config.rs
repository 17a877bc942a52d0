//! The settings: files, what is wrong in them, what takes precedence, and the commands about them.

mod guards;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use bundletop::config::{
    self, ColorChoice, DEFAULT, File, KeySet, Layer, LoadedConfig, Source, schema,
};
use bundletop::text::Charset;
use bundletop::tui::column::Column;
use bundletop::tui::keymap::{Action, Context};
use bundletop::tui::notice::{NoticeChannel, NoticeKind};
use clap::ValueEnum as _;
use serde_json::Value;

/// Twelve mistakes, each of another kind, and settings that are right between them.
const MISTAKES: &str = r#"intervall = "5s"
theme = "darkk"
mouse = "yes"
interval = "1ms"
symbols = 3
read_only = true

[notice]
on = ["failure"]

[notices]
on = ["failur", "stall"]
command = "it's"

[journal.keep]
x = 1

[profile."prod*"]
production = true
read_onl = true
[profile."[bad"]
mouse = true
[list]
sort = "startd descending"
"#;

fn load(text: &str, profile: &str, layers: Vec<Layer>) -> LoadedConfig {
    let path = Path::new("config.toml");
    LoadedConfig::load(Some(File { text, path }), profile, layers)
}

fn said(settings: &LoadedConfig) -> Vec<String> {
    settings.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_defaults_are_those_of_the_documented_file() {
    let defaults = LoadedConfig::load(None, "default", Vec::new());
    assert!(defaults.problems.is_empty());
    assert_eq!(defaults.config, load(DEFAULT, "default", Vec::new()).config);
    assert_eq!(said(&load(DEFAULT, "default", Vec::new())), [""; 0]);
    assert_eq!(defaults.config.interval.0, None);
    assert_eq!(defaults.config.theme, "auto");
    assert_eq!(defaults.config.list.sort.0.column, Column::Started);
    assert_eq!(defaults.config.notices.channels, [NoticeChannel::Bell]);
    assert!(defaults.config.journal.keep && !defaults.config.read_only);
    assert!(DEFAULT.starts_with("#:schema "), "for editors");
}

/// Each mistake is named with its place, and costs no other setting.
#[test]
fn every_mistake_is_named_with_its_place() {
    let settings = load(MISTAKES, "prod-1", Vec::new());
    assert_eq!(
        said(&settings),
        [
            "config.toml:1:1: there is no setting intervall; did you mean interval?",
            "config.toml:2:9: theme: there is no theme \"darkk\"; there are dark, light, high-contrast, color-blind, ansi, catppuccin, gruvbox, nord; did you mean \"dark\"?",
            "config.toml:3:9: mouse: must be true or false",
            "config.toml:4:12: interval: must be from \"500ms\" to \"24h\": EC2 limits how often it is asked",
            "config.toml:5:11: symbols: must be a string in quotes",
            "config.toml:9:1: there is no setting notice.on; did you mean notices.on?",
            "config.toml:12:6: notices.on: \"failur\" is not one of failure, stall, verdict, complete, appeared, \
             unlisted; did you mean \"failure\"?",
            "config.toml:13:11: notices.command: has a quote that is not closed",
            "config.toml:16:1: journal.keep is a setting, not a section",
            "config.toml:20:1: there is no setting read_onl; did you mean read_only? Until this is corrected, nothing is cancelled",
            "config.toml:21:10: \"[bad\" is not a valid pattern: unclosed character class; missing ']'",
            "config.toml:24:8: list.sort: \"startd\" is not one of id, instance, state, progress, storage, started, \
             updated, error; did you mean \"started\"?",
        ]
    );
    assert!(settings.config.read_only && settings.config.production);
    let defaults = LoadedConfig::load(None, "default", Vec::new()).config;
    assert_eq!(settings.config.theme, defaults.theme);
    assert_eq!(settings.config.notices, defaults.notices);
}

/// What is no TOML costs only the lines it is in, as far as these can be told.
#[test]
fn what_is_no_toml_is_named_and_the_rest_is_read() {
    let text = "read_only = true\nmouse = \n[list\nsort = 'id'\n";
    let settings = load(text, "default", Vec::new());
    let said = said(&settings);
    assert!(
        said.iter().any(|it| it.starts_with("config.toml:2:")),
        "{said:?}"
    );
    assert!(
        said.iter().any(|it| it.starts_with("config.toml:3:")),
        "{said:?}"
    );
    assert!(settings.config.read_only);
    let binary = load("\u{0}\u{1b}[31m", "default", Vec::new());
    assert!(!binary.problems.is_empty());
    let long = "x".repeat(100_000);
    assert_eq!(load(&long, "default", Vec::new()).problems.len(), 1);
}

/// Mistakes in keys are named, too, and the default stands for that action.
#[test]
fn keys_are_those_of_the_set_and_of_the_sections() {
    let text = r#"key_set = "vi"
[keys.list]
export = "none"
mark = ["space", "t"]
copy = "c"
exprt = "x"
unmark = "hyper-u"
sort = 3
[keys.lst]
sort = "s"
[keys.everywhere]
refresh = "f5"
[keys]
sort = "s"
[profile."def*".keys.list]
refresh = "blue"
"#;
    let settings = load(text, "default", Vec::new());
    let keys = |context, action| {
        let keys = settings.keymap.keys(context, action);
        keys.map(|keys| keys.name(Charset::Unicode))
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(Context::List, Action::First), ["Home", "g g"]);
    assert_eq!(keys(Context::List, Action::AskToCancel), ["c", "d d"]);
    assert_eq!(keys(Context::List, Action::Export), [""; 0]);
    assert_eq!(keys(Context::List, Action::Mark), ["Space", "t"]);
    assert_eq!(keys(Context::List, Action::Copy), ["y"]);
    assert_eq!(keys(Context::Details, Action::Refresh), ["F5"]);
    assert_eq!(
        said(&settings),
        [
            "config.toml:5:1: keys.list.copy: c is bound to ask-to-cancel",
            "config.toml:6:9: keys.list.exprt: list has no action exprt; did you mean export?",
            "config.toml:7:10: keys.list.unmark: \"hyper-u\" is not a key",
            "config.toml:8:8: keys.list.sort: must be a key, a list of keys or \"none\"",
            "config.toml:10:8: keys.lst.sort: there is no context lst; did you mean list?",
            "config.toml:14:8: keys.sort: is written [keys.CONTEXT] and below it ACTION = KEYS",
            "config.toml:16:11: keys.list.refresh: \"blue\" is not a key",
        ]
    );
}

/// Sets of keys have no mistakes of their own.
#[test]
fn every_key_set_can_be_used() {
    for set in KeySet::value_variants() {
        let name = set.to_possible_value().expect("a name");
        let text = format!("key_set = \"{}\"", name.get_name());
        let settings = load(&text, "default", Vec::new());
        assert_eq!(said(&settings), [""; 0], "{set:?}");
        for context in Context::ALL {
            let mut seen = BTreeSet::new();
            for keys in settings.keymap.bindings(context).flat_map(|it| &it.keys) {
                let name = keys.name(Charset::Unicode);
                assert!(seen.insert(name.clone()), "{set:?} {context:?} {name}");
            }
        }
    }
}

#[test]
fn a_section_is_for_the_profiles_whose_names_fit_and_later_ones_win() {
    let text = r#"
        interval = "10s"
        [profile."prod*"]
        interval = "30s"
        production = true
        notices.on = ["failure"]
        [profile.prod-test]
        interval = "20s"
        [profile."*-{eu,us}"]
        theme = "light"
    "#;
    let of = |profile: &str| load(text, profile, Vec::new()).config;
    let seconds = |profile: &str| of(profile).interval.0.map(|it| it.as_secs());
    assert_eq!(seconds("default"), Some(10));
    assert_eq!(seconds("prod"), Some(30));
    assert_eq!(seconds("prod-test"), Some(20));
    assert!(of("prod-test").production && !of("test").production);
    assert_eq!(of("prod").notices.on, [NoticeKind::Failure]);
    assert_eq!(of("my-eu").theme, "light");
    // What is wrong in a section concerns those for whom it is, and who checks the file.
    let text = "[profile.other]\nmouse = 3\n";
    let path = Path::new("config.toml");
    let mistake = ["config.toml:2:9: mouse: must be true or false"];
    assert_eq!(said(&load(text, "default", Vec::new())), [""; 0]);
    assert_eq!(said(&load(text, "other", Vec::new())), mistake);
    assert_eq!(said(&LoadedConfig::check(File { text, path })), mistake);
}

#[test]
fn later_layers_take_precedence_and_each_value_says_where_it_comes_from() {
    let text = "theme = 'dark'\nmouse = true\n[profile.prod]\ncolors = '16'\n";
    let environment = vec![("colors", "never".into(), Source::Environment("NO_COLOR"))];
    let options = vec![("theme", "light".into(), Source::Option("--theme"))];
    let settings = load(text, "prod", vec![environment, options]);
    assert_eq!(settings.config.colors, ColorChoice::Never);
    assert_eq!(settings.config.theme, "light");
    let source = |path: &str| settings.in_force[path].source.to_string();
    assert_eq!(source("theme"), "--theme");
    assert_eq!(source("colors"), "NO_COLOR");
    assert_eq!(source("mouse"), "config.toml:2");
    assert_eq!(source("interval"), "default");
    let settings = load(text, "prod", Vec::new());
    assert_eq!(
        settings.in_force["colors"].source.to_string(),
        "config.toml:4, [profile.\"prod\"]"
    );
    // A wrong value leaves the one below it.
    let wrong = vec![("theme", "blue".into(), Source::Environment("THEME"))];
    let settings = load(text, "default", vec![wrong]);

    assert!(said(&settings)[0].starts_with("THEME: theme: there is no theme \"blue\""));
}

/// The schema has every setting of the documented file and no others, and of each choice the names that are
/// read.
#[test]
fn the_schema_says_what_is_read() {
    let schema = schema();
    let mut paths = BTreeSet::new();
    let definition = |property: &Value| -> Option<Value> {
        let name = property["$ref"].as_str()?.strip_prefix("#/$defs/")?;
        Some(schema["$defs"][name].clone())
    };
    let properties = |schema: &Value| schema["properties"].as_object().cloned();
    for (name, property) in properties(&schema).expect("settings") {
        match definition(&property).as_ref().and_then(properties) {
            Some(members) => paths.extend(members.keys().map(|member| format!("{name}.{member}"))),
            None => {
                paths.insert(name);
            }
        }
    }
    assert!(paths.remove("profile"));
    paths.retain(|path| !path.starts_with("keys"));
    let defaults = LoadedConfig::load(None, "default", Vec::new());
    let known: BTreeSet<_> = defaults.in_force.into_keys().collect();
    assert_eq!(paths, known);
    assert!(!schema.to_string().contains("\"required\""));
    let names = |definition: &str| -> Vec<String> {
        let variants = schema["$defs"][definition]["oneOf"].as_array().cloned();
        let variants = variants.expect("variants").into_iter();
        variants
            .map(|it| it["const"].as_str().expect("a name").to_owned())
            .collect()
    };
    let of_value =
        |value: Option<clap::builder::PossibleValue>| value.expect("a name").get_name().to_owned();
    let colors = ColorChoice::value_variants().iter();
    let colors: Vec<_> = colors.map(|it| of_value(it.to_possible_value())).collect();
    assert_eq!(names("ColorChoice"), colors);
    let kinds = NoticeKind::value_variants().iter();
    let kinds: Vec<_> = kinds.map(|it| of_value(it.to_possible_value())).collect();
    assert_eq!(names("NoticeKind"), kinds);
    let channels = NoticeChannel::value_variants().iter();
    let channels: Vec<_> = channels
        .map(|it| of_value(it.to_possible_value()))
        .collect();
    assert_eq!(names("NoticeChannel"), channels);
}

fn bundletop(home: &Path, args: &[&str]) -> Output {
    bundletop_with(home, args, &[("AWS_PROFILE", "prod-1")])
}

fn bundletop_with(home: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .envs(variables.iter().copied())
        .output()
        .expect("the program runs")
}

/// The file of the settings in a home directory.
fn write_settings(home: &Path, text: &str) {
    let directory = home.join(".config/bundletop");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("config.toml"), text).expect("a file");
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_commands_check_show_and_describe_the_settings() {
    let home = tempfile::tempdir().expect("a directory");
    let run = |args: &[&str]| bundletop(home.path(), args);
    let path = run(&["config", "path"]);
    let file = Path::new(text(&path.stdout).trim()).to_owned();
    assert_eq!(file, home.path().join(".config/bundletop/config.toml"));
    // There need not be a file, unless it is named.
    let missing = run(&["config", "check"]);
    assert_eq!(missing.status.code(), Some(0));
    assert!(text(&missing.stderr).contains("There is no file"));
    let missing = run(&["config", "check", "/nonexistent.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot be read"));
    std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
    std::fs::write(&file, MISTAKES).expect("a file");
    let check = run(&["config", "check"]);
    assert_eq!(check.status.code(), Some(1));
    assert_eq!(text(&check.stderr).lines().count(), 12);
    let show = run(&["config", "show", "--theme", "light", "--interval", "3"]);
    assert!(show.status.success());
    let shown = text(&show.stdout);
    for (setting, source) in [
        ("theme = \"light\"", "# --theme"),
        ("interval = \"3s\"", "# --interval"),
        ("production = true", "config.toml:19, [profile.\"prod*\"]"),
        ("read_only = true", "config.toml:6"),
        ("retention = \"400d\"", "# default"),
    ] {
        let line = shown.lines().find(|line| line.starts_with(setting));
        assert!(
            line.is_some_and(|line| line.ends_with(source)),
            "{setting}: {shown}"
        );
    }
    assert_eq!(text(&show.stderr).lines().count(), 12);
    // What is shown is a file again.
    std::fs::write(&file, shown).expect("a file");
    let check = run(&["config", "check"]);
    assert!(check.status.success(), "{}", text(&check.stderr));
    let default = run(&["config", "default"]);
    assert_eq!(text(&default.stdout), config::DEFAULT);
    let schema: Value = serde_json::from_slice(&run(&["config", "schema"]).stdout).expect("JSON");
    assert_eq!(schema["title"], "The settings of bundletop");
    let missing = run(&["--config", "/nonexistent.toml", "--demo"]);
    assert_eq!(missing.status.code(), Some(2));
}

/// What is printed of the keys is a file that gives the same keys.
#[test]
fn the_keys_are_printed_as_a_file() {
    let home = tempfile::tempdir().expect("a directory");
    for set in ["default", "vi", "emacs"] {
        let file = home.path().join("config.toml");
        std::fs::write(&file, format!("key_set = \"{set}\"\n")).expect("a file");
        let file = file.to_str().expect("UTF-8");
        let keys = bundletop(home.path(), &["config", "keys", "--config", file]);
        assert_eq!(text(&keys.stderr), "");
        let printed = text(&keys.stdout);
        let first = if set == "vi" {
            "first = [\"home\", \"g g\"]"
        } else {
            "first = [\"home\", "
        };
        assert!(printed.contains(first), "{printed}");
        let again = load(printed, "default", Vec::new());
        // Only what cannot be changed is written twice.
        let expected = load(&format!("key_set = \"{set}\""), "default", Vec::new());
        for context in Context::ALL {
            for binding in expected.keymap.bindings(context) {
                let of = |settings: &LoadedConfig| -> BTreeSet<String> {
                    let keys = settings.keymap.keys(context, binding.action);
                    keys.map(|keys| keys.name(Charset::Unicode)).collect()
                };
                assert_eq!(
                    of(&again),
                    of(&expected),
                    "{set} {context:?} {:?}",
                    binding.action
                );
            }
        }
        assert_eq!(said(&again), [""; 0]);
    }
}

/// Every mistake has its place, also those in the file of a theme.
#[test]
fn mistakes_in_a_theme_and_in_a_list_are_all_named() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join(".config/bundletop");
    std::fs::create_dir_all(directory.join("themes")).expect("a directory");
    let theme = "[palette]\nmine = [\"#12\", \"blue\"]\n[roles]\nfaild = { fg = \"mine\" }\nfailed = { fg = \"min\", bold = true }\n";
    std::fs::write(directory.join("themes/mine.toml"), theme).expect("a file");
    let settings = "theme = \"mine\"\nprofile = 3\n[list]\ncolumns = [\"idd\", \"state 2\", \"id\"]\n[notices]\nchannels = [\"off\", \"bell\"]\n[keys.list]\nmark = [\"m\", \"none\"]\n";
    std::fs::write(directory.join("config.toml"), settings).expect("a file");
    let check = bundletop(home.path(), &["config", "check"]);
    let said = text(&check.stderr).replace(&format!("{}/", directory.display()), "");
    let expected = [
        "config.toml:1:9: theme: 5 mistakes in the theme: mine.toml:1:1: base is missing: write base = \"dark\" or base = \"light\"",
        "config.toml:2:1: profile is a section: write [profile.NAME]",
        "config.toml:4:11: list.columns: \"idd\" is not one of id, instance, state, progress, storage, started, updated, error; did you mean \"id\"?; the width of \"state\" must be from 3 to 500",
        "config.toml:6:12: notices.channels: \"off\" cannot be combined with others",
        "config.toml:8:8: keys.list.mark: \"none\" must not be in a list",
        "themes/mine.toml:1:1: base is missing: write base = \"dark\" or base = \"light\"",
        "themes/mine.toml:2:8: palette.mine: \"#12\" is not a colour",
    ];
    for line in expected {
        assert!(said.lines().any(|it| it == line), "{line}\n\n{said}");
    }
    let keys = load("keys = 3", "prod", Vec::new()).problems;
    assert!(
        keys[0]
            .message
            .starts_with("keys is a section: write [keys.CONTEXT]")
    );
    for part in [
        "themes/mine.toml:4:16: roles.faild.fg: unknown variant `faild`",
        "did you mean failed?",
        "themes/mine.toml:5:17: roles.failed.fg: there is no colour min in [palette]; did you mean mine?",
        "themes/mine.toml:5:31: roles.failed.bold: unknown field `bold`",
    ] {
        assert!(said.contains(part), "{part}\n\n{said}");
    }
    assert_eq!(said.lines().count(), 10, "{said}");
}

/// What is not a file that a person wrote is not waited for.
#[test]
fn what_is_not_a_text_file_is_refused() {
    let home = tempfile::tempdir().expect("a directory");
    let large = home.path().join("large.toml");
    std::fs::write(&large, "x = 1\n".repeat(200_000)).expect("a file");
    let binary = home.path().join("binary.toml");
    std::fs::write(&binary, b"mouse = true\ntheme = \"\xff\"").expect("a file");
    for (file, reason) in [
        (Path::new("/dev/zero"), "it is not a regular file"),
        (home.path(), "it is not a regular file"),
        (&large, "it is larger than 1 MiB"),
        (&binary, "it is not UTF-8 at line 2, column 10"),
    ] {
        let file = file.to_str().expect("UTF-8");
        let check = bundletop(home.path(), &["config", "check", file]);
        assert_eq!(check.status.code(), Some(1));
        let said = text(&check.stderr);
        assert!(said.contains(reason), "{said}");
    }
}

/// The section is that of the profile whose credentials are used, however it was chosen.
#[test]
fn the_section_is_that_of_the_profile_in_use() {
    let home = tempfile::tempdir().expect("a directory");
    write_settings(home.path(), "[profile.prod]\nread_only = true\n");
    for (variables, args, is_read_only) in [
        (&[][..], &[][..], false),
        (&[("AWS_PROFILE", "prod")], &[], true),
        (&[("AWS_DEFAULT_PROFILE", "prod")], &[], true),
        (
            &[("AWS_DEFAULT_PROFILE", "prod"), ("AWS_PROFILE", "dev")],
            &[],
            false,
        ),
        (&[("AWS_PROFILE", "dev")], &["--profile", "prod"], true),
        (&[("AWS_PROFILE", "prod")], &["--profile", "dev"], false),
    ] {
        let args = [&["config", "show"], args].concat();
        let output = bundletop_with(home.path(), &args, variables);
        let shown = text(&output.stdout);
        let expected = format!("read_only = {is_read_only}");
        assert!(shown.contains(&expected), "{variables:?} {args:?}: {shown}");
    }
}

/// What the environment says is shown as in force; nothing that is shown can change the terminal.
#[test]
fn the_settings_are_shown_with_the_environment() {
    let home = tempfile::tempdir().expect("a directory");
    write_settings(home.path(), "[journal]\nfile = \"a\\u202eb\"\n");
    let show = |variables: &[(&str, &str)]| {
        let args = ["config", "show", "--journal-retention", "9d"];
        let output = bundletop_with(home.path(), &args, variables);
        assert_eq!(text(&output.stderr), "");
        text(&output.stdout).to_owned()
    };
    let shown = show(&[("AWS_DEFAULT_OUTPUT", "yaml"), ("AWS_PAGER", "")]);
    let line = |start: &str| {
        let line = shown.lines().find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("{start}: {shown}"))
    };
    assert!(line("output = \"yaml\"").ends_with("# AWS_DEFAULT_OUTPUT"));
    assert!(line("pager = \"\"").ends_with("# AWS_PAGER"));
    assert!(line("retention = \"9d\"").ends_with("# --journal-retention"));
    assert!(!shown.contains('\u{202e}'), "{shown}");
    let shown = show(&[("TZ", "Europe/Paris"), ("PAGER", "more")]);
    for line in [
        "time_zone = \"auto\"                            # default, by TZ=Europe/Paris",
        "pager = \"auto\"                                # default, by PAGER=more",
    ] {
        assert!(shown.lines().any(|it| it == line), "{line}: {shown}");
    }
    // The commands say what is wrong with it.
    assert!(show(&[("AWS_DEFAULT_OUTPUT", "yml")]).contains("output = \"auto\""));
}

#[test]
fn the_themes_are_listed_with_those_of_files() {
    let home = tempfile::tempdir().expect("a directory");
    let themes = home.path().join(".config/bundletop/themes");
    std::fs::create_dir_all(&themes).expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(themes.join(name), text).expect("a file");
    write("mine.toml", "base = \"light\"\n");
    write(
        "nord.toml",
        "base = \"dark\"\n[palette]\nred = [\"#ff0000\", \"red\"]\n",
    );
    write(
        "bad.toml",
        "base = \"dark\"\n[roles]\nfailed = { fg = \"violett\" }\n",
    );
    write("worse.toml", "base = \"dark\"\n\n[rols]\n");
    write("notes.txt", "no theme");
    // That name is not one of a theme.
    write("auto.toml", "base = \"dark\"\n");
    let listed = bundletop(home.path(), &["config", "themes"]);
    assert!(listed.status.success());
    let listed = text(&listed.stdout);
    let lines: Vec<Vec<_>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let names: Vec<_> = lines.iter().map(|line| line[0]).collect();
    let expected = [
        "dark",
        "light",
        "high-contrast",
        "color-blind",
        "ansi",
        "catppuccin",
        "gruvbox",
        "bad",
        "mine",
        "nord",
        "worse",
    ];
    assert_eq!(
        names, expected,
        "a file replaces the built-in theme of its name"
    );
    assert_eq!(lines[0], ["dark", "dark", "built", "in"]);
    assert_eq!(lines[8][1], "light");
    assert!(lines[8][2].ends_with("themes/mine.toml"));
    assert!(
        listed.contains("there is no colour violett in [palette]; did you mean violet?"),
        "{listed}"
    );
    assert!(
        listed.contains("worse.toml:3:2: unknown field `rols`"),
        "{listed}"
    );
    assert!(
        !listed.contains('\u{1b}'),
        "no colours where there is no terminal"
    );
}
