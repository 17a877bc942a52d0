//! The values that completion offers for options: profiles, regions, themes.

use clap_complete::engine::CompletionCandidate;

use super::setting_options::{self, ConfigOption};
use crate::config;
use crate::ec2;
use crate::tui::theme::ThemeCatalog;

/// The profiles that the AWS files have when a shell asks.
pub(super) fn profiles() -> Vec<CompletionCandidate> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let names = runtime.map(|runtime| runtime.block_on(ec2::profile_names()));
    let names = names.unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The regions.
pub(super) fn regions() -> Vec<CompletionCandidate> {
    REGIONS.iter().map(CompletionCandidate::new).collect()
}

/// The regions of AWS, AWS in China, AWS `GovCloud` (US) and the AWS European Sovereign Cloud, as of
/// July 2026.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// The themes that there are when a shell asks.
pub(super) fn themes() -> Vec<CompletionCandidate> {
    let file = setting_options::file_path(&ConfigOption::of_environment());
    let catalog = file.map_or_else(
        |_| ThemeCatalog::default(),
        |file| ThemeCatalog::beside(&file),
    );
    let names = catalog.themes().into_iter().map(|it| it.name);
    let names = std::iter::once(config::AUTO.to_owned()).chain(names);
    names.map(CompletionCandidate::new).collect()
}
