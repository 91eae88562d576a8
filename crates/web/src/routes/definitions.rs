//! Definitions: the files in force for everybody in prose, and for those who say what is in force as text to be proposed
//! otherwise, tried on the past and put in force.

use super::about::reference;
use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::{Asked, Segment, Visit};
use super::show::DAY_SECS;
use super::upload::{self, Filled};
use super::{Web, Work, receipt};
use crate::ScenarioRun;
use crate::paths;
use crate::prose::Prose;
use crate::views::{
    CaseOutcome, Definition as Page, Definitions, Editor, Link, ProcessOutcome, ProposalOutcome, RuleOutcome,
    ScenarioRow, TriedLimit, VersionRow,
};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{CaseDifference, FileVersion, Power, ProcessTrial, Proposed, Refusal, RuleTrial};
use model::{Instant, Name};
use pack::{Complaint, File, Source, SourceKind};
use process::{Definition, Event, Point, Unit};
use proof::{CommandId, Digest};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Days of the past on which a proposal is tried if nobody says otherwise: a quarter.
const TRIED_DAYS: i64 = 92;
/// Activations that are listed.
const ACTIVATIONS: usize = 10;
/// Complaints that are listed.
const COMPLAINTS: usize = 50;
/// A city's file of what it sets otherwise.
const SETTINGS: &str = "settings.toml";

#[derive(Default, Deserialize)]
pub(super) struct Query {
    /// The entry whose text is proposed again.
    entry: Option<String>,
    /// A setting to be tried: where, what, on which law.
    set: Option<String>,
    to: Option<String>,
    basis: Option<String>,
    done: Option<String>,
}

/// `GET /definitions`.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| desk.html(&files(desk)?)).await
}

