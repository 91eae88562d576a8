//! Finding entities by a filter: by the part of it that leaves fewest, or along an index when no part leaves few.
//!
//! Each part of a filter that stands for itself, or beside others in an `And`, is a range of the index of facts (or
//! several, for an `Or`). They are counted up to a limit. The smallest leads, and the whole filter is then asked of what
//! it leaves: so the work grows with the smallest part, not with the city. If none is small, entities are read in the
//! order that was asked for and the first that match are taken.

use super::facts::path_text;
use super::filter::{Piece, check, condition, is, test};
use super::rows::{decode_entity, int};
use crate::{Find, Order, StoreError};
use model::{Entity, Filter, Name, Operator};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

/// A part that leaves fewer than this leads.
const LEAD_MAX: u64 = 10_000;
/// Ranges of the index that may lead together.
const RANGES_MAX: usize = 64;

/// Ranges of an index that together hold every entity that a part matches.
struct Lead {
    /// How few that promises to be, the fewest first.
    rank: u8,
    ranges: Vec<Piece>,
    /// Whether they hold no other, so that the part need not be asked again.
    exact: bool,
}

/// A filter made ready for a connection.
pub(super) struct Search<'a> {
    connection: &'a Connection,
    condition: Piece,
    kind: Option<Name>,
    lead: Option<Vec<Piece>>,
}

impl<'a> Search<'a> {
    /// Checks a filter and looks what leads.
    pub fn new(connection: &'a Connection, filter: &Filter) -> Result<Self, StoreError> {
        Self::led(connection, filter, LEAD_MAX)
    }

    fn led(connection: &'a Connection, filter: &Filter, lead_max: u64) -> Result<Self, StoreError> {
        check(filter)?;
        let parts = match filter.clone().simplify() {
            Filter::And(parts) => parts,
            part => vec![part],
        };
        let kind = parts.iter().find_map(|part| match part {
            Filter::Kind(kind) => Some(kind.clone()),
            _ => None,
        });
        let mut leads = leads(&parts, kind.as_ref());
        leads.sort_by_key(|(_, lead)| lead.rank);
        let mut search = Self { connection, condition: Piece::default(), kind, lead: None };
        let (mut fewest, mut led) = (lead_max, Vec::new());
        for (of, lead) in leads {
            let count = search.count_of(union(&lead.ranges, " UNION ALL "), fewest)?;
            if count < fewest {
                (fewest, led) = (count, if lead.exact { of } else { Vec::new() });
                search.lead = Some(lead.ranges);
            }
        }
        let rest = (0..).zip(parts).filter(|(at, _)| !led.contains(at)).map(|(_, part)| part);
        search.condition = condition(&Filter::And(rest.collect()));
        Ok(search)
    }

    fn rows<T>(
        &self,
        piece: Piece,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare(&piece.sql)?;
        Ok(statement.query_map(params_from_iter(piece.parameters), read)?.collect::<Result<_, _>>()?)
    }

    fn entities(&self, piece: Piece) -> Result<Vec<Entity>, StoreError> {
        let bodies = self.rows(piece, |row| row.get::<_, Vec<u8>>(0))?;
        bodies.iter().map(|body| decode_entity(body)).collect()
    }

    /// Rows of a query, up to a limit.
    fn count_of(&self, query: Piece, up_to: u64) -> Result<u64, StoreError> {
        let mut piece = Piece::new("SELECT count(*) FROM (", []);
        piece.push(query);
        piece.push(Piece::new(" LIMIT ?)", [limit(up_to)]));
        let count = self.rows(piece, |row| row.get::<_, i64>(0))?;
        Ok(count.first().copied().unwrap_or(0).cast_unsigned())
    }

    /// The entities to look at as `e`, with `after` between them and the condition.
    fn among(&self, select: &str, join: Piece) -> Piece {
        let mut piece = Piece::new(select, []);
        match &self.lead {
            Some(ranges) => {
                piece.push(Piece::new(" FROM (", []));
                piece.push(union(ranges, " UNION "));
                // A cross join keeps its order: first what leads.
                piece.push(Piece::new(") AS l CROSS JOIN entity AS e ON e.id = l.entity", []));
            }
            None => piece.push(Piece::new(" FROM entity AS e", [])),
        }
        piece.push(join);
        piece.push(Piece::new(" WHERE ", []));
        piece.push(self.condition.clone());
        piece
    }

