//! Terms: the short names of types and attributes.

use crate::Problem;
use model::Name;

/// The core context that every answer refers to.
pub const CORE_CONTEXT: &str = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld";
/// The vocabulary of names that no context explains (annex B).
const DEFAULT: &str = "https://uri.etsi.org/ngsi-ld/default-context/";
/// The vocabulary of the standard itself.
const CORE: &str = "https://uri.etsi.org/ngsi-ld/";

/// A type or attribute by its term, or by its IRI in the default vocabulary.
pub fn name(text: &str) -> Result<Name, Problem> {
    let text = text.strip_prefix(DEFAULT).or_else(|| text.strip_prefix(CORE)).unwrap_or(text);
    Name::new(text).map_err(|_| {
        Problem::data(format!("`{text}` is no name here: write letters, digits, _ and -, as in `pm25`"))
    })
}