fn files(desk: &Desk) -> Result<Definitions, Fault> {
    let definitions = &desk.loaded().definitions;
    let mut groups: Vec<(String, Vec<(Link, &'static str)>)> = Vec::new();
    let mut sources: Vec<&Source> = definitions.sources.iter().collect();
    sources.sort_by_key(|source| (source.pack().is_none(), source.pack(), source.kind, &source.id));
    for source in sources {
        let group = match source.pack().and_then(|pack| definitions.packs.get(pack)) {
            Some(pack) => desk.text(&pack.title).to_owned(),
            None => desk.text(&definitions.city.title).to_owned(),
        };
        let link = Link { href: paths::definition(&source.path), text: title(desk, source) };
        let row = (link, source.kind.title(desk.definition_lang()));
        match groups.last_mut().filter(|(last, _)| *last == group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    let city = model::Urn::new(kernel::CITY).map_err(|_| Fault::NothingHere)?;
    let steps = desk.kernel().trail(&city)?;
    let activation = |step: &kernel::TrailEntry| {
        let entry = Link { href: paths::receipt(step.sequence), text: step.sequence.to_string() };
        (desk.minute(step.at), receipt::who(desk, &step.actor), entry)
    };
    Ok(Definitions {
        page: desk.page(),
        groups,
        activations: steps.iter().rev().take(ACTIVATIONS).map(activation).collect(),
    })
}

/// What a file defines, as people call it.
fn title(desk: &Desk, source: &Source) -> String {
    let (definitions, id) = (&desk.loaded().definitions, &source.id);
    let found = match source.kind {
        SourceKind::Type => definitions.types.get(id).map(|one| &one.title),
        SourceKind::Process => definitions.processes.get(id).map(|(_, one)| &one.title),
        SourceKind::Rule => desk.loaded().rule(id.as_str()).map(|one| &one.title),
        SourceKind::Table => definitions.tables.get(id).map(|one| &one.title),
        SourceKind::Limit => definitions.limits.get(id).map(|one| &one.title),
        SourceKind::Service => definitions.services.get(id).map(|one| &one.title),
        SourceKind::Dataset => definitions.datasets.get(id).map(|one| &one.title),
        SourceKind::Board => definitions.boards.get(id).map(|one| &one.title),
        SourceKind::Document => definitions.documents.get(id).map(|one| &one.title),
        SourceKind::Connector => definitions.connectors.get(id).map(|one| &one.title),
        SourceKind::Pack => definitions.packs.get(id).map(|one| &one.title),
        _ => None,
    };
    found.map_or_else(|| source.path.clone(), |title| desk.text(title).to_owned())
}

/// `GET /definitions/{file}`.
pub(super) async fn show(web: Web, visit: Visit, file: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let work = if query.set.is_some() { Work::Download } else { Work::Page };
    let make = move |desk: &Desk| {
        let Path(path) = file.map_err(|_| Fault::NothingHere)?;
        let path = path.trim_start_matches('/').to_owned();
        let done = query.done.as_ref().and_then(|done| done.parse().ok());
        let (text, outcome) = begun(desk, &path, &query)?;
        desk.html(&page(desk, &path, Shown { done, text, outcome, ..Shown::default() })?)
    };
    web.0.answer_as(work, visit, make).await
}

/// What the page says beside the file.
#[derive(Default)]
struct Shown {
    done: Option<u64>,
    error: Option<String>,
    text: Option<String>,
    base: Option<String>,
    days: Option<[String; 2]>,
    outcome: Option<ProposalOutcome>,
}

/// The text with which the editor begins: as it was at an entry, or with a setting that is tried at once.
fn begun(desk: &Desk, path: &str, query: &Query) -> Result<(Option<String>, Option<ProposalOutcome>), Fault> {
    if let Some(entry) = query.entry.as_ref().and_then(|entry| entry.parse::<u64>().ok()) {
        let versions = desk.kernel().file_versions(desk.signed_in()?, path)?;
        let then = versions.into_iter().find(|version| version.sequence == entry);
        return Ok((then.and_then(|version| version.text), None));
    }
    let (Some(place), Some(to), Some(basis)) = (&query.set, &query.to, &query.basis) else {
        return Ok((None, None));
    };
    let plain = |text: &&String| !text.contains(['"', '\\', '\n', '\r']);
    let to = to.parse::<u32>().ok().filter(|_| [place, basis].iter().all(plain));
    let to = to.ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))?;
    let held = desk.kernel().files(desk.signed_in()?)?.into_iter().find(|file| file.path == path);
    let text = pack::with_setting(&held.map(|file| file.text).unwrap_or_default(), place, to, basis);
    let proposed = propose(desk, path, &text, &days(desk, None))?;
    Ok((Some(text), Some(proposed)))
}

/// `POST /definitions/{file}`: tries a proposal, or puts it in force.
pub(super) async fn send(web: Web, visit: Visit, file: Segment, request: Request) -> Response {
    let sent = upload::read(&web.0, &visit, request).await;
    let at =
        file.as_ref().map_or_else(|_| paths::DEFINITIONS.to_owned(), |Path(file)| paths::definition(file));
    web.0.answer_as(Work::Download, visit.at(at), move |desk| submit(desk, file, &sent?)).await
}

fn submit(desk: &Desk, file: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let Path(path) = file.map_err(|_| Fault::NothingHere)?;
    let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let command = CommandId::parse(filled.text("command")).ok_or_else(malformed)?;
    // A browser sends lines as CR LF.
    let text = filled.text("text").replace("\r\n", "\n");
    let days = [filled.text("from"), filled.text("to")].map(|day| day.trim().to_owned());
    let shown = Shown {
        text: Some(text.clone()),
        base: Some(filled.text("base").to_owned()),
        days: Some(days.clone()),
        ..Shown::default()
    };
    if filled.text("do") == "put" {
        let base: Option<Digest> =
            proof::unhex(filled.text("base")).and_then(|digest| digest.try_into().ok());
        let proposal = File { path: path.clone(), text };
        return match desk.kernel().put_in_force(actor, command, &proposal, base.as_ref()) {
            Ok(activation) => {
                let done = activation.done.map(|done| format!("?done={}", done.sequence));
                Ok(see(&format!("{}{}", paths::definition(&path), done.unwrap_or_default())))
            }
            Err(Refusal::Definitions(complaints)) => {
                let outcome = ProposalOutcome { complaints: told(&complaints), ..Default::default() };
                let shown = Shown { outcome: Some(outcome), ..shown };
                desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(desk, &path, shown)?)
            }
            Err(refusal) => refused(desk, &path, shown, refusal),
        };
    }
    let tried = match filled.text("do") {
        "scenarios" => with_scenarios(desk, &path, &text, &days),
        _ => propose(desk, &path, &text, &days),
    };
    match tried {
        Ok(outcome) => desk.html(&page(desk, &path, Shown { outcome: Some(outcome), ..shown })?),
        Err(Fault::Kernel(refusal)) => refused(desk, &path, shown, refusal),
        Err(other) => Err(other),
    }
}

fn refused(desk: &Desk, path: &str, shown: Shown, refusal: Refusal) -> Result<Response, Fault> {
    let why = match why(&refusal, desk, None) {
        Some(why) if why.status != StatusCode::FORBIDDEN => why,
        _ => return Err(refusal.into()),
    };
    let shown = Shown { error: Some(why.because), ..shown };
    desk.html_as(why.status, &page(desk, path, shown)?)
}

/// The same, and the scenarios of the packs that it changes, run as it would be.
fn with_scenarios(desk: &Desk, path: &str, text: &str, days: &[String; 2]) -> Result<ProposalOutcome, Fault> {
    let proposed = proposed(desk, path, text, days)?;
    let told = outcome(desk, &proposed);
    let Some(runner) = desk.state().scenarios.as_ref().filter(|_| proposed.complaints.is_empty()) else {
        return Ok(told);
    };
    let mut files = desk.kernel().files(desk.signed_in()?)?;
    match files.iter_mut().find(|file| file.path == path) {
        Some(file) => text.clone_into(&mut file.text),
        None => files.push(File { path: path.to_owned(), text: text.to_owned() }),
    }
    let runs = runner.run(&files, &changed_packs(desk, path, &proposed));
    let row = |run: &ScenarioRun| ScenarioRow {
        title: desk.text(&run.title).to_owned(),
        file: run.file.clone(),
        failed: run.failed.clone(),
    };
    Ok(ProposalOutcome { scenarios: Some(runs.map(|runs| runs.iter().map(row).collect())), ..told })
}

/// The packs whose scenarios a proposal may make fail: its own, and those of processes and rules that would change.
fn changed_packs(desk: &Desk, path: &str, proposed: &Proposed) -> Vec<Name> {
    let definitions = &desk.loaded().definitions;
    let of = |path: &str| {
        let mut parts = path.split('/');
        (parts.next() == Some("packs")).then(|| Name::new(parts.next()?).ok()).flatten()
    };
    let processes = proposed.trials.processes.iter();
    let processes = processes.filter_map(|trial| definitions.processes.get(&trial.process));
    let rules = proposed.trials.rules.iter();
    let rules = rules.filter_map(|trial| definitions.source(SourceKind::Rule, &trial.rule));
    let paths = processes.map(|(path, _)| path.as_str()).chain(rules.map(|source| source.path.as_str()));
    let packs: BTreeSet<Name> = paths.chain([path]).filter_map(of).collect();
    packs.into_iter().collect()
}

/// The days on which a proposal is tried: those written, or the last quarter.
fn days(desk: &Desk, written: Option<[String; 2]>) -> [String; 2] {
    let now = desk.kernel().now();
    written.unwrap_or_else(|| [desk.date(now.plus_secs(-TRIED_DAYS * DAY_SECS)), desk.date(now)])
}

pub(in crate::routes) fn propose(
    desk: &Desk,
    path: &str,
    text: &str,
    days: &[String; 2],
) -> Result<ProposalOutcome, Fault> {
    Ok(outcome(desk, &proposed(desk, path, text, days)?))
}

fn proposed(desk: &Desk, path: &str, text: &str, days: &[String; 2]) -> Result<Proposed, Fault> {
    let actor = desk.signed_in()?;
    let midnight = |day: &str| super::csv::instant(desk.zone(), day);
    let span = midnight(&days[0]).zip(midnight(&days[1])).filter(|(from, to)| from <= to);
    let Some((from, to)) = span else {
        let what = model::Text::new("请写明从哪天到哪天，如 2026-07-01", "write the days, as 2026-07-01");
        return Err(Fault::Kernel(Refusal::Field { field: "from", what }));
    };
    // What began at this very moment is tried too.
    let end = to.plus_secs(DAY_SECS).min(desk.kernel().now().plus_secs(1));
    let proposal = File { path: path.to_owned(), text: text.to_owned() };
    Ok(desk.kernel().propose(actor, &proposal, (from, end))?)
}

fn told(complaints: &[Complaint]) -> Vec<[String; 3]> {
    let one = |complaint: &Complaint| {
        let place = format!("{}:{}:{}", complaint.file, complaint.line, complaint.column);
        [place, complaint.what.clone(), complaint.remedy.clone()]
    };
    complaints.iter().take(COMPLAINTS).map(one).collect()
}

fn outcome(desk: &Desk, proposed: &Proposed) -> ProposalOutcome {
    let lang = desk.definition_lang();
    let definitions = &desk.loaded().definitions;
    let process_title = |id: &Name| {
        let found = definitions.processes.get(id);
        found.map_or_else(|| id.to_string(), |(_, process)| desk.text(&process.title).to_owned())
    };
    ProposalOutcome {
        complaints: told(&proposed.complaints),
        differences: proposed.differences.iter().map(|difference| difference.words(lang)).collect(),
        staying: proposed.staying.iter().map(|(id, count)| (process_title(id), *count)).collect(),
        processes: proposed.trials.processes.iter().map(|trial| cases(desk, trial)).collect(),
        rules: proposed.trials.rules.iter().map(|trial| windows(desk, trial)).collect(),
        scenarios: None,
    }
}

fn cases(desk: &Desk, trial: &ProcessTrial) -> ProcessOutcome {
    let found = desk.loaded().definitions.processes.get(&trial.process).map(|(_, process)| process);
    let rows = found
        .into_iter()
        .flat_map(|process| trial.first.iter().filter_map(move |case| differing(desk, process, case)));
    ProcessOutcome {
        title: found
            .map_or_else(|| trial.process.to_string(), |process| desk.text(&process.title).to_owned()),
        figures: [trial.replays.cases, trial.differ, trial.overdue[0], trial.overdue[1]],
        whole: trial.replays.whole,
        rows: rows.collect(),
    }
}

/// Where a case would first have gone differently.
fn differing(desk: &Desk, process: &Definition, case: &CaseDifference) -> Option<CaseOutcome> {
    let first = case.differences.first()?;
    let texts = &desk.words().definition;
    let event = first.event.checked_sub(1).and_then(|at| case.events.get(at));
    let after = match event {
        None if first.event == 0 => texts.beginning.clone(),
        None => texts.end.clone(),
        Some(Event::Act(act)) => process
            .action(&act.id)
            .map_or_else(|| act.id.to_string(), |action| desk.text(&action.title).to_owned()),
        Some(_) => texts.told.clone(),
    };
    // Whoever may not see the case is shown its number alone.
    let link = super::about::other_case(desk, &case.case);
    let number = super::show::tail(case.case.as_str()).to_owned();
    Some(CaseOutcome {
        case: link.unwrap_or(Link { href: String::new(), text: number }),
        after: format!("{after} · {}", desk.minute(first.before.at)),
        was: stood(desk, process, &first.before, &first.after),
        would: stood(desk, process, &first.after, &first.before),
    })
}

/// How a case stands, in what differs from how it stands otherwise.
fn stood(desk: &Desk, process: &Definition, point: &Point, other: &Point) -> String {
    let texts = &desk.words().definition;
    let mut parts = Vec::new();
    if point.refused != other.refused {
        parts.push(match &point.refused {
            Some(refusal) => super::refused::because(desk, Some(process), refusal),
            None => texts.allowed.clone(),
        });
    }
    if point.stands != other.stands {
        let titles = process.stage.iter().filter(|stage| point.stands.contains(&stage.id));
        let titles: Vec<&str> = titles.map(|stage| desk.text(&stage.title)).collect();
        parts.push(titles.join(&desk.words().show.and));
    }
    for (key, due) in point.due.iter().filter(|(key, due)| other.due.get(*key) != Some(due)) {
        let id = key.as_str().split('/').next().and_then(|id| Name::new(id).ok());
        let clock = id.and_then(|id| process.clock(&id));
        let title = clock.map_or(key.as_str(), |clock| desk.text(&clock.rule.title));
        let due = due.map_or_else(|| texts.stands_still.clone(), |due: Instant| desk.minute(due));
        parts.push(format!("{title} {due}"));
    }
    if parts.is_empty() {
        let told: Vec<String> = point.told.iter().map(|told| desk.role(&told.role).to_owned()).collect();
        parts.push(if told.is_empty() {
            texts.nobody_told.clone()
        } else {
            told.join(&desk.words().show.and)
        });
    }
    parts.join("; ")
}

fn windows(desk: &Desk, trial: &RuleTrial) -> RuleOutcome {
    let rule = desk.loaded().rule(trial.rule.as_str());
    let level = |level: &Option<Name>| {
        let Some(id) = level else { return desk.words().definition.no_level.clone() };
        let found = rule.and_then(|rule| rule.level.iter().find(|level| level.id == *id));
        found.map_or_else(|| id.to_string(), |level| desk.text(&level.title).to_owned())
    };
    RuleOutcome {
        title: rule.map_or_else(|| trial.rule.to_string(), |rule| desk.text(&rule.title).to_owned()),
        differ: trial.differ,
        rows: trial
            .first
            .iter()
            .map(|(urn, start, [was, would])| {
                let thing = Link { href: paths::source(urn.as_str()), text: reference(desk, urn) };
                (thing, desk.minute(*start), level(was), level(would))
            })
            .collect(),
    }
}

fn page(desk: &Desk, path: &str, shown: Shown) -> Result<Page, Fault> {
    let definitions = &desk.loaded().definitions;
    let actor = desk.actor.as_ref();
    let has = |power| actor.is_some_and(|actor| desk.kernel().has(actor, power));
    let (defines, reads) = (has(Power::Define), has(Power::Define) || has(Power::Audit));
    let source = definitions.sources.iter().find(|source| source.path == *path);
    let told = source
        .and_then(|source| pack::explain_one(definitions, source.kind, &source.id, desk.definition_lang()));
    let held = match (actor, reads) {
        (Some(actor), true) => desk.kernel().files(actor)?.into_iter().find(|file| file.path == *path),
        _ => None,
    };
    let settings = settings_path(desk);
    if told.is_none() && held.is_none() && !(defines && *path == settings) {
        return Err(if actor.is_none() && source.is_some() { Fault::SignedOut } else { Fault::NothingHere });
    }
    let versions = match (actor, reads) {
        (Some(actor), true) => desk.kernel().file_versions(actor, path)?,
        _ => Vec::new(),
    };
    let base = held.as_ref().map(|file| proof::hex(&proof::leaf_hash(file.text.as_bytes())));
    let text = held.map(|file| file.text);
    let process = source.filter(|source| defines && source.kind == SourceKind::Process);
    let process =
        process.and_then(|source| definitions.processes.get(&source.id)).map(|(_, process)| process);
    // What is no file yet can only be the city's settings.
    let kind = source.map_or(SourceKind::Settings, |source| source.kind).title(desk.definition_lang());
    Ok(Page {
        page: desk.page(),
        title: source.map_or_else(|| kind.to_owned(), |source| title(desk, source)),
        kind,
        path: path.to_owned(),
        prose: told.map(|told| Prose::new(&body(&told), desk.lang())),
        done: shown.done.map(|done| Link { href: paths::receipt(done), text: done.to_string() }),
        error: shown.error,
        limits: process.map(|process| limits(desk, process)).unwrap_or_default(),
        settings,
        editor: defines.then(|| Editor {
            command: proof::hex(&desk.state().chance.id()),
            base: shown.base.or(base).unwrap_or_default(),
            text: shown.text.or_else(|| text.clone()).unwrap_or_default(),
            days: days(desk, shown.days),
            scenarios: desk.state().scenarios.is_some(),
        }),
        text: text.filter(|_| !defines),
        outcome: shown.outcome,
        versions: version_rows(desk, path, versions, defines),
    })
}

/// Prose without its own heading, which the page has, and with the headings below it two levels up.
fn body(told: &str) -> String {
    let rest =
        told.strip_prefix("### ").and_then(|rest| rest.split_once('\n')).map_or(told, |(_, rest)| rest);
    let lines =
        rest.lines().map(|line| if line.starts_with("###") { line.get(2..).unwrap_or(line) } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// The city's file of what it sets otherwise, whether there is one or not.
fn settings_path(desk: &Desk) -> String {
    let sources = &desk.loaded().definitions.sources;
    let city = sources.iter().find(|source| source.kind == SourceKind::City);
    let folder = city.and_then(|source| source.path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    format!("{folder}/{SETTINGS}")
}

/// The time limits of a process that the city may set.
fn limits(desk: &Desk, process: &Definition) -> Vec<TriedLimit> {
    let texts = &desk.words().definition;
    let limit = |clock: &process::StageClock| TriedLimit {
        title: desk.text(&clock.rule.title).to_owned(),
        budget: clock.rule.budget,
        unit: match clock.rule.unit {
            Unit::UrgentHour => &texts.urgent_hours,
            Unit::WorkingHour => &texts.working_hours,
            Unit::WorkingDay => &texts.working_days,
            Unit::CalendarDay => &texts.calendar_days,
            Unit::Month => &texts.months,
        },
        place: format!("process.{}.clock.{}.budget", process.id, clock.rule.id),
        basis: [clock.rule.basis.clone(), desk.cite(&clock.rule.basis)],
    };
    process.clock.iter().map(limit).collect()
}

fn version_rows(desk: &Desk, path: &str, versions: Vec<FileVersion>, defines: bool) -> Vec<VersionRow> {
    let row = |(at, version): (usize, FileVersion)| VersionRow {
        at: desk.minute(version.at),
        by: desk.text(&version.by).to_owned(),
        receipt: Link { href: paths::receipt(version.sequence), text: version.sequence.to_string() },
        again: (defines && at > 0).then(|| format!("{}?entry={}", paths::definition(path), version.sequence)),
        gone: version.text.is_none(),
    };
    versions.into_iter().enumerate().map(row).collect()
}
