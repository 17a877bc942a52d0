//! Settings that change while the program runs.

use std::path::Path;

use super::Pty;
use super::config::{quit, with};

/// Replaces a file at once, as many editors do: a new file takes the name.
fn write(file: &Path, text: impl AsRef<[u8]>) {
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("a file");
    std::fs::rename(&new, file).expect("it takes the name");
}

#[test]
fn a_change_of_the_file_is_seen_and_said() {
    let (mut pty, directory) = with("theme = \"dark\"\ncolors = \"truecolor\"\n", &[]);
    pty.until_shown("bun-2a4e041c");
    let file = directory.path().join("config.toml");
    let text = "theme = \"light\"\ncolors = \"truecolor\"\nproduction = true\n";
    write(&file, text);
    pty.until_shown("Changed: production is true, theme is \"light\".");
    pty.until_shown(" PRODUCTION ");
    assert!(pty.has_written(b"48;2;207;220;248"), "the light band");
    // Others write into the file.
    std::fs::write(&file, "mose = true\n").expect("a file");
    pty.until_shown("there is no setting mose");
    write(&file, "# as by default\n");
    pty.until_shown("All mistakes in the settings are fixed.");
    write(&file, "theme = \"light\"\n");
    pty.until_shown("Changed: theme is \"light\".");
    // What cannot be read changes nothing.
    write(&file, b"theme = \"\xff\"\n");
    pty.until_shown("it is not UTF-8 at line 1, column 10");
    write(&file, "theme = \"light\"\n");
    pty.until_shown("The settings can be read again.");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn a_theme_of_the_persons_own_is_used_and_followed() {
    let directory = tempfile::tempdir().expect("a directory");
    let themes = directory.path().join("themes");
    std::fs::create_dir(&themes).expect("a directory");
    let theme = |band: &str| {
        let text = format!("base = \"dark\"\n[palette]\nband = [\"{band}\", \"cyan\"]\n");
        std::fs::write(themes.join("mine.toml"), text).expect("a file");
    };
    theme("#112233");
    let file = directory.path().join("config.toml");
    std::fs::write(&file, "theme = \"mine\"\ncolors = \"truecolor\"\n").expect("a file");
    let path = file.to_str().expect("UTF-8");
    let pty = Pty::bundletop_in(&["--demo"], &[("BUNDLETOP_CONFIG", path)]);
    pty.until_shown("bun-2a4e041c");
    assert!(pty.has_written(b"48;2;17;34;51"));
    theme("#332211");
    pty.until_shown("The theme has changed.");
    assert!(pty.has_written(b"48;2;51;34;17"));
    quit(pty);
}

/// Nobody has named the file, and yet it counts: what is in it may be `read_only`.
#[test]
fn a_file_that_cannot_be_read_refuses_cancels_until_it_can() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("bundletop");
    let file = directory.join("config.toml");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(&file, b"\xff").expect("a file");
    let variables = [("XDG_CONFIG_HOME", home.path().to_str().expect("UTF-8"))];
    let mut pty = Pty::bundletop_in(&["--demo"], &variables);
    pty.until_shown("it is not UTF-8 at line 1, column 1");
    pty.until_shown("read-only");
    pty.until_shown("bun-2a4e041c");
    write(&file, "production = true\n");
    pty.until_shown("read_only is false");
    pty.until_shown("PRODUCTION");
    // From now on it is known what was in force.
    write(&file, b"production = false\n\xff");
    pty.until_shown("it is not UTF-8 at line 2, column 1");
    assert!(pty.shows("PRODUCTION"));
    std::fs::remove_file(&file).expect("it is there");
    pty.until_shown("cannot be read: No such file or directory");
    assert!(pty.shows("PRODUCTION"));
    write(&file, "");
    pty.until_shown("it is empty");
    assert!(pty.shows("PRODUCTION"));
    write(&file, "read_only = \"no\"\n");
    pty.until_shown("read_only: must be true or false");
    pty.press(b"c");
    pty.until_shown("Nothing is cancelled: a mistake in the settings");
    quit(pty);
}

/// The directory need not be there, and the file can become a link.
#[test]
fn the_file_is_found_wherever_it_comes_to_be() {
    let home = tempfile::tempdir().expect("a directory");
    let config = home.path().join("config");
    let variables = [("XDG_CONFIG_HOME", config.to_str().expect("UTF-8"))];
    let pty = Pty::bundletop_in(&["--demo"], &variables);
    pty.until_shown("bun-2a4e041c");
    let directory = config.join("bundletop");
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = directory.join("config.toml");
    write(&file, "mouse = true\n");
    pty.until_shown("Changed: mouse is true.");
    // As a manager of dotfiles does.
    let dotfiles = home.path().join("dotfiles");
    std::fs::create_dir(&dotfiles).expect("a directory");
    let target = dotfiles.join("bundletop.toml");
    write(&target, "mouse = true\nproduction = true\n");
    let link = directory.join("link");
    std::os::unix::fs::symlink("../../dotfiles/bundletop.toml", &link).expect("a link");
    std::fs::rename(&link, &file).expect("it takes the name");
    pty.until_shown("Changed: production is true.");
    write(&target, "mouse = true\nproduction = false\n");
    pty.until_shown("Changed: production is false.");
    // The directory becomes a link to another one.
    let other = home.path().join("other");
    std::fs::create_dir(&other).expect("a directory");
    write(
        &other.join("config.toml"),
        "mouse = true\nproduction = true\n",
    );
    std::fs::remove_dir_all(&directory).expect("it is there");
    std::os::unix::fs::symlink(&other, &directory).expect("a link");
    pty.until_shown("Changed: production is true.");
    write(&other.join("config.toml"), "mouse = true\n");
    pty.until_shown("Changed: production is false.");
    std::fs::remove_file(&directory).expect("the link");
    std::fs::create_dir(&directory).expect("a directory");
    // A directory above is replaced.
    std::fs::rename(&config, home.path().join("away")).expect("it is there");
    std::fs::create_dir_all(&directory).expect("a directory");
    write(&file, "mouse = true\nproduction = true\n");
    pty.until_shown("production is true");
    // The directory is made anew.
    std::fs::remove_dir_all(&directory).expect("it is there");
    std::fs::create_dir(&directory).expect("a directory");
    write(&file, "mouse = true\nread_only = true\n");
    pty.until_shown("read_only is true");
    quit(pty);
}
