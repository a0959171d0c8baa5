-- 002-recordings.sql: what was in a recording, how it became frames, how healthy it is
--
-- One row a topic or folder of a scene, also those that Quarry does not use.
CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  scene INTEGER NOT NULL REFERENCES scene ON DELETE CASCADE,
  name TEXT NOT NULL,                  -- topic
  type TEXT NOT NULL DEFAULT '',       -- "sensor_msgs/msg/Image"
  encoding TEXT NOT NULL DEFAULT '',   -- ros1, cdr, protobuf, json
  fields TEXT NOT NULL DEFAULT '[]',   -- JSON: the definition's fields, as "name: type"
  sensor INTEGER REFERENCES sensor ON DELETE SET NULL,
  n_messages INTEGER NOT NULL,
  start_ns INTEGER, end_ns INTEGER,    -- of the messages' own stamps where they have some, else as logged
  -- what became of them; of a stream that is no sensor, all 0
  n_matched INTEGER NOT NULL DEFAULT 0,
  n_unmatched INTEGER NOT NULL DEFAULT 0,
  n_stale INTEGER NOT NULL DEFAULT 0,
  n_late INTEGER NOT NULL DEFAULT 0,         -- out of order
  n_repeated INTEGER NOT NULL DEFAULT 0,     -- the same stamp again
  offset_mean_ns INTEGER, offset_max_ns INTEGER,   -- media's stamp minus the frame's; max by size, with its sign
  UNIQUE (scene, name)
) STRICT;

-- Words for what is measured of a media; quarry-measure.c says what each means, and its unit
CREATE TABLE metric (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One row a number of a media. Its frame stands here again, so that a query by value reads one index and nothing else.
CREATE TABLE measure (
  media INTEGER NOT NULL REFERENCES media ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metric,
  frame INTEGER NOT NULL,
  value REAL NOT NULL,
  odd INTEGER NOT NULL DEFAULT 0,      -- 1: outside of what is normal for this sensor in this scene
  PRIMARY KEY (media, metric)
) STRICT, WITHOUT ROWID;
CREATE INDEX measure_value ON measure (metric, value, frame);
CREATE INDEX measure_odd ON measure (metric, frame) WHERE odd = 1;

-- What is normal for a sensor in its scene; sensors belong to one scene
CREATE TABLE normal (
  sensor INTEGER NOT NULL REFERENCES sensor ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metric,
  n INTEGER NOT NULL,                  -- media that were measured
  n_odd INTEGER NOT NULL,
  median REAL NOT NULL,
  least REAL NOT NULL, most REAL NOT NULL,                                  -- of all that were measured
  low REAL, high REAL,                 -- the normal range; NULL: no bound on that side
  PRIMARY KEY (sensor, metric)
) STRICT, WITHOUT ROWID;

-- A class and an instance for each point of a cloud: a file beside it
CREATE TABLE point_labels (
  media INTEGER NOT NULL REFERENCES media ON DELETE CASCADE,
  annotation_set INTEGER NOT NULL REFERENCES annotation_set ON DELETE CASCADE,
  uri TEXT NOT NULL,
  format TEXT NOT NULL,                -- "semantickitti", "nuscenes-lidarseg"
  names TEXT NOT NULL DEFAULT '{}',    -- JSON: number in the file → name
  PRIMARY KEY (media, annotation_set)
) STRICT, WITHOUT ROWID;
