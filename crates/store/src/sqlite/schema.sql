-- One city's log and state in one file: one commit, one back-up. Credentials and keys are elsewhere (vault.sql).

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- The log: one row a command. `body` holds the items' canonical bytes; retention may drop it and keep the leaf.
CREATE TABLE log (sequence INTEGER PRIMARY KEY, committed INTEGER NOT NULL, leaf BLOB NOT NULL, seed BLOB NOT NULL, body BLOB);
CREATE TABLE command (id BLOB PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;

-- The public tree: full tiles of 256 hashes. `id` is level << 48 | number.
CREATE TABLE tile (id INTEGER PRIMARY KEY, hashes BLOB NOT NULL, root BLOB NOT NULL);
CREATE TABLE head (epoch INTEGER NOT NULL, size INTEGER NOT NULL, checkpoint TEXT NOT NULL, PRIMARY KEY (epoch, size)) WITHOUT ROWID;
CREATE TABLE epoch (number INTEGER PRIMARY KEY, restored INTEGER NOT NULL);

-- State: what the log says, now.
CREATE TABLE entity (id INTEGER PRIMARY KEY, urn TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX entity_by_kind ON entity (kind, urn);
CREATE TABLE history (entity INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (entity, sequence)) WITHOUT ROWID;
CREATE TABLE key (space TEXT NOT NULL, key TEXT NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (space, key)) WITHOUT ROWID;
CREATE TABLE listing (space TEXT NOT NULL, sort INTEGER NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (space, sort, entity)) WITHOUT ROWID;
CREATE INDEX listing_by_entity ON listing (entity);

-- Telemetry: what the series are. Their history is in history.sql.
CREATE TABLE series (number INTEGER PRIMARY KEY, entity TEXT NOT NULL, attribute TEXT NOT NULL, basis TEXT NOT NULL, period TEXT NOT NULL,
                     UNIQUE (entity, attribute, basis, period));

-- Work to come.
CREATE TABLE timer (id TEXT PRIMARY KEY, due INTEGER NOT NULL, entity TEXT NOT NULL, what TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX timer_by_due ON timer (due);
CREATE TABLE delivery (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, receiver TEXT NOT NULL, body TEXT NOT NULL,
                       attempts INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0);
CREATE INDEX delivery_by_receiver ON delivery (receiver, number);
CREATE TABLE cursor (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
