ALTER TABLE job ADD COLUMN facts TEXT;                 -- what lists say of the video (JSON)
CREATE INDEX job_done_key ON job(unique_key, finished_at) WHERE state = 'done';
