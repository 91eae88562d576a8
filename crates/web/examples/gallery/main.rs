//! Writes every page with samples, in both languages, and the style sheet into a folder, to be looked at:
//! `cargo run -p web --example gallery -- <folder>`. Links to other pages lead nowhere there.

mod samples;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("say into which folder")?);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("web.css"), web::assets::CSS)?;
    fs::write(folder.join("icon.svg"), web::assets::ICON)?;
    let mut index = String::from("<!doctype html><meta charset=\"utf-8\"><title>gallery</title><ul>");
    for sample in samples::all()? {
        let name = format!("{}.{}.html", sample.name, sample.lang.code());
        let html = sample.html.replace(&web::assets::css_href(), "web.css");
        let html = html.replace(&web::assets::icon_href(), "icon.svg");
        fs::write(folder.join(&name), html)?;
        index += &format!("<li><a href=\"{name}\">{name}</a>");
    }
    fs::write(folder.join("index.html"), index)?;
    Ok(())
}
