//! Trials of the whole engine: the matrix of a process, what is known to have failed elsewhere, and what must hold of
//! every case.

mod engines;
mod failures;
mod matrix;
mod random;
mod tasks;
mod windows;
