//! The pager: how it is chosen, and how it is called.

use std::collections::HashMap;
use std::path::Path;

use bundletop::output::{Pager, PagerError};

fn choose(
    no_pager: bool,
    profile: Option<&str>,
    environment: &[(&str, &str)],
) -> Result<Option<Pager>, PagerError> {
    let environment: HashMap<_, _> = environment.iter().copied().collect();
    Pager::choose(no_pager, profile, |name| {
        environment.get(name).map(Into::into)
    })
}

/// The command of the pager that is chosen.
fn chosen_command(profile: Option<&str>, environment: &[(&str, &str)]) -> Option<Vec<String>> {
    let pager = choose(false, profile, environment).unwrap()?;
    Some(pager.command().map(str::to_owned).collect())
}

#[test]
fn settings_have_an_order_of_precedence() {
    let all = [("AWS_PAGER", "a -x"), ("PAGER", "p")];
    assert_eq!(chosen_command(Some("c"), &all).unwrap(), ["a", "-x"]);
    assert_eq!(
        chosen_command(Some("c 'd e'"), &all[1..]).unwrap(),
        ["c", "d e"]
    );
    assert_eq!(chosen_command(None, &all[1..]).unwrap(), ["p"]);
    assert_eq!(chosen_command(None, &[]).unwrap(), ["less"]);
}

#[test]
fn a_blank_setting_means_no_pager() {
    assert_eq!(chosen_command(Some("c"), &[("AWS_PAGER", "")]), None);
    assert_eq!(chosen_command(Some(""), &[("PAGER", "p")]), None);
    assert_eq!(chosen_command(None, &[("PAGER", " ")]), None);
    let all = [("AWS_PAGER", "a"), ("PAGER", "p")];
    assert_eq!(choose(true, Some("c"), &all).unwrap(), None);
}

#[test]
fn a_quote_without_an_end_is_an_error() {
    let error = choose(false, None, &[("AWS_PAGER", "less 'x")]).unwrap_err();
    assert!(matches!(error, PagerError::Command(_)), "{error}");
}

/// A pager that writes what it is shown, and the value of `LESS`, to a file.
fn pager_to_file(path: &Path) -> String {
    format!(
        "sh -c 'cat > \"{0}\"; echo \"$LESS\" >> \"{0}\"'",
        path.display()
    )
}

fn show(pager: &str, environment: &[(&str, &str)], output: &[u8]) -> Result<(), PagerError> {
    let environment: Vec<_> = [("AWS_PAGER", pager)]
        .into_iter()
        .chain(environment.iter().copied())
        .collect();
    let pager = choose(false, None, &environment).unwrap().unwrap();
    let mut out = Vec::new();
    pager.show(output, &mut out)?;
    assert_eq!(out, b"", "the output went to the pager");
    Ok(())
}

#[test]
fn the_pager_gets_the_output_and_the_flags_of_less() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shown");
    show(&pager_to_file(&file), &[], b"one\ntwo\n").unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\nFRX\n");
}

#[test]
fn a_pager_closed_early_is_no_error() {
    let output = vec![b'x'; 1 << 20];
    show("true", &[], &output).unwrap();
    show("sh -c 'head -c 10 > /dev/null; exit 3'", &[], &output).unwrap();
}

#[test]
fn a_chosen_pager_must_start() {
    let error = show("no-such-pager -R", &[], b"x").unwrap_err();
    assert!(matches!(error, PagerError::Start { .. }));
    let message = error.to_string();
    assert!(
        message.starts_with("Unable to redirect output to pager. "),
        "{message}"
    );
    assert!(message.contains("no-such-pager"), "{message}");
}

#[test]
fn empty_output_starts_no_pager() {
    show("no-such-pager", &[], b"").unwrap();
}
