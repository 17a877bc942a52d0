//! All tests, in one binary: every test target links the SDK again.

#![allow(clippy::unwrap_used)] // a test that panics says where

mod app;
mod cli;
mod commands;
mod endpoint;
mod gateway;
mod harness;
mod monitor;
mod output;
mod readme;
mod screens;
mod story;
mod terminal;
mod wire;
