CREATE TABLE hour (name text, at timestamptz, pm25 numeric, seen int);
INSERT INTO hour VALUES
  ('云冈宾馆', date_trunc('hour', now()) - interval '3 hours', 35.5, 1),
  ('云冈宾馆', date_trunc('hour', now()) - interval '2 hours', NULL, 2),
  ('云冈宾馆', date_trunc('hour', now()) - interval '1 hours', 41, 3),
  ('无此站', now(), 1, 4);
