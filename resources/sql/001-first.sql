-- 001-first.sql: everything Quarry knows, first edition.
--
-- Portable on purpose (a second engine will stand behind the same functions): plain types, no
-- triggers, no JSON functions. Times are nanoseconds since the Unix epoch, UTC. Sizes are metres or
-- pixels. Poses are tx ty tz (metres) and a unit quaternion qw qx qy qz.

-- what was imported from
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,            -- absolute path or URI, without a slash at the end
  name TEXT NOT NULL,
  format TEXT NOT NULL,                -- id of the reader
  options TEXT NOT NULL DEFAULT '{}',  -- JSON: what the person chose (sync policy …)
  state TEXT NOT NULL CHECK (state IN ('importing', 'complete', 'partial')),
  imported_ns INTEGER NOT NULL
) STRICT;

-- what the last import of a source skipped, and why
CREATE TABLE source_issue (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  level TEXT NOT NULL CHECK (level IN ('note', 'loss', 'skipped')),
  path TEXT NOT NULL,
  place TEXT,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX source_issue_source ON source_issue (source);

CREATE TABLE scene (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  key TEXT NOT NULL,                   -- the source's own name for it
  name TEXT NOT NULL,
  site TEXT,
  machine TEXT,
  UNIQUE (source, key)
) STRICT;

CREATE TABLE sensor (
  id INTEGER PRIMARY KEY,
  scene INTEGER NOT NULL REFERENCES scene ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('camera', 'lidar', 'radar')),
  UNIQUE (scene, name)
) STRICT;

-- A media points at the calibration that held for it. Equal ones of a sensor are stored once, by hash.
CREATE TABLE calibration (
  id INTEGER PRIMARY KEY,
  sensor INTEGER NOT NULL REFERENCES sensor ON DELETE CASCADE,
  hash TEXT NOT NULL,
  tx REAL NOT NULL, ty REAL NOT NULL, tz REAL NOT NULL,                     -- body_from_sensor
  qw REAL NOT NULL, qx REAL NOT NULL, qy REAL NOT NULL, qz REAL NOT NULL,
  model TEXT,                          -- camera model, NULL for lidar; see quarry-camera.h
  width INTEGER, height INTEGER,
  fx REAL, fy REAL, cx REAL, cy REAL, skew REAL,
  k TEXT,                              -- JSON array of distortion coefficients
  UNIQUE (sensor, hash)
) STRICT;

-- the machine's trajectory: world_from_body
CREATE TABLE ego_pose (
  scene INTEGER NOT NULL REFERENCES scene ON DELETE CASCADE,
  stamp_ns INTEGER NOT NULL,
  tx REAL NOT NULL, ty REAL NOT NULL, tz REAL NOT NULL,
  qw REAL NOT NULL, qx REAL NOT NULL, qy REAL NOT NULL, qz REAL NOT NULL,
  PRIMARY KEY (scene, stamp_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  scene INTEGER NOT NULL REFERENCES scene ON DELETE CASCADE,
  key TEXT NOT NULL,                   -- the source's own name for it
  stamp_ns INTEGER,                    -- NULL where the source has no time
  rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  flag INTEGER NOT NULL DEFAULT 0 CHECK (flag BETWEEN -1 AND 1),            -- −1 reject, 1 pick
  UNIQUE (scene, key)
) STRICT;
CREATE INDEX frame_order ON frame (scene, stamp_ns, key);

CREATE TABLE media (
  id INTEGER PRIMARY KEY,
  frame INTEGER NOT NULL REFERENCES frame ON DELETE CASCADE,
  sensor INTEGER NOT NULL REFERENCES sensor ON DELETE CASCADE,
  calibration INTEGER REFERENCES calibration,
  uri TEXT NOT NULL,                   -- absolute path or URI
  byte_offset INTEGER NOT NULL DEFAULT 0,
  byte_length INTEGER NOT NULL DEFAULT -1,                                  -- −1: to the end
  format TEXT NOT NULL,                -- "jpeg", "png", "pcd", "kitti-bin", …
  stamp_ns INTEGER,                    -- the sensor's own time
  width INTEGER, height INTEGER,       -- images: pixels after EXIF orientation
  n_points INTEGER,                    -- clouds
  hash TEXT,                           -- content, once read
  UNIQUE (frame, sensor)
) STRICT;
CREATE INDEX media_sensor ON media (sensor, frame);

-- ontology
CREATE TABLE label_class (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  parent INTEGER REFERENCES label_class,
  color TEXT NOT NULL                  -- #rrggbb
) STRICT;
CREATE TABLE class_alias (
  alias TEXT NOT NULL,                 -- the foreign name
  origin TEXT NOT NULL DEFAULT '',     -- whose name it is: a format or vendor id; '' anybody's
  class INTEGER NOT NULL REFERENCES label_class ON DELETE CASCADE,
  PRIMARY KEY (alias, origin)
) STRICT, WITHOUT ROWID;

-- vendors
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  vendor TEXT NOT NULL,                -- id of the backend
  url TEXT NOT NULL,
  options TEXT NOT NULL DEFAULT '{}'   -- JSON; never a secret
) STRICT;
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account,
  name TEXT NOT NULL,
  external_id TEXT,                    -- the vendor's project, once it exists
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'in progress', 'delivered', 'accepted', 'rework', 'cancelled', 'failed')),
  manifest TEXT NOT NULL,              -- JSON, written before the first request
  manifest_hash TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  updated_ns INTEGER NOT NULL,
  error TEXT,
  UNIQUE (account, manifest_hash)
) STRICT;
CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
  media INTEGER NOT NULL REFERENCES media,
  key TEXT NOT NULL UNIQUE,            -- our id inside the vendor's data
  upload TEXT,                         -- where the vendor keeps the image, once sent
  external_id TEXT,                    -- the vendor's task, once it exists
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'in progress', 'delivered', 'accepted', 'rework', 'cancelled', 'failed')),
  updated_ns INTEGER NOT NULL,
  error TEXT,
  UNIQUE (job, media)
) STRICT;
CREATE INDEX task_media ON task (media);

