//! The one test binary: every test target would link the SDK again.

mod gateway;
mod wire;
