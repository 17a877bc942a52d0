//! Layer 1, story: messages in, effects and state out. Nothing is drawn but to be told that it was.

mod cancel;
mod consistency;
mod keys;
mod polling;
mod selection;
mod text_field;
mod transitions;