    /// How many match, up to a limit.
    pub fn count(&self, up_to: u64) -> Result<u64, StoreError> {
        self.count_of(self.among("SELECT 1", Piece::default()), up_to)
    }

    /// A page of those that match.
    pub fn find(&self, find: &Find) -> Result<Vec<Entity>, StoreError> {
        match &find.order {
            Order::Urn { after } => {
                let mut piece = self.among("SELECT e.body", Piece::default());
                if let Some(after) = after {
                    piece.push(Piece::new(" AND e.urn > ?", [Sql::Text(after.as_str().to_owned())]));
                }
                self.entities(paged(piece, " ORDER BY e.urn", find.skip, find.limit))
            }
            Order::By { path, descending } => {
                let path = path_text(path);
                if self.lead.is_some() {
                    return self.sorted(&path, *descending, find);
                }
                self.along(&path, *descending, find)
            }
        }
    }

    /// What leads, sorted by an attribute; those without it last.
    fn sorted(&self, path: &str, descending: bool, find: &Find) -> Result<Vec<Entity>, StoreError> {
        let value = Piece::new(
            " LEFT JOIN fact AS o ON o.entity = e.id AND o.sort > 0
              AND o.field = (SELECT id FROM field WHERE path = ? AND kind = e.kind)",
            [Sql::Text(path.to_owned())],
        );
        let order = if descending {
            " ORDER BY o.sort IS NULL, o.sort DESC, o.value DESC, e.urn"
        } else {
            " ORDER BY o.sort IS NULL, o.sort, o.value, e.urn"
        };
        self.entities(paged(self.among("SELECT e.body", value), order, find.skip, find.limit))
    }

    /// Along the index of an attribute; then those without it.
    fn along(&self, path: &str, descending: bool, find: &Find) -> Result<Vec<Entity>, StoreError> {
        let field = field_of(path, self.kind.as_ref());
        let mut having = Piece::new(" FROM fact AS o CROSS JOIN entity AS e ON e.id = o.entity WHERE ", []);
        having.push(field);
        having.push(Piece::new(" AND o.sort > 0 AND ", []));
        having.push(self.condition.clone());
        let select = |what: &str| {
            let mut piece = Piece::new(what, []);
            piece.push(having.clone());
            piece
        };
        let order = if descending {
            " ORDER BY o.sort DESC, o.value DESC, e.urn"
        } else {
            " ORDER BY o.sort, o.value, e.urn"
        };
        let mut found = self.entities(paged(select("SELECT e.body"), order, find.skip, find.limit))?;
        let left = find.limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if left > 0 {
            let before =
                if found.is_empty() { self.count_of(select("SELECT 1"), find.skip)? } else { find.skip };
            let mut rest = self.among("SELECT e.body", Piece::default());
            rest.push(Piece::new(
                " AND NOT EXISTS (SELECT 1 FROM fact AS o WHERE o.entity = e.id AND o.sort > 0
                  AND o.field = (SELECT id FROM field WHERE path = ? AND kind = e.kind))",
                [Sql::Text(path.to_owned())],
            ));
            found.extend(self.entities(paged(rest, " ORDER BY e.urn", find.skip - before, left))?);
        }
        Ok(found)
    }
}

fn limit(rows: u64) -> Sql {
    Sql::Integer(int(rows.min(i64::MAX.cast_unsigned())))
}

fn paged(mut piece: Piece, order: &str, skip: u64, rows: u32) -> Piece {
    piece.push(Piece::new(order, []));
    piece.push(Piece::new(" LIMIT ? OFFSET ?", [limit(rows.into()), limit(skip)]));
    piece
}

fn union(ranges: &[Piece], word: &str) -> Piece {
    let mut piece = Piece::default();
    for (index, range) in ranges.iter().enumerate() {
        if index > 0 {
            piece.push(Piece::new(word, []));
        }
        piece.push(range.clone());
    }
    piece
}

