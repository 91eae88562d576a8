//! Texts are the model's: both languages, neither missing.

pub use model::Text;
