//! The tree of stages: parents, regions that run side by side, leaves, and what it means to stand in them.

use crate::{Definition, Record, Stage};
use model::Name;
use std::collections::{BTreeMap, BTreeSet};

/// How deep stages nest. Who needs more has two processes.
pub const STAGE_DEPTH_MAX: usize = 8;

/// A move in the tree of stages.
#[derive(Debug, PartialEq)]
pub(crate) struct Move {
    /// The leaves in which the case stands afterwards.
    pub at: BTreeSet<Name>,
    /// Stages, leaves and parents, that were left.
    pub left: BTreeSet<Name>,
    /// Stages, leaves and parents, that were entered.
    pub entered: BTreeSet<Name>,
    /// Those of them in which the case goes on where it was.
    pub restored: BTreeSet<Name>,
}

/// Where a move happens: under a parent, perhaps in one region of it; everywhere if there is none.
type Domain<'a> = Option<(&'a Name, Option<&'a Name>)>;

impl Definition {
    /// The stages directly within a parent; without one, the outermost stages.
    pub fn children<'a>(&'a self, parent: Option<&'a Name>) -> impl Iterator<Item = &'a Stage> {
        self.stage.iter().filter(move |stage| stage.within.as_ref() == parent)
    }

    /// Whether no stage stands within this one.
    pub fn is_leaf(&self, id: &Name) -> bool {
        self.children(Some(id)).next().is_none()
    }

    /// A stage and the stages around it, the innermost first.
    pub fn around<'a>(&'a self, id: &'a Name) -> Vec<&'a Name> {
        let mut around = vec![id];
        let mut inner = id;
        while let Some(outer) = self.stage(inner).and_then(|stage| stage.within.as_ref())
            && around.len() < STAGE_DEPTH_MAX
        {
            around.push(outer);
            inner = outer;
        }
        around
    }

    /// The names of a parent's regions, in order; none where its children follow each other.
    pub fn regions<'a>(&'a self, parent: &'a Name) -> Vec<&'a Name> {
        let mut regions = Vec::new();
        for region in self.children(Some(parent)).filter_map(|child| child.region.as_ref()) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    /// Every stage in which a case stands, given the leaves: these and the stages around them.
    pub fn active(&self, at: &BTreeSet<Name>) -> BTreeSet<Name> {
        at.iter().flat_map(|leaf| self.around(leaf)).cloned().collect()
    }

    /// Whether nothing is left to do in a case: every stage in which it stands is final.
    pub fn ended(&self, record: &Record) -> bool {
        self.has_ended(&record.at)
    }

    pub(crate) fn has_ended(&self, at: &BTreeSet<Name>) -> bool {
        let active = self.active(at);
        active.iter().filter(|id| self.stage(id).is_some_and(|s| s.within.is_none())).all(|outer| {
            let waits = self.stage(outer).is_some_and(|stage| stage.then.is_some());
            !waits && self.complete(outer, &active)
        })
    }

    /// Whether a stage is done: a final leaf, or a parent all of whose stages in which the case stands are done.
    pub(crate) fn complete(&self, id: &Name, active: &BTreeSet<Name>) -> bool {
        let Some(stage) = self.stage(id).filter(|_| active.contains(id)) else { return false };
        let inside: Vec<_> = self.children(Some(id)).filter(|child| active.contains(&child.id)).collect();
        if inside.is_empty() {
            return stage.r#final && self.is_leaf(id);
        }
        // Depth is bounded by the checker; a parent that waits for its own join is not done.
        inside.iter().all(|child| child.then.is_none() && self.complete(&child.id, active))
    }

    /// The innermost parent that is done and says where to go then.
    pub(crate) fn join(&self, at: &BTreeSet<Name>) -> Option<(&Stage, &Name)> {
        let active = self.active(at);
        let parents =
            self.stage.iter().filter(|stage| active.contains(&stage.id) && !self.is_leaf(&stage.id));
        let done = parents.filter(|parent| self.complete(&parent.id, &active));
        let joins = done.filter_map(|parent| Some((parent, parent.then.as_ref()?)));
        joins.max_by_key(|(parent, _)| self.around(&parent.id).len())
    }

    /// The move from stages in which the case stands to another.
    pub(crate) fn transition(
        &self,
        at: &BTreeSet<Name>,
        history: &mut BTreeMap<Name, BTreeSet<Name>>,
        from: &[&Name],
        to: &Name,
    ) -> Move {
        let active = self.active(at);
        let domain = self.domain(from, to);
        let left: BTreeSet<Name> = active.iter().filter(|id| self.under(domain, id)).cloned().collect();
        self.keep_history(at, &active, &left, history);
        let mut after: BTreeSet<Name> = at.difference(&left).cloned().collect();
        let mut restored = BTreeSet::new();
        let inside = self.around(to);
        for parent in inside.iter().skip(1).filter(|parent| self.under(domain, parent)) {
            let taken = self.region_under(parent, to);
            for region in self.regions(parent).into_iter().filter(|region| Some(*region) != taken) {
                let first = self.children(Some(parent)).find(|child| child.region.as_ref() == Some(region));
                first.into_iter().for_each(|s| self.enter(&s.id, history, &mut after, &mut restored, 0));
            }
        }
        self.enter(to, history, &mut after, &mut restored, 0);
        let entered = self.active(&after).into_iter().filter(|id| self.under(domain, id)).collect();
        Move { at: after, left, entered, restored }
    }

    /// The innermost parent, and region of it, that holds all of `from` and `to`.
    fn domain<'a>(&'a self, from: &[&'a Name], to: &'a Name) -> Domain<'a> {
        if from.is_empty() {
            // The case begins: nothing is left, everything around the first stage is entered.
            return None;
        }
        let outer = |id: &'a Name| self.around(id).into_iter().skip(1).collect::<Vec<_>>();
        let common = |parent: &&Name| {
            let region = self.region_under(parent, to);
            from.iter().all(|from| outer(from).contains(parent) && self.region_under(parent, from) == region)
        };
        let parent = outer(to).into_iter().find(common)?;
        Some((parent, self.region_under(parent, to)))
    }

