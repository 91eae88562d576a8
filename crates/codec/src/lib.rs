//! Bytes <-> values, both directions, one folder per standard.
//!
//! A codec is fed bytes and hands back values, or is given values and hands back bytes. Deliberately absent:
//! sockets, clocks, stores and the meaning of what was said. A door owns the connection, and the kernel owns the
//! meaning.
//!
//! To add a standard, add a folder beside [`hj212`] with its framing, its decoding, its writer and their tests.

pub mod hj212;
