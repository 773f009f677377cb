ALTER TABLE job ADD COLUMN facts TEXT;                 -- facts about the video (JSON)
CREATE INDEX job_done_key ON job(unique_key, finished_at) WHERE state = 'done';
