//! All tests, in one binary: every test target links the SDK again.

#![allow(clippy::unwrap_used)] // a test that panics says where

mod endpoint;
mod gateway;
mod wire;
