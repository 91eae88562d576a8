//! Articles and packs say of each other who serves whom, and must agree.

use crate::load::World;
use crate::sheet::Sheet;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    // Without an ordinance among the packs nothing can be said against a number.
    if world.articles.is_empty() {
        return;
    }
    for (at, pack) in world.packs.values() {
        for (index, number) in (1..).zip(&pack.articles) {
            if !world.articles.iter().any(|article| article.number == *number) {
                let what = format!("the ordinance has no article {number}");
                sheets[*at].complain(&format!("articles.{index}"), what, "write the number of an article");
            }
        }
    }
}
