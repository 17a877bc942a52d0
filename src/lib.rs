//! bundletop: a terminal UI manager for Amazon EC2 bundle tasks.
//!
//! | module          | what is there                                                         |
//! |-----------------|-----------------------------------------------------------------------|
//! | [`cli`]         | the command line: the UI, the AWS commands, `watch`, `history`, `serve`, `completions`, `man` |
//! | [`config`]      | the settings: defaults, file, sections for profiles, environment, options |
//! | [`tui`]         | the terminal UI: keys, selection, dialogs, and what is on the screen  |
//! | [`journal`]     | what is kept of tasks and cancels after EC2 has forgotten them: a database file |
//! | [`record`]      | what happened to a task, as it is kept and as it is said              |
//! | [`monitor`]     | what is known of EC2's tasks, and what to ask next; pure but for its `driver` |
//! | [`output`]      | JSON, YAML, text, tables, `JMESPath` queries, the pager               |
//! | [`ec2`]         | the client of EC2 and STS: settings, credentials, requests, retries, answers, errors |
//! | [`endpoint`]    | the embedded EC2 endpoint, for the demo, `serve` and the tests        |
//! | [`log`]         | the log file                                                          |
//! | [`task`]        | a bundle task as data                                                 |
//! | [`text`]        | text made fit for a terminal                                          |
//! | [`signal`]      | signals                                                               |
//! | `suggestion`    | what a mistyped name was meant to be                                  |
//! | `environment`   | environment variables                                                 |
//! | [`toml_file`]   | the TOML files that a person writes: values, places, what is wrong    |
//!
//! Each module uses only modules below it in this table.
//!
//! *Poll to pixels*: the loop in [`tui`] sends [`tui::app::Msg::Tick`] when a poll is due.
//! [`tui::app::App::update`] passes it on to [`monitor::Monitor::update`], which returns the effect
//! [`monitor::Call::Describe`]; before the first poll, and after errors that need new settings, it is
//! [`monitor::Call::Connect`]. The loop has the [`monitor::driver`] perform it with an [`ec2::Client`].
//! The answer comes back as [`monitor::Event::Answered`]. `update` merges it into the tasks and returns
//! the [`monitor::Transition`]s; the app opens dialogs for those that need one, its list takes the new
//! tasks from the monitor, and the loop draws through [`tui::view`] if anything visible changed. Drawing
//! returns what the app must know of the screen, [`tui::drawn::Drawn`]: what fits, and what can be clicked.
//!
//! *Keys to a filtered list*: `/` opens a [`tui::app::Prompt`]; each key goes into its text field, and
//! [`tui::list::List`] begins to filter and sort the tasks anew. Of many tasks it looks at some thousands
//! at a time: the loop sends [`tui::app::Msg::Work`] when it has nothing else to do, so that the next key
//! does not wait, and gives up what that key makes pointless.
//!
//! *Keys to `cancelling`*: `c` opens [`tui::dialog::Dialog::Confirm`], if the task can be cancelled, and
//! asks EC2 for the permission by a dry run; for several tasks, or if the settings say so, [`tui::dialog::Dialog::ConfirmTyped`]. `y`,
//! pressed deliberately, closes the dialog and tells the monitor [`monitor::Command::Cancel`]. When it is
//! its turn, the monitor has the task described once more. If its state still allows it, and that request was signed by the account on the screen, [`monitor::Call::Cancel`]
//! goes out, signed with the same key. The monitor then merges the task that EC2 returned, and ignores
//! what requests sent before that answer say of this task. A later list with an older description is
//! ignored for a minute, so that `bundling` does not come back.
//!
//! *A transition to those who take it*: [`monitor::Update`] has the transitions; a [`record::Record`] of each
//! goes to the event log, to the journal's thread, into a notice, and from [`cli`]'s `watch` to standard
//! output. Only [`journal`] compares again, the first list of a run with what was kept before.
//!
//! *An AWS command to its output*: [`cli`] reads the command line as the AWS CLI would, finds the
//! settings, and checks parameters, format and query before anything is sent.
//! [`ec2::Caller::call_for_json`] sends the request and reads EC2's answer, member for member.
//! [`output`] applies the query and writes the result in the format.
//!
//! | to change or add                  | begin in                                                    |
//! |-----------------------------------|-------------------------------------------------------------|
//! | a column of the table             | `tui/column.rs`; how wide it is and how it looks in `tui/view/columns.rs` |
//! | a key                             | `assets/keys.toml`; for a new action also `tui/keymap.rs` and `tui/app/action.rs` |
//! | what hides, orders or marks rows  | `tui/list.rs`, and the files in `tui/list/`                 |
//! | a text that is typed              | `tui/app/prompt.rs`; the editing is in `tui/input.rs`, the drawing in `tui/view/text_field.rs` |
//! | what can be copied                | `tui/copy.rs`; where it goes is in `tui/clipboard.rs`       |
//! | a format for exports              | `output/export.rs`                                          |
//! | a theme                           | the files in `assets/themes`, and `tui/theme.rs`            |
//! | a setting                         | `config.rs` and `assets/config.toml`; what the UI takes of it in `cli/ui/settings.rs` and `tui/preferences.rs`; if a mistake in it must not allow a cancel, `config/guard.rs` |
//! | what the mouse does               | `tui/drawn.rs` says what can be clicked, `tui/app/mouse.rs` what a click does |
//! | a dialog                          | `tui/dialog.rs`; its drawing in `tui/dialog/`, its keys in `assets/keys.toml` and the `Context` of `tui/keymap.rs` |
//! | how a task is shown               | `tui/view/details.rs`, its fields in `tui/view/details/fields.rs`; as JSON or YAML in `tui/view/document.rs` |
//! | an action of the EC2 API          | `ec2/request.rs`, `ec2/client/caller.rs`, `ec2/response/members.rs`; its command in `cli/aws/command.rs`, `cli/aws/parameter.rs`; in the demo, `endpoint/action.rs` |
//! | a fault of the endpoint           | `endpoint/fault/rule.rs`; its notation in `endpoint/fault/syntax.rs`, its effect in `endpoint/fault.rs` and `endpoint/http.rs` |
//! | how often EC2 is polled           | `monitor/poll.rs`                                           |
//! | the way of a cancel               | its states in `monitor/cancel.rs`, its steps in `monitor/scope/cancel_steps.rs`; the queue of cancels is in `monitor/cancels.rs`, how fast they go in `monitor/pace.rs` |
//! | how an answer changes the tasks   | `monitor/tasks.rs`; for a whole list `monitor/tasks/merge.rs` |
//! | when a task counts as stalled, what is estimated | `monitor/progress_history.rs`, `monitor/estimate.rs`; how it is drawn in `tui/view/progress_chart.rs` |
//! | what is said of a change          | `record.rs` for programs, `record/sentence.rs` for people; the event log is in `tui/event_log.rs` and `tui/view/events.rs` |
//! | what is kept in the journal       | `journal/schema.rs`, `journal/store/write.rs`; what the UI hands to it in `tui/app/journal.rs`; `bundletop history` in `cli/history.rs` |
//! | notices outside the screen        | `tui/notice.rs`                                             |
//! | `bundletop watch`                 | `cli/watch/watcher.rs`, the conditions of `--until` in `cli/watch/condition.rs`; replaying in `tui/replay.rs` |
//! | what happens when a task changes  | `monitor/transition.rs`; in the UI `tui/app/monitoring.rs`, and `tui.rs` for what does I/O |

pub mod cli;
pub mod config;
pub mod ec2;
pub mod endpoint;
mod environment;
pub mod journal;
pub mod log;
pub mod monitor;
mod names;
pub mod output;
pub mod record;
pub mod signal;
mod suggestion;
pub mod task;
pub mod text;
pub mod toml_file;
pub mod tui;
