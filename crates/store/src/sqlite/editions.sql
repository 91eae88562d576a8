-- Series have editions: those of before are raw.
ALTER TABLE series RENAME TO series_of_before;
CREATE TABLE series (number INTEGER PRIMARY KEY, entity TEXT NOT NULL, attribute TEXT NOT NULL, basis TEXT NOT NULL, period TEXT NOT NULL,
                     edition TEXT NOT NULL, UNIQUE (entity, attribute, basis, period, edition));
INSERT INTO series SELECT number, entity, attribute, basis, period, 'raw' FROM series_of_before;
DROP TABLE series_of_before;
