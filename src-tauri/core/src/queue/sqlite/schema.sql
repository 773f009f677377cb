CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,                -- what people type; never reused
  uid TEXT NOT NULL UNIQUE,                            -- UUIDv7, for JSON and part files
  position INTEGER NOT NULL,                           -- list order
  source_path BLOB NOT NULL, source_size INTEGER, source_volume BLOB,
  output_volume BLOB, output_path BLOB NOT NULL, output_key BLOB NOT NULL, -- key: case-folded, composed: the claimed name
  preset TEXT NOT NULL,                                -- frozen settings (JSON)
  unique_key BLOB NOT NULL,                            -- real source path, preset, folder (hashed)
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued','waiting','running','done','failed','cancelled')),
  hold INTEGER NOT NULL DEFAULT 0,                     -- queued: not to be started; running: suspended
  run_at INTEGER,                                      -- NULL but for backoff
  epoch INTEGER NOT NULL DEFAULT 0,                    -- fencing token: +1 at each claim, never reset
  attempt INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0,
  owner TEXT,                                          -- incarnation of the engine that runs it
  cancel_requested_at INTEGER,
  publish_path BLOB, publish_size INTEGER, publish_id TEXT,
  progress TEXT, failure_code TEXT, failure_message TEXT, need_bytes INTEGER,
  warnings TEXT, output_size INTEGER,
  created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  CHECK ((state IN ('done','failed','cancelled')) = (finished_at IS NOT NULL)),
  CHECK ((state = 'running') = (owner IS NOT NULL)),
  CHECK (state <> 'waiting' OR failure_code IS NOT NULL),
  CHECK (state <> 'failed' OR failure_code IS NOT NULL)
) STRICT;
CREATE INDEX job_claim   ON job(position, run_at, id) WHERE state = 'queued' AND hold = 0;
CREATE INDEX job_active  ON job(position, state)             WHERE state IN ('queued','waiting','running');
CREATE INDEX job_failed  ON job(finished_at DESC, id DESC) WHERE state = 'failed';
CREATE INDEX job_history ON job(finished_at DESC, id DESC, state) WHERE state IN ('done','cancelled');
CREATE INDEX job_ended   ON job(finished_at DESC)     WHERE state IN ('done','failed');
CREATE INDEX job_held    ON job(position)             WHERE state = 'queued' AND hold = 1;
CREATE INDEX job_state   ON job(state, position);
CREATE INDEX job_saved   ON job(source_size, output_size) WHERE state = 'done';
CREATE INDEX job_cause   ON job(failure_code, finished_at DESC, id DESC) WHERE state = 'failed';
CREATE INDEX job_left    ON job(source_size) WHERE state = 'queued' AND hold = 0;
CREATE INDEX job_position ON job(position);
CREATE INDEX job_output  ON job(output_key);
CREATE UNIQUE INDEX job_active_key    ON job(unique_key) WHERE state IN ('queued','waiting','running');
CREATE UNIQUE INDEX job_active_output ON job(output_key) WHERE state IN ('queued','waiting','running');

CREATE TABLE attempt (
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE, epoch INTEGER NOT NULL,
  owner TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
  child TEXT, part_path BLOB,                          -- whom to end and what to delete after a crash
  outcome TEXT, exit_code INTEGER, signal INTEGER,
  failure_code TEXT, failure_message TEXT,
  log_tail TEXT,                                       -- at most 16 KiB
  commands TEXT NOT NULL DEFAULT '[]', plan TEXT,
  PRIMARY KEY (job_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE flag (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
