ALTER TABLE job ADD COLUMN real_source BLOB;           -- canonical path of the source; NULL in early rows: source_path
ALTER TABLE job ADD COLUMN source_mtime_ns INTEGER;
ALTER TABLE job ADD COLUMN options TEXT NOT NULL DEFAULT '{}'; -- options of the job besides its preset (JSON)
ALTER TABLE job ADD COLUMN former_key BLOB;            -- unique_key as schemas 1 to 3 computed it
-- Version of preset and options: 1 is readable. Any other number is unreadable or not yet checked (early rows);
-- opening the queue checks those rows.
ALTER TABLE job ADD COLUMN spec_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN verification TEXT;      -- verification of the result (JSON)
DROP INDEX job_claim;
DROP INDEX job_left;
CREATE INDEX job_claim      ON job(position, run_at, id) WHERE state = 'queued' AND hold = 0 AND spec_version = 1;
CREATE INDEX job_left       ON job(source_size) WHERE state = 'queued' AND hold = 0 AND spec_version = 1;
CREATE INDEX job_unread     ON job(id, state, hold) WHERE spec_version <> 1;
CREATE INDEX job_former_key ON job(former_key) WHERE former_key IS NOT NULL;
