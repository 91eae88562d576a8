-- What filters ask: the values of every entity's attributes, one row each. It follows from `entity.body` alone and is
-- written with it; it can be dropped and made again.

-- A path of one type, numbered: an attribute, or an attribute and a key of its map.
CREATE TABLE field (id INTEGER PRIMARY KEY, path TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (path, kind));

-- `sort` says what kind of value it is (facts.rs). `value` has no declared type, so that SQLite keeps counts and numbers
-- as they are and compares them exactly.
CREATE TABLE fact (entity INTEGER NOT NULL, field INTEGER NOT NULL, sort INTEGER NOT NULL, value, PRIMARY KEY (entity, field)) WITHOUT ROWID;
CREATE INDEX fact_by_value ON fact (field, sort, value);
