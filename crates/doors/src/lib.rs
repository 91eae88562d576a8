//! Doors: sockets in and out, one folder per standard.
//!
//! A door speaks a protocol and nothing else: what it takes in goes through the kernel, which authorises, limits and
//! logs it like everything else. To add a door, add a folder with its transport and settings, and put the bytes-to-values
//! part into `codec`.

pub mod hj212;
