//! Writes the JSON Schemas of packs into `docs/schemas`: `cargo run -p pack --example schemas`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    std::fs::create_dir_all(&folder)?;
    for (name, text) in pack::schemas() {
        std::fs::write(folder.join(format!("{name}.json")), text)?;
    }
    Ok(())
}
