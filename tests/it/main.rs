//! All tests, in one binary: every test target links the SDK again.

mod endpoint;
mod screens;
mod stage;
mod story;
