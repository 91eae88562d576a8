//! `where`: which entities of a type are meant, as a filter that the store can answer.

use crate::names::TypeNames;
use crate::tree::{Formula, Section};
use lang::{Expression, Kind};
use model::{Filter, Name};

/// Which entities are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// As it is written.
    pub when: Expression,
    /// The same as a filter.
    pub filter: Filter,
}

impl Selection {
    /// The attributes that it asks.
    pub fn attributes(&self) -> Vec<Name> {
        self.when.paths().into_iter().filter_map(|path| path.into_iter().next()).collect()
    }
}

/// Reads it in the names of a type.
pub(super) fn selection(s: &mut Section<'_>, own: &TypeNames<'_>) -> Option<Selection> {
    let about = "Which of them, by attributes of their own; without it all.";
    let when = Formula { names: own, kind: &Kind::Bool, example: "division = '140214'" };
    let when = s.may("where", about, when).flatten()?;
    let kind = own.of?;
    let Some(filter) = when.filter() else {
        let what = "`where` asks for more than an entity holds itself";
        let remedy = format!(
            "compare attributes of {} with values that are written out: what lies behind a reference, the time of day and \
             limits cannot be asked of a whole list",
            kind.id
        );
        s.complain("where", what, remedy);
        s.hole();
        return None;
    };
    let selection = Selection { when, filter };
    for attribute in selection.attributes().iter().filter_map(|id| kind.attribute(id)) {
        let (what, remedy) = if attribute.series {
            (
                format!("`{}` is a series: no entity holds its values", attribute.id),
                "ask for an attribute that is no series",
            )
        } else if attribute.personal.is_some() {
            (
                format!("`{}` is personal and sealed: no filter sees it", attribute.id),
                "ask for another attribute",
            )
        } else {
            continue;
        };
        s.complain("where", what, remedy);
    }
    Some(selection)
}
