//! The values of `--output`.

/// A format of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON indented by four spaces, the members in EC2's order.
    Json,
    /// One line for each row, its values separated by tabs.
    Text,
    /// Boxes drawn with `+`, `-` and `|`.
    Table,
    /// One YAML document.
    Yaml,
    /// A YAML list with one item: the answer.
    YamlStream,
    /// No output.
    Off,
}

impl Format {
    /// The formats and their names, in the order in which the AWS CLI lists them.
    pub const NAMES: &[(&str, Self)] = &[
        ("json", Self::Json),
        ("text", Self::Text),
        ("table", Self::Table),
        ("yaml", Self::Yaml),
        ("yaml-stream", Self::YamlStream),
        ("off", Self::Off),
    ];

    /// The format of that name, if there is one. Names are case-sensitive.
    pub fn from_name(name: &str) -> Option<Self> {
        let &(_, format) = Self::NAMES.iter().find(|(known, _)| *known == name)?;
        Some(format)
    }
}
