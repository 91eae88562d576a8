//! Pages: what residents and officers see, rendered on the server, whole without scripts, in Chinese and English.
//!
//! A view is a plain struct with the page's data; its template, of the same stem, is the page. Wording, numbers in
//! words and charts are made here; data, permissions and time come from the kernel, through the routes.
//!
//! To add a page: `views/<page>.rs`, `templates/<page>.html`, a section in `texts/*.toml` and in `texts/sections.rs`,
//! and samples in `examples/gallery/samples/`, from which the gallery and the page tests are made.

pub mod assets;
pub mod chart;
pub mod map;
mod marked;
pub mod paths;
pub mod prose;
pub mod qr;
mod routes;
mod scenarios;
pub mod texts;
pub mod views;
pub mod words;

pub use routes::{Access, Address, WebState, addresses, router};
pub use scenarios::{ScenarioRun, Scenarios};