    /// The region of a parent in which a stage lies.
    fn region_under<'a>(&'a self, parent: &Name, id: &'a Name) -> Option<&'a Name> {
        let stages = self.around(id).into_iter().filter_map(|id| self.stage(id));
        stages.into_iter().find(|stage| stage.within.as_ref() == Some(parent))?.region.as_ref()
    }

    fn under(&self, domain: Domain<'_>, id: &Name) -> bool {
        domain.is_none_or(|(parent, region)| {
            self.around(id).iter().skip(1).any(|outer| *outer == parent)
                && self.region_under(parent, id) == region
        })
    }

    fn keep_history(
        &self,
        at: &BTreeSet<Name>,
        active: &BTreeSet<Name>,
        left: &BTreeSet<Name>,
        history: &mut BTreeMap<Name, BTreeSet<Name>>,
    ) {
        for id in left.iter().filter(|id| self.stage(id).is_some_and(|stage| stage.history)) {
            if self.complete(id, active) {
                // What was done to its end begins anew.
                history.remove(id);
            } else {
                let inside = at.iter().filter(|leaf| self.around(leaf).contains(&id));
                history.insert(id.clone(), inside.cloned().collect());
            }
        }
    }

    /// Adds the leaves in which a case stands after entering a stage.
    fn enter(
        &self,
        id: &Name,
        history: &BTreeMap<Name, BTreeSet<Name>>,
        at: &mut BTreeSet<Name>,
        restored: &mut BTreeSet<Name>,
        depth: usize,
    ) {
        let Some(stage) = self.stage(id).filter(|_| !self.is_leaf(id) && depth < STAGE_DEPTH_MAX) else {
            at.insert(id.clone());
            return;
        };
        if let Some(leaves) = history.get(id).filter(|leaves| stage.history && !leaves.is_empty()) {
            at.extend(leaves.iter().cloned());
            let inside = leaves.iter().flat_map(|leaf| self.around(leaf));
            restored.extend(inside.filter(|inner| *inner != id && self.around(inner).contains(&id)).cloned());
            return;
        }
        let regions = self.regions(id);
        let begins = |child: &&Stage| match (regions.is_empty(), &stage.start) {
            (true, Some(start)) => child.id == *start,
            _ => true,
        };
        let children: Vec<_> = self.children(Some(id)).filter(begins).collect();
        let mut entered = BTreeSet::new();
        for child in children {
            if entered.insert(&child.region) {
                self.enter(&child.id, history, at, restored, depth + 1);
            }
        }
    }
}
