//! bundletop: a terminal UI manager for Amazon EC2 bundle tasks.
//!
//! | module       | what is there                                                            |
//! |--------------|--------------------------------------------------------------------------|
//! | [`cli`]      | the command line: the UI, the AWS commands, `serve`, `completions`, `man` |
//! | [`tui`]      | the terminal UI: what a person is doing, and what is on the screen       |
//! | [`monitor`]  | what is known of EC2's tasks, and what to ask next; no terminal, no IO    |
//! | [`output`]   | JSON, YAML, text, tables, `JMESPath` queries, the pager                  |
//! | [`ec2`]      | the client of EC2: a request in, the answer captured and read once       |
//! | [`endpoint`] | the embedded EC2 endpoint, for the demo, `serve` and the tests           |
//! | [`task`]     | a bundle task as data                                                    |
//! | [`text`], [`signal`], [`log`], `environment` | text fit for a terminal; signals; the log file; variables |
//!
//! Each module uses only modules below it in this table.
//!
//! *Poll to pixels*: the clock says that a poll of a scope is due; [`monitor::Monitor::update`] returns
//! the effect [`monitor::Call::Describe`]; the [`monitor::driver`] asks EC2 with an [`ec2::Client`];
//! the answer comes back as [`monitor::Event::Answered`]; `update` merges it into the tasks and
//! returns the [`monitor::Transition`]s; [`tui::app::App`] follows them with its list, and the loop in
//! [`tui`] draws through [`tui::view`] if anything visible changed.
//!
//! *Keys to `cancelling`*: `c` opens [`tui::dialog::Dialog::Confirm`] and asks EC2 by a dry run; `y`
//! closes it and tells the monitor [`monitor::Command::Cancel`]; the monitor has the task described
//! once more, and if its state still allows it, [`monitor::Call::Cancel`] goes out; the answer merges
//! the task that EC2 returned and ignores every poll asked before it, so that an older `bundling`
//! cannot flicker back.
//!
//! *A command to its output*: [`cli`] reads the command line as the AWS CLI would, and checks
//! parameters, format and query; [`ec2::Client::json`] sends the request and reads EC2's answer,
//! member for member; [`output`] picks what the query wants and writes it in the format.

pub mod cli;
pub mod ec2;
pub mod endpoint;
mod environment;
pub mod log;
pub mod monitor;
pub mod output;
pub mod signal;
pub mod task;
pub mod text;
pub mod tui;
