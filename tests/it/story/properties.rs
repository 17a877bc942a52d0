//! Properties that hold whatever comes: answers that are late, lost, repeated, reordered, of another
//! scope, of an old connection, or signed with another key; accounts, regions and tasks that change
//! at any moment.
//!
//! A small model of AWS answers the requests. After every step what is claimed is compared with what the
//! model has said. `PROPTEST_CASES` sets how many runs there are.

mod app;
mod aws;
mod browse;
mod monitor;