-- annotations
CREATE TABLE annotation_set (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('import', 'vendor', 'model', 'person')),
  source INTEGER REFERENCES source ON DELETE CASCADE,
  job INTEGER REFERENCES job,
  created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE annotation (
  id INTEGER PRIMARY KEY,
  annotation_set INTEGER NOT NULL REFERENCES annotation_set ON DELETE CASCADE,
  frame INTEGER NOT NULL REFERENCES frame ON DELETE CASCADE,
  media INTEGER REFERENCES media ON DELETE CASCADE,   -- the image it lies in; NULL: in the frame's space
  kind TEXT NOT NULL CHECK (kind IN ('box2d', 'polygon', 'polyline', 'mask', 'keypoints', 'cuboid', 'class')),
  class INTEGER NOT NULL REFERENCES label_class,
  external_id TEXT NOT NULL,
  track TEXT,
  geometry BLOB NOT NULL,              -- little-endian doubles, see quarry-annotation.h
  attributes TEXT NOT NULL DEFAULT '{}',              -- JSON object
  score REAL,                          -- of a model
  task INTEGER REFERENCES task,        -- provenance of a vendor's
  annotator TEXT,
  made_ns INTEGER,
  UNIQUE (annotation_set, external_id)
) STRICT;
CREATE INDEX annotation_frame ON annotation (frame, class, annotation_set);   -- counts read only the index
CREATE INDEX annotation_class ON annotation (class, frame);

-- what people do
CREATE TABLE tag (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  color TEXT NOT NULL
) STRICT;
CREATE TABLE frame_tag (
  tag INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,
  frame INTEGER NOT NULL REFERENCES frame ON DELETE CASCADE,
  PRIMARY KEY (tag, frame)
) STRICT, WITHOUT ROWID;
CREATE INDEX frame_tag_frame ON frame_tag (frame);

CREATE TABLE dataset (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  notes TEXT NOT NULL DEFAULT '',
  created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE dataset_frame (
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  frame INTEGER NOT NULL REFERENCES frame ON DELETE CASCADE,
  split TEXT,                          -- "train", "val", …; NULL: not split yet
  PRIMARY KEY (dataset, frame)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_frame_frame ON dataset_frame (frame);
CREATE TABLE dataset_version (
  id INTEGER PRIMARY KEY,
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  number INTEGER NOT NULL,
  hash TEXT NOT NULL,                  -- over frames, splits and annotations
  note TEXT NOT NULL DEFAULT '',
  who TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  UNIQUE (dataset, number)
) STRICT;
CREATE TABLE version_frame (
  version INTEGER NOT NULL REFERENCES dataset_version ON DELETE CASCADE,
  frame INTEGER NOT NULL REFERENCES frame,
  split TEXT,
  PRIMARY KEY (version, frame)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_frame_frame ON version_frame (frame);

CREATE TABLE saved_query (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;

-- models
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  annotation_set INTEGER REFERENCES annotation_set,   -- its predictions
  version INTEGER REFERENCES dataset_version,         -- what it was trained on
  record TEXT NOT NULL DEFAULT '{}',                  -- JSON: command, parameters, log, artefacts
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE evaluation (
  id INTEGER PRIMARY KEY,
  predictions INTEGER NOT NULL REFERENCES annotation_set,
  truth INTEGER NOT NULL REFERENCES annotation_set,
  version INTEGER REFERENCES dataset_version,
  metric TEXT NOT NULL,
  result TEXT NOT NULL,                -- JSON
  created_ns INTEGER NOT NULL
) STRICT;

-- The journal: one row a change by a person. Undo replays the inverse of what was recorded.
CREATE TABLE edit (
  id INTEGER PRIMARY KEY,
  who TEXT NOT NULL,
  made_ns INTEGER NOT NULL,
  what TEXT NOT NULL,                  -- "Tag 12 frames 'night'"
  state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped')),  -- dropped: undone, then something else was done
  changes BLOB NOT NULL                -- engine's own record of rows before and after
) STRICT;