/// The field `o.field` of a path: of one type, or of every type that has it.
fn field_of(path: &str, kind: Option<&Name>) -> Piece {
    let path = Sql::Text(path.to_owned());
    match kind {
        Some(kind) => Piece::new(
            "o.field = (SELECT id FROM field WHERE path = ? AND kind = ?)",
            [path, Sql::Text(kind.as_str().to_owned())],
        ),
        None => Piece::new("o.field IN (SELECT id FROM field WHERE path = ?)", [path]),
    }
}

/// What the parts of an `And` lead to, with the places of those parts. What is asked of one path is one range.
fn leads(parts: &[Filter], kind: Option<&Name>) -> Vec<(Vec<usize>, Lead)> {
    let mut paths: Vec<(String, Vec<usize>, u8, Vec<Piece>)> = Vec::new();
    let mut leads = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some((path, test)) = test(part) else {
            leads.extend(lead(part, kind).map(|lead| (vec![at], lead)));
            continue;
        };
        match paths.iter_mut().find(|(known, ..)| *known == path) {
            Some((_, places, rank, tests)) => {
                places.push(at);
                *rank = rank_of(part).min(*rank);
                tests.push(test);
            }
            None => paths.push((path, vec![at], rank_of(part), vec![test])),
        }
    }
    leads.extend(paths.into_iter().map(|(path, places, rank, tests)| {
        let lead = Lead { rank, ranges: vec![range(&path, kind, tests)], exact: true };
        (places, lead)
    }));
    leads
}

/// The entities whose fact at a path passes all tests.
fn range(path: &str, kind: Option<&Name>, tests: Vec<Piece>) -> Piece {
    let mut range = Piece::new("SELECT o.entity AS entity FROM fact AS o WHERE ", []);
    range.push(field_of(path, kind));
    for test in tests {
        range.push(Piece::new(" AND (", []));
        range.push(test);
        range.push(Piece::new(")", []));
    }
    range
}

fn rank_of(leaf: &Filter) -> u8 {
    match leaf {
        Filter::Compare { op: Operator::Eq, .. } | Filter::In { .. } => 1,
        Filter::Compare { op: Operator::Ne, .. } | Filter::Has { .. } => 4,
        Filter::Starts { prefix, .. } if prefix.is_empty() => 4,
        _ => 2,
    }
}

