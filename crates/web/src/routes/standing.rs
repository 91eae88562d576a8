//! Where a case stands beside its stages: shelved, with whom, with which other cases, in which outside system.

use super::about::{named, reference};
use super::desk::Desk;
use super::{clock, people, show};
use crate::paths;
use crate::texts::fill;
use crate::views::{Away, Link, Relative, Shelved, Standing, Task};
use crate::words::{age_in_words, span_in_words};
use kernel::CaseView;
use model::{Instant, Name, Urn};
use process::{Assignment, AssignmentState, Does, LinkKind, Remote};

/// Cases that belong together with one that its page lists: each is read.
const FAMILY_MAX: usize = 30;
/// Stays in outside systems that a page lists.
const AWAY_MAX: usize = 20;
/// Shares of tasks that a page lists.
const TASKS_MAX: usize = 60;

pub(super) fn standing(desk: &Desk, case: &CaseView, now: Instant) -> Standing {
    let record = &case.record;
    let texts = &desk.words().case;
    let counted = [(record.bounces, &texts.bounces), (record.reopened, &texts.reopened)];
    let counts = counted.iter().filter(|(n, _)| *n > 0).map(|(n, words)| words.of(u64::from(*n))).collect();
    let (family, left_out) = family(desk, case);
    let more = |n: usize| fill(&desk.words().standing.family_more, &[("n", &n.to_string())]);
    Standing {
        shelved: record.shelved.as_ref().map(|shelved| put_aside(desk, case, shelved)),
        counts,
        tasks: record.tasks.iter().take(TASKS_MAX).map(|share| task(desk, case, share, now)).collect(),
        family,
        family_more: (left_out > 0).then(|| more(left_out)),
        away: record.remote.iter().rev().take(AWAY_MAX).map(|stay| away(desk, case, stay, now)).collect(),
    }
}

fn put_aside(desk: &Desk, case: &CaseView, shelved: &process::Shelved) -> Shelved {
    // The basis lies with the act's reason; any clock that stands because of it leads there.
    let any = case.definition.clock.first().map(|clock| &clock.rule.id);
    let clock = shelved.clocks.first().or(any);
    let standing = clock.and_then(|clock| case.definition.standing(clock, &shelved.reason));
    let (title, basis) =
        standing.map_or((shelved.reason.as_str(), ""), |(title, basis)| (desk.text(title), basis));
    Shelved { since: desk.minute(shelved.since), reason: title.to_owned(), basis: desk.cite(basis) }
}

/// Whose a share of a task is: the one who has it, or everybody to whom it is assigned.
pub(super) fn whose(desk: &Desk, share: &Assignment) -> String {
    match &share.by {
        Some(person) => people::title(desk, person),
        None => {
            let parties = share.parties.iter().map(|party| reference(desk, party));
            let roles = Some(desk.roles(&share.roles)).filter(|roles| !roles.is_empty());
            roles.into_iter().chain(parties).collect::<Vec<_>>().join(&desk.words().show.and)
        }
    }
}

fn task(desk: &Desk, case: &CaseView, share: &Assignment, now: Instant) -> Task {
    let texts = &desk.words().standing;
    let definition = &case.definition;
    let declared = definition.task(&share.task);
    let state = match share.state {
        AssignmentState::Waiting => &texts.task_waiting,
        AssignmentState::Open => &texts.task_open,
        AssignmentState::Claimed => &texts.task_claimed,
        AssignmentState::Done => &texts.task_done,
        AssignmentState::Dropped => &texts.task_dropped,
    };
    let own = definition.clock.iter().find(|clock| clock.task.as_ref() == Some(&share.task));
    let running = own.and_then(|own| {
        let key = share.clock_key(&own.rule.id);
        let live = clock::lives(case).find(|(id, ..)| **id == key)?;
        Some((desk.text(&own.rule.title).to_owned(), clock::lit(desk, case, live, now)))
    });
    Task {
        title: declared.map_or(share.task.as_str(), |task| desk.text(&task.title)).to_owned(),
        who: whose(desk, share),
        lead: declared.and_then(|task| task.lead.as_ref()).map(|_| share.lead),
        state: state.clone(),
        since: desk.minute(share.since),
        clock: running,
    }
}

