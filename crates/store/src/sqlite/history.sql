-- History: what the log says of series, sorted by series, time and command in packed blocks (src/history). Live segments hold
-- the entries [0, past of the last) without a gap; what comes after is read from the log at start. A segment that is not live
-- is being made, or was merged into another: its blocks go.
CREATE TABLE segment (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, level INTEGER NOT NULL, first INTEGER NOT NULL, past INTEGER NOT NULL,
                      points INTEGER NOT NULL, extents BLOB NOT NULL);
-- `id` is segment << 24 | ordinal.
CREATE TABLE block (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
