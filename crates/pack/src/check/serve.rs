//! Articles and packs say of each other who serves whom, and must agree.

use crate::load::World;
use crate::sheet::{Sheet, What};
use model::Name;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let Some(ordinance) = sheets.iter().find(|sheet| sheet.what == What::Articles) else { return };
    // Of articles that could not all be read nothing can be said to be missing.
    if ordinance.reading.has_holes() || ordinance.tree.is_none() {
        return;
    }
    let sound = world.packs.values().filter(|(at, _)| !world.is_unread(What::Pack, sheets[*at].folder));
    for (at, pack) in sound {
        for (index, number) in (1..).zip(&pack.articles) {
            let known = world.articles.iter().find(|article| article.number == *number);
            let (what, remedy) = match known {
                None => (
                    format!("the ordinance has no article {number}"),
                    "write the number of an article".to_owned(),
                ),
                Some(article) if !article.packs.contains(&pack.id) => (
                    format!("article {number} does not name the pack {}", pack.id),
                    format!(
                        "add \"{}\" to its packs in {}, or take {number} out",
                        pack.id,
                        ordinance.reading.path()
                    ),
                ),
                Some(_) => continue,
            };
            sheets[*at].complain(&format!("articles.{index}"), what, remedy);
        }
    }
    articles(ordinance, world);
}

fn articles(ordinance: &Sheet<'_>, world: &World) {
    for (index, article) in (1..).zip(&world.articles) {
        let place = format!("article.#{index}");
        let serves = |pack: &Name| {
            world.packs.get(pack).is_none_or(|(_, pack)| pack.articles.contains(&article.number))
        };
        for pack in article.packs.iter().filter(|pack| !serves(pack)) {
            let what = format!("the pack {pack} does not say that it serves article {}", article.number);
            let remedy =
                format!("add {} to articles in packs/{pack}/pack.toml, or take it out", article.number);
            ordinance.complain(&format!("{place}.packs.{pack}"), what, remedy);
        }
        for duty in &article.duties {
            for pack in duty.packs.iter().filter(|pack| !article.packs.contains(pack)) {
                let what = format!("the duty {} is served by {pack}, and its article is not", duty.id);
                let remedy = format!("add \"{pack}\" to the packs of article {}", article.number);
                ordinance.complain(&format!("{place}.duty.{}.packs.{pack}", duty.id), what, remedy);
            }
        }
    }
}
