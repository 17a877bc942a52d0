//! Layer 1, story: messages in, effects and state out. Frames are drawn only in memory.

mod account;
mod cancel;
mod cancel_many;
mod cancel_outcome;
mod consistency;
mod details;
mod ec2_filters;
mod estimate;
mod events;
mod filter;
mod keys;
mod marks;
mod mouse;
mod notices;
mod order;
mod palette;
mod past;
mod polling;
mod properties;
mod replay;
mod selection;
mod stalls;
mod take_away;
mod text_field;
mod transitions;
mod verdicts;
