//! bundletop: a terminal UI manager for Amazon EC2 bundle tasks.

pub mod ec2;
pub mod endpoint;
pub mod task;
