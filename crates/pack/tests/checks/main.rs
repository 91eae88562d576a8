//! Packs as they are read: good ones, old ones, planted mistakes, arbitrary texts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests say what failed by panicking")]

mod arbitrary;
mod edges;
mod explained;
mod folder;
mod good;
mod mistakes;
mod schemas;
