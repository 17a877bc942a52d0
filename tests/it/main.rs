//! All tests, in one binary: every test target links the SDK again.
#![allow(clippy::unwrap_used)] // A test that unwraps in vain fails, as it should.

mod app;
mod cli;
mod endpoint;
mod gateway;
mod readme;
mod screens;
mod stage;
mod story;
mod terminal;
mod wire;
