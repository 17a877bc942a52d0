//! All tests, in one binary, because every test target links the SDK again.
//!
//! | layer      | module                  | what is real in it                                          |
//! |------------|-------------------------|-------------------------------------------------------------|
//! | 1 story    | `story`                 | nothing but the app and its monitor: messages in, effects out |
//! | 2 screens  | `screens`, `readme`     | drawing, into memory                                        |
//! | 3 ec2      | `ec2`, `monitor`        | the SDK, against working and failing servers                |
//! | 4 wire     | `wire`                  | AWS's own sample answers                                    |
//! | 5 app      | `app`                   | the loop, with a screen in memory                           |
//! | 6 terminal | `terminal`              | the program, in a pseudo-terminal                           |
//! | 7 cli      | `cli`, `commands`, `output` | the program's commands, against what the AWS CLI did    |
//! |            | `endpoint`              | the embedded endpoint, over HTTP                            |
//! |            | `config`                | the settings: files, their mistakes, what takes precedence  |
//! |            | `settings_watcher`      | changes of the files of the settings                        |
//!
//! `harness` drives layers 1 and 2.

#![allow(clippy::unwrap_used)] // a test that panics says where

mod app;
mod cli;
mod commands;
mod config;
mod ec2;
mod endpoint;
mod harness;
mod journal;
mod monitor;
mod output;
mod readme;
mod screens;
mod settings_watcher;
mod story;
mod terminal;
mod wire;
