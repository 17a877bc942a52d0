//! The level of the log file.

use bundletop::log::parse_level;
use tracing::level_filters::LevelFilter;

#[test]
fn the_level_is_info_unless_another_is_set() {
    for unset in [
        None,
        Some(""),
        Some(" "),
        Some("loud"),
        Some("bundletop=debug"),
    ] {
        assert_eq!(parse_level(unset), LevelFilter::INFO, "{unset:?}");
    }
}

#[test]
fn every_level_can_be_set() {
    for (value, level) in [
        ("off", LevelFilter::OFF),
        ("error", LevelFilter::ERROR),
        ("warn", LevelFilter::WARN),
        ("info", LevelFilter::INFO),
        ("debug", LevelFilter::DEBUG),
        ("trace", LevelFilter::TRACE),
        ("DEBUG", LevelFilter::DEBUG),
    ] {
        assert_eq!(parse_level(Some(value)), level, "{value}");
    }
}
