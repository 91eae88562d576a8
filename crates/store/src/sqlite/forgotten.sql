-- Retention: what was observed of a series before this is not told any more. The log keeps the leaves.
CREATE TABLE IF NOT EXISTS forgotten (series INTEGER PRIMARY KEY, before INTEGER NOT NULL);