/// What a part leads to; nothing if it says only what is not so.
fn lead(part: &Filter, kind: Option<&Name>) -> Option<Lead> {
    let one = |rank, range| Some(Lead { rank, ranges: vec![range], exact: true });
    match part {
        Filter::All | Filter::Not(_) => None,
        Filter::None => one(0, Piece::new("SELECT id AS entity FROM entity WHERE 0", [])),
        Filter::Is(urns) => {
            let mut range = Piece::new("SELECT id AS entity FROM entity WHERE urn IN (", []);
            range.push(is(urns));
            range.push(Piece::new(")", []));
            one(0, range)
        }
        Filter::Kind(kind) => {
            let kind = Sql::Text(kind.as_str().to_owned());
            one(3, Piece::new("SELECT id AS entity FROM entity WHERE kind = ?", [kind]))
        }
        Filter::And(parts) => {
            let leads = parts.iter().filter_map(|part| lead(part, kind));
            let fewest = leads.min_by_key(|lead| (lead.rank, lead.ranges.len()));
            fewest.map(|lead| Lead { exact: false, ..lead })
        }
        Filter::Or(parts) => {
            let leads = parts.iter().map(|part| lead(part, kind)).collect::<Option<Vec<_>>>()?;
            let rank = leads.iter().map(|lead| lead.rank).max().unwrap_or(0);
            let exact = leads.iter().all(|lead| lead.exact);
            let ranges: Vec<Piece> = leads.into_iter().flat_map(|lead| lead.ranges).collect();
            (ranges.len() <= RANGES_MAX).then_some(Lead { rank, ranges, exact })
        }
        leaf => match test(leaf) {
            Some((path, test)) => one(rank_of(leaf), range(&path, kind, vec![test])),
            None => lead(&Filter::None, kind),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuditReport, Clock, Commit, Outcome, Reading, SqliteStore, Store};
    use model::{Attribute, Change, Instant, Sealed, Urn, Value};
    use proof::{Chance, CommandId, SystemChance};
    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::{Config, TestRunner};
    use std::cmp::Ordering;
    use std::path::PathBuf;
    use std::sync::Arc;

    struct Stopped;
    impl Clock for Stopped {
        fn now(&self) -> Instant {
            Instant::from_micros(1)
        }
    }

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn path(text: &str) -> Vec<Name> {
        text.split('.').map(name).collect()
    }

    /// Entities that are written again and again: three of one type, two of another.
    const URNS: [&str; 5] =
        ["urn:ngsi-ld:A:1", "urn:ngsi-ld:A:2", "urn:ngsi-ld:A:3", "urn:ngsi-ld:B:1", "urn:ngsi-ld:B:2"];
    const NAMES: [&str; 3] = ["a", "b", "division"];

    /// Two long texts that differ behind what facts keep, and what they have in common.
    fn long(tail: &str) -> String {
        format!("{}{tail}", "同".repeat(170))
    }

    fn texts() -> Vec<String> {
        let plain =
            ["", "a", "ab", "b", "1402", "140212", "大", "大同", "\u{10ffff}", "' OR 1=1 --", "\0", "%", "_"];
        plain.map(str::to_owned).into_iter().chain([long(""), long("a"), long("b")]).collect()
    }

    fn scalar() -> impl Strategy<Value = Value> {
        const WIDE: i64 = 1 << 53;
        let numbers = [-1.5, -0.0, 0.5, 1.0, 2.0, 9_007_199_254_740_992.0, 9.3e18, -9.3e18];
        prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            select(vec![-1, 0, 1, 2, WIDE, WIDE + 1, i64::MAX, i64::MIN]).prop_map(Value::Int),
            select(numbers.to_vec()).prop_map(Value::number),
            select(texts()).prop_map(Value::Text),
            select(vec![vec![], vec![0], vec![97], vec![255; 600]]).prop_map(Value::Bytes),
            (-1i64..2).prop_map(|at| Value::Instant(Instant::from_micros(at))),
            select(URNS.to_vec()).prop_map(|urn| Value::Ref(Urn::new(urn).unwrap())),
        ]
    }

    fn sealed() -> Value {
        let subject = Urn::new(URNS[0]).unwrap();
        let (nonce, commitment) = ([0; 12], [0; 32]);
        Value::Sealed(Box::new(Sealed { subject, nonce, ciphertext: b"ab".to_vec(), commitment }))
    }

    fn value() -> impl Strategy<Value = Value> {
        let member = || prop_oneof![2 => scalar(), 1 => Just(Value::List(vec![])), 1 => Just(sealed())];
        prop_oneof![
            2 => Just(Value::Null),
            6 => scalar(),
            1 => Just(Value::List(vec!["a".into()])),
            1 => Just(sealed()),
            2 => prop::collection::btree_map(select(vec!["c", "d", "no name"]).prop_map(str::to_owned), member(), 0..3)
                .prop_map(Value::Map),
        ]
    }

    /// What is asked: as long as may be asked, and no longer.
    fn constant() -> impl Strategy<Value = Value> {
        prop_oneof![12 => scalar(), 1 => Just(Value::Null), 1 => Just(Value::List(vec![])), 1 => Just(Value::Number(f64::NAN))]
            .prop_map(|value| match value {
                Value::Text(text) if text.len() > 508 => Value::Text("同".repeat(169)),
                Value::Bytes(bytes) => Value::Bytes(bytes.into_iter().take(508).collect()),
                other => other,
            })
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let at = || select(vec!["a", "b", "division", "a.c", "b.d", "absent"]).prop_map(path);
        let op = select(Operator::ALL.to_vec());
        let prefix = select(texts()).prop_map(|text| if text.len() > 508 { "同".repeat(160) } else { text });
        let urns = prop::collection::vec(select(URNS.to_vec()).prop_map(|urn| Urn::new(urn).unwrap()), 0..3);
        let leaf = prop_oneof![
            1 => Just(Filter::All),
            1 => Just(Filter::None),
            1 => Just(Filter::And(vec![])),
            1 => Just(Filter::Or(vec![])),
            2 => select(vec!["A", "B", "C"]).prop_map(|kind| Filter::Kind(name(kind))),
            1 => urns.prop_map(Filter::Is),
            6 => (at(), op, constant()).prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
            3 => (at(), prop::collection::vec(constant(), 0..5))
                .prop_map(|(path, values)| Filter::In { path, values }),
            2 => at().prop_map(|path| Filter::Has { path }),
            4 => (at(), prefix).prop_map(|(path, prefix)| Filter::Starts { path, prefix }),
            1 => Just(Filter::Has { path: vec![] }),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let parts = prop::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                parts.clone().prop_map(Filter::And),
                parts.prop_map(Filter::Or),
                inner.prop_map(|part| Filter::Not(Box::new(part))),
            ]
        })
    }

    fn order() -> impl Strategy<Value = Order> {
        let after = prop::option::of(select(URNS.to_vec()).prop_map(|urn| Urn::new(urn).unwrap()));
        let by = (select(vec!["a", "b", "a.c", "absent"]).prop_map(path), any::<bool>());
        prop_oneof![
            after.prop_map(|after| Order::Urn { after }),
            by.prop_map(|(path, descending)| Order::By { path, descending }),
        ]
    }

    struct Fresh(PathBuf);
    impl Fresh {
        fn store(test: &str) -> (Self, SqliteStore) {
            let folder = std::env::temp_dir().join(format!("datong-find-{}-{test}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let store = SqliteStore::open(&folder.join("city.db"), Arc::new(Stopped), Arc::new(SystemChance));
            (Self(folder), store.unwrap())
        }
    }
    impl Drop for Fresh {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn write(store: &SqliteStore, values: &[Vec<Value>]) {
        let actor = Urn::new("urn:ngsi-ld:Test:actor").unwrap();
        let mut commit = Commit::new(CommandId(SystemChance.id()), actor, name("write"), "test");
        commit.changes = URNS
            .iter()
            .zip(values)
            .map(|(urn, values)| Change {
                entity: Urn::new(*urn).unwrap(),
                kind: name(&urn[12..13]),
                verb: name("write"),
                set: NAMES
                    .iter()
                    .map(|n| name(n))
                    .zip(values.iter().cloned().map(Attribute::plain))
                    .collect(),
                note: Value::Null,
                record: None,
            })
            .collect();
        let outcome = store.submit(commit).unwrap().blocking_recv().unwrap().unwrap();
        assert!(matches!(outcome, Outcome::Done(_)));
    }

    /// The order as the trait states it, said once more.
    fn place(order: &Order, a: &Entity, b: &Entity) -> Ordering {
        let Order::By { path, descending } = order else { return a.urn.cmp(&b.urn) };
        let fact_of = |entity: &Entity| {
            super::super::facts::facts(entity).remove(&path_text(path)).filter(|(sort, _)| *sort > 0)
        };
        let value = |entity: &Entity| {
            let value = entity.value(path[0].as_str());
            path.get(1).map_or(value, |key| value.get(key.as_str()).unwrap_or(&Value::Null)).clone()
        };
        let placed = match (fact_of(a), fact_of(b)) {
            (Some((kind, _)), Some((other, _))) => {
                let equal_kinds = || value(a).order(&value(b)).unwrap_or(Ordering::Equal);
                let forward = kind.cmp(&other).then_with(equal_kinds);
                if *descending { forward.reverse() } else { forward }
            }
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        placed.then_with(|| a.urn.cmp(&b.urn))
    }

    #[test]
    fn what_is_found_is_what_matches() {
        let (fresh, store) = Fresh::store("matches");
        let values = prop::collection::vec(prop::collection::vec(value(), NAMES.len()), URNS.len());
        let filters = prop::collection::vec(filter(), 4);
        let page = (order(), 0u64..3, 1u32..6);
        let mut runner = TestRunner::new(Config { cases: 512, ..Config::default() });
        let run = runner.run(&(values, filters, page), |(values, filters, (order, skip, limit))| {
            write(&store, &values);
            let view = store.snapshot().unwrap();
            let all: Vec<Entity> =
                URNS.iter().map(|urn| view.entity(&Urn::new(*urn).unwrap()).unwrap().unwrap()).collect();
            for filter in filters {
                let mut expected: Vec<Entity> = all.iter().filter(|e| filter.matches(e)).cloned().collect();
                let count = expected.len() as u64;
                expected.sort_by(|a, b| place(&order, a, b));
                if let Order::Urn { after: Some(after) } = &order {
                    expected.retain(|entity| entity.urn > *after);
                }
                let skipped = usize::try_from(skip).unwrap();
                let expected: Vec<Entity> = expected.into_iter().skip(skipped).take(limit as usize).collect();
                let find = Find { order: order.clone(), skip, limit };
                // By whatever leads, and along an index.
                for lead_max in [LEAD_MAX, 0] {
                    let search = Search::led(view.raw().unwrap(), &filter, lead_max).unwrap();
                    let urns =
                        |found: &[Entity]| -> Vec<Urn> { found.iter().map(|e| e.urn.clone()).collect() };
                    let found = search.find(&find).unwrap();
                    prop_assert_eq!(urns(&found), urns(&expected), "{:?} by {:?}", filter, search.lead);
                    prop_assert_eq!(found, expected.clone());
                    prop_assert_eq!(search.count(100).unwrap(), count);
                    prop_assert_eq!(search.count(1).unwrap(), count.min(1));
                }
            }
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        drop(store);
        let report = AuditReport::of(&fresh.0.join("city.db"), None).unwrap();
        assert_eq!(report.faults, vec![], "facts were kept up with every change");
    }

    #[test]
    fn a_filter_may_be_as_large_as_is_stated() {
        let (_fresh, store) = Fresh::store("large");
        write(&store, &vec![vec![Value::Int(1); NAMES.len()]; URNS.len()]);
        let view = store.snapshot().unwrap();
        let is = |n: i64| Filter::Compare { path: path("a"), op: Operator::Eq, value: n.into() };
        let wide = Filter::Or((0..4_000).map(is).collect());
        assert_eq!(view.count(&wide, 10).unwrap(), 5);
        let many = Filter::In { path: path("a"), values: (0..7_900).map(Value::Int).collect() };
        assert_eq!(view.count(&many, 10).unwrap(), 5);
        let deep = (0..15).fold(is(1), |inner, n| {
            Filter::Not(Box::new(if n % 2 == 0 {
                Filter::And(vec![inner, is(1)])
            } else {
                Filter::Or(vec![inner, is(2)])
            }))
        });
        let expected =
            view.entities(&name("A"), None, 10).unwrap().iter().filter(|e| deep.matches(e)).count();
        assert_eq!(
            view.count(&Filter::And(vec![deep, Filter::Kind(name("A"))]), 10).unwrap(),
            expected as u64
        );
    }

    #[test]
    fn the_smallest_part_leads_by_an_index() {
        let (_fresh, store) = Fresh::store("plan");
        write(&store, &vec![vec![Value::Int(1), "x".into(), "140212".into()]; URNS.len()]);
        let view = store.snapshot().unwrap();
        let filter = Filter::And(vec![
            Filter::Kind(name("A")),
            Filter::Starts { path: path("division"), prefix: "1402".to_owned() },
            Filter::Not(Box::new(Filter::Compare { path: path("a"), op: Operator::Gt, value: 5.into() })),
            Filter::Starts { path: path("b"), prefix: "x".to_owned() },
        ]);
        for (lead_max, expected) in [
            (LEAD_MAX, "fact_by_value (field=? AND sort=? AND value>? AND value<?)"),
            (0, "entity_by_kind (kind=?)"),
        ] {
            let search = Search::led(view.raw().unwrap(), &filter, lead_max).unwrap();
            assert_eq!(search.lead.is_some(), lead_max > 0);
            let found = paged(search.among("SELECT e.body", Piece::default()), " ORDER BY e.urn", 0, 5);
            for asked in [found, search.among("SELECT 1", Piece::default())] {
                let mut piece = Piece::new("EXPLAIN QUERY PLAN ", []);
                piece.push(asked);
                let plan = search.rows(piece, |row| row.get::<_, String>(3)).unwrap();
                assert!(plan[0].contains(expected), "{plan:#?}");
                // What else is asked, is asked of single rows.
                let walks = |step: &String| {
                    step.starts_with("SCAN") || step.contains("fact") && !step.contains("PRIMARY")
                };
                assert!(!plan[1..].iter().any(walks), "{plan:#?}");
            }
        }
    }
}
