-- Acts of people, to be found by who did them. What devices send and what the platform does by itself is in the log alone.
DROP TABLE IF EXISTS act;
CREATE TABLE act (sequence INTEGER PRIMARY KEY, actor TEXT NOT NULL);
CREATE INDEX act_by_actor ON act (actor, sequence);
