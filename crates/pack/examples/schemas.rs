//! Writes what is generated from the readers of packs: the JSON Schemas in `docs/schemas`, and the tables of keys in
//! `docs/packs.md`. Run it after changing a key: `cargo run -p pack --example schemas`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let folder = docs.join("schemas");
    std::fs::create_dir_all(&folder)?;
    for (name, text) in pack::schemas() {
        std::fs::write(folder.join(format!("{name}.json")), text)?;
    }
    let manual = docs.join("packs.md");
    let mut text = std::fs::read_to_string(&manual)?;
    for (name, table) in pack::key_tables() {
        let (open, close) = (format!("<!-- keys of {name} -->\n"), "<!-- end of keys -->");
        let Some(start) = text.find(&open).map(|at| at + open.len()) else { continue };
        let Some(end) = text[start..].find(close).map(|at| start + at) else { continue };
        text.replace_range(start..end, &table);
    }
    std::fs::write(manual, text)
}