/// The case that opened this one, those that this one opened, and how many of these are left out.
fn family(desk: &Desk, case: &CaseView) -> (Vec<Relative>, usize) {
    let texts = &desk.words().standing;
    let parent = case.entity.value("parent").as_ref().map(|parent| {
        let how = match LinkKind::parse(case.entity.text("parentAs")) {
            Some(LinkKind::Part) => &texts.parent_part,
            Some(LinkKind::Appeal) => &texts.parent_appeal,
            Some(LinkKind::Linked) | None => &texts.parent_linked,
        };
        relative(desk, how, parent, None, None)
    });
    let links = &case.record.links;
    let children = links.iter().take(FAMILY_MAX).map(|link| {
        let how = match link.r#as {
            LinkKind::Part => &texts.part,
            LinkKind::Appeal => &texts.appeal,
            LinkKind::Linked => &texts.linked,
        };
        relative(desk, how, &link.urn, Some(&link.process), Some(link.open))
    });
    (parent.into_iter().chain(children).collect(), links.len().saturating_sub(FAMILY_MAX))
}

/// A case that belongs to this one. Whoever may not see it learns what it is and whether it is open, and no more.
fn relative(desk: &Desk, how: &str, urn: &Urn, process: Option<&Name>, open: Option<bool>) -> Relative {
    let texts = &desk.words().standing;
    let said = |open: bool| if open { &texts.family_open } else { &texts.family_closed }.clone();
    let seen = desk.actor.as_ref().and_then(|actor| desk.kernel().case(urn, actor).ok());
    let (case, stage) = match seen {
        Some(case) => {
            let link = Link { href: paths::case(urn.as_str()), text: named(desk, &case) };
            (link, format!("{} · {}", said(!case.ended()), show::stages(desk, &case)))
        }
        None => {
            let processes = &desk.loaded().definitions.processes;
            let known = process.and_then(|id| processes.get(id)).map(|(_, process)| &process.title);
            let text = known.map_or(urn.kind(), |title| desk.text(title)).to_owned();
            (Link { href: String::new(), text }, open.map(said).unwrap_or_else(|| "—".to_owned()))
        }
    };
    Relative { how: how.to_owned(), case, stage }
}

fn away(desk: &Desk, case: &CaseView, stay: &Remote, now: Instant) -> Away {
    let texts = &desk.words().standing;
    let stage =
        case.definition.stage(&stay.stage).map_or(stay.stage.as_str(), |stage| desk.text(&stage.title));
    let until = stay.returned.unwrap_or(now);
    let minutes = until.since(stay.sent).max(0).unsigned_abs() / 60_000_000;
    let span = age_in_words(minutes, desk.lang());
    let taken = if stay.returned.is_some() { &texts.away_took } else { &texts.away_taking };
    let enters = case.definition.action.iter().filter(|act| act.does == Some(Does::Receive));
    let enters: Vec<&Name> =
        enters.filter(|act| act.from.contains(&stay.stage)).flat_map(|act| &act.by).collect();
    let waits = || fill(&texts.away_waits, &[("who", &desk.roles(enters))]);
    Away {
        stage: stage.to_owned(),
        system: stay.system.to_string(),
        since: desk.minute(stay.sent),
        until: stay.returned.map(|at| desk.minute(at)),
        number: stay.number.clone().or_else(|| stay.by_hand.then(|| texts.away_by_hand.clone())),
        waits_for: stay.returned.is_none().then(waits),
        taken: fill(taken, &[("span", &span)]),
        of_clocks: of_clocks(desk, case, stay, now),
    }
}

/// What a stay has taken of each clock that ran meanwhile.
fn of_clocks(desk: &Desk, case: &CaseView, stay: &Remote, now: Instant) -> Vec<String> {
    let times = desk.loaded().times();
    let shares = case.clocks.iter().filter_map(|(key, _, due)| {
        let spent = case.record.elsewhere(&case.definition, key, &times, now);
        let spent = spent.into_iter().find(|spent| spent.stage == stay.stage && spent.from == stay.sent)?;
        let unit = due.derivation.unit;
        let secs = unit.secs(spent.amount);
        let least = if unit.is_hours() { 60 } else { 86_400 };
        (secs >= least).then(|| {
            let span = span_in_words(secs.unsigned_abs(), clock::in_words(unit), desk.lang());
            let slots = [("clock", desk.text(&due.derivation.title)), ("span", &*span)];
            fill(&desk.words().standing.away_of_clock, &slots)
        })
    });
    shares.collect()
}
