//! Packs as they are read: good ones, old ones, planted mistakes, arbitrary texts.

mod arbitrary;
mod explained;
mod folder;
mod good;
mod mistakes;
mod schemas;
