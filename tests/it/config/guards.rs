//! What protects tasks from a cancel by mistake. No mistake in the file takes it away.

use bundletop::config::LoadedConfig;
use bundletop::toml_file::Problem;
use bundletop::tui::dialog::Confirmation;

use super::{load, said};

const CONSEQUENCE: &str = "ntil this is corrected, nothing is cancelled";

#[test]
fn whatever_may_mean_read_only_refuses_every_cancel() {
    for text in [
        "read_only = \"true\"",
        "read_only = 1",
        "read_only = \"false\"",
        "read_only = tru",
        "read_only true",
        "readonly = true",
        "read-only = true",
        "ReadOnly = true",
        "READ_ONLY = true",
        "read_onyl = true",
        "read_only.on = true",
        "[read_only]\non = true",
        "[list]\nread_only = true",
        "[safety]\nreadonly = true",
        "[profiles.prod]\nread_only = true",
        "[profile]\nread_only = true",
        "profile.read_only = true",
        "profile = \"prod\"\nread_only = 1",
        "[[profile]]\nread_only = true",
        "[[profile.prod]]\nread_only = true",
        "[profile.prod.list]\nread_only = true",
        "[keys]\nread_only = true",
        "[keys.list]\nread_only = true",
        "[profile.\"pro*\"]\nread_only = \"yes\"",
        "[profile.\"prod[\"]\nread_only = true",
        "read_only = false\n[profile.prod]\nreadonly = true",
        "read_only = false\nmouse = ",
        "read_only = false\nread_only = false",
        "mouse = \n[profile.prod]\nread_only = false",
        // The mistake counts, whatever is right elsewhere.
        "read_only = false\nreadonly = true",
        "readonly = true\nread_only = false",
        "[profile.prod]\nread_only = false\nreadonly = true",
        "read_only = \"yes\"\n[profile.prod]\nread_only = false",
        "[profile.prod]\nread_only = \"x\"\n[profile.\"p*\"]\nread_only = false",
        "read_only = true\n[profile.prod]\nreadonly = true\nread_only = false",
        "is_read_only = true",
        "enable_read_only = true",
        "only_read = true",
        "no_cancel = true",
        "allow_cancel = false",
        "mode = \"read-only\"",
        "[read-only]\non = true",
        "[list]\nread.only = true",
        "[profile.my.prod]\nread_only = true",
    ] {
        let settings = load(text, "prod", Vec::new());
        let said = said(&settings).join("\n");
        assert!(settings.config.read_only, "{text}: {said}");
        assert!(said.contains(CONSEQUENCE), "{text}: {said}");
        assert!(settings.why_read_only().is_some(), "{text}");
    }
    let (reason, source) = load("read_only = 1", "prod", Vec::new())
        .why_read_only()
        .map(|(reason, source)| (reason, source.to_string()))
        .expect("a reason");
    assert_eq!(
        reason,
        "a mistake in the settings may have been meant to set read_only"
    );
    assert_eq!(source, "config.toml:1:13, a mistake");
}

#[test]
fn other_mistakes_refuse_nothing() {
    for text in [
        "mose = true",
        "theme = 3",
        "[list]\nsort = \"startd\"",
        "[profile.dev]\nread_only = \"yes\"",
        "[profile.\"prod[\"]\nmouse = true",
        "[profile.dev.list]\nread_only = true",
        "[notices]\non = [\"cancelled\"]",
        "[keys.confirm]\ncancel-task = 3",
        "[keys.list]\nask-to-cancel = 3",
        "[keys.list]\nask-to-cancl = \"c\"",
    ] {
        let settings = load(text, "prod", Vec::new());
        assert!(!settings.config.read_only, "{text}");
        assert_eq!(settings.why_read_only(), None);
    }
}

#[test]
fn the_other_guards_have_their_strictest_value_too() {
    let settings = load("confirm = \"typd\"\nproduction = 1", "prod", Vec::new());
    assert_eq!(settings.config.confirm, Confirmation::Typed);
    assert!(settings.config.production && !settings.config.read_only);
    assert_eq!(
        said(&settings),
        [
            "config.toml:1:11: confirm: \"typd\" is not one of yes-no, typed; did you mean \"typed\"? Until this is corrected, confirm is \"typed\"",
            "config.toml:2:14: production: must be true or false; until this is corrected, production is true",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_refuses_every_cancel() {
    let mut settings = LoadedConfig::load(None, "prod", Vec::new());
    assert_eq!(settings.why_read_only(), None);
    settings.refuse_cancels(Problem {
        place: Err("config.toml".into()),
        message: "cannot be read: it is larger than 1 MiB".into(),
    });
    assert!(settings.config.read_only);
    let (_, source) = settings.why_read_only().expect("a reason");
    assert_eq!(source.to_string(), "config.toml cannot be read");
}
