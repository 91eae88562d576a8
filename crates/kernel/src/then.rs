//! What was known of public things at a moment of the past: the ordinance, how many cases there were, which text a definition had.

use crate::definitions::rows_of;
use crate::documents::entity_at;
use crate::loaded::{CITY, stored};
use crate::{Kernel, Refusal, name};
use model::{Instant, Name, Urn, Value};
use pack::Article;

/// Cases looked at in one page.
const PAGE: u32 = 500;
/// Times that are told of one file.
const CHANGES_MAX: usize = 20;

impl Kernel {
    /// The ordinance as it was at a moment; nothing if the city had none.
    pub fn articles_at(&self, at: Instant) -> Result<Option<Vec<Article>>, Refusal> {
        let Some(last) = self.entries_at(at)?.checked_sub(1) else { return Ok(None) };
        let (view, city) = (self.store.read()?, crate::urn(CITY)?);
        let Some(then) = entity_at(&*view, &city, last)? else { return Ok(None) };
        // Mostly it is what it is now, and that is read already.
        if view.entity(&city)?.is_some_and(|now| now.value("files") == then.value("files")) {
            let articles = self.loaded().definitions.articles.clone();
            return Ok(Some(articles).filter(|articles| !articles.is_empty()));
        }
        let (files, _) = stored(then.value("files"), &self.blobs)?;
        let read = files.iter().filter_map(|file| pack::articles(file).ok());
        Ok(read.into_iter().find(|articles| !articles.is_empty()))
    }

    /// How many cases of a type there were at a moment: open ones, and all.
    pub fn tally_at(&self, kind: &Name, at: Instant) -> Result<(u64, u64), Refusal> {
        let before = self.entries_at(at)?;
        let view = self.store.read()?;
        let closed = name("closedAt")?;
        let (mut open, mut all) = (0, 0);
        let mut after: Option<Urn> = None;
        loop {
            let page = view.entities(kind, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { return Ok((open, all)) };
            after = Some(last.urn.clone());
            for case in &page {
                let began = view.history(&case.urn, 0, 1)?.first().is_some_and(|first| *first < before);
                let ended = match case.attributes.get(&closed).map(|held| &held.attribute.value) {
                    Some(Value::Instant(closed)) => *closed <= at,
                    _ => false,
                };
                all += u64::from(began);
                open += u64::from(began && !ended);
            }
        }
    }

    /// When the text of a file of the definitions was put in force, the latest first: entries and their times.
    pub fn file_changes(&self, path: &str) -> Result<Vec<(u64, Instant)>, Refusal> {
        let (view, city) = (self.store.read()?, crate::urn(CITY)?);
        let mut changes = Vec::new();
        let mut last = None;
        for (sequence, at, files) in crate::proposals::activations(&*view, &city)? {
            let digest = rows_of(&files).get(path).copied();
            if digest != last {
                changes.push((sequence, at));
                last = digest;
            }
        }
        changes.reverse();
        changes.truncate(CHANGES_MAX);
        Ok(changes)
    }
}
