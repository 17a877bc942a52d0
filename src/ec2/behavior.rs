//! What the UI and the commands do differently.

/// Whether a client behaves as the UI needs it, or like the AWS CLI.
///
/// |                                        | UI                               | commands, as the AWS CLI |
/// |----------------------------------------|----------------------------------|--------------------------|
/// | a request that failed is sent again    | a cancel where that is safe      | where the AWS CLI does it |
/// | the root element of an answer          | must be the operation's own      | any                      |
/// | FIPS or dual stack with an endpoint URL | a setting that contradicts itself | ignored                  |
///
/// The UI checks the root element because another service's response would otherwise be
/// read as an empty list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientBehavior {
    /// As the UI needs it.
    #[default]
    Ui,
    /// Like the AWS CLI, version 2.
    AwsCli,
}
