ALTER TABLE job ADD COLUMN real_source BLOB;           -- canonical path of the source; NULL in rows of before: source_path
ALTER TABLE job ADD COLUMN source_mtime_ns INTEGER;
ALTER TABLE job ADD COLUMN options TEXT NOT NULL DEFAULT '{}'; -- what is wanted of this file beside its preset (JSON)
ALTER TABLE job ADD COLUMN former_key BLOB;            -- unique_key as schemas 1 to 3 made it
-- Version of preset and options: 1 can be read here. Any other number was not looked at yet (rows of before) or cannot
-- be read here; opening the queue looks at those.
ALTER TABLE job ADD COLUMN spec_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN verification TEXT;      -- what was checked of the result, and how (JSON)
DROP INDEX job_claim;
DROP INDEX job_left;
CREATE INDEX job_claim      ON job(position, run_at, id) WHERE state = 'queued' AND hold = 0 AND spec_version = 1;
CREATE INDEX job_left       ON job(source_size) WHERE state = 'queued' AND hold = 0 AND spec_version = 1;
CREATE INDEX job_unread     ON job(id, state, hold) WHERE spec_version <> 1;
CREATE INDEX job_former_key ON job(former_key) WHERE former_key IS NOT NULL;
