//! bundletop: a terminal UI manager for Amazon EC2 bundle tasks.
//!
//! | module       | what it is                                                           |
//! |--------------|----------------------------------------------------------------------|
//! | [`task`]     | a bundle task as data: no SDK, no terminal, no clock                 |
//! | [`ec2`]      | the gateway: describe, cancel, dry run, through the AWS SDK          |
//! | [`tui`]      | the terminal UI: the loop, its state, its drawing                    |
//! | [`endpoint`] | the embedded EC2 endpoint, for the demo, `serve` and the tests       |
//! | [`cli`]      | the command line                                                     |
//! | [`output`]   | what the commands print: JSON, YAML, text, tables, queries, the pager |
//! | [`log`]      | the log file                                                         |
//!
//! *Poll to pixels*: the clock says a poll is due; [`tui::state::State::update`] returns
//! `Effect::Describe { asked: 7 }`; the loop in [`tui`] spawns [`ec2::Ec2::describe`]; its answer
//! comes back as `Msg::Described { asked: 7, result }`; `update` merges it into the rows; the loop
//! draws, through [`tui::view`], if anything visible changed.
//!
//! *Keys to `cancelling`*: `c` opens `Dialog::Confirm` and asks EC2 by dry run; `y` closes it, marks
//! the task "cancel requested" and has it looked at once more; if its state still allows it,
//! `Effect::Cancel` goes out; `Msg::Cancelled` merges the task EC2 returned and distrusts every poll
//! asked before, so that an older `bundling` cannot flicker back.
//!
//! *A command to its output*: [`cli`] parses the command line as the AWS CLI does, and validates
//! parameters, format and query; [`ec2::verbatim`] sends the request and keeps EC2's answer as it came;
//! [`ec2::answer`] makes JSON of it; [`output`] picks by the query, and writes the format.

pub mod cli;
pub mod ec2;
pub mod endpoint;
mod environment;
pub mod log;
pub mod output;
pub mod signal;
pub mod task;
pub mod text;
pub mod tui;
