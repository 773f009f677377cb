-- Number of jobs of each kind, with their sizes, so that no query has to count rows. Written only by the triggers
-- below, for every writer.
CREATE TABLE tally (
  state TEXT NOT NULL, hold INTEGER NOT NULL, readable INTEGER NOT NULL,
  cause TEXT NOT NULL,                                 -- failure_code; empty: none
  volume BLOB NOT NULL,                                -- of what waits: output_volume; empty: none, or not known
  jobs INTEGER NOT NULL,
  source_bytes INTEGER NOT NULL,                       -- of done jobs: of those whose both sizes are known
  output_bytes INTEGER NOT NULL,
  PRIMARY KEY (state, hold, readable, cause, volume)
) STRICT, WITHOUT ROWID;

-- An impossible size counts as 70 TB, so that no sum leaves the range of its column. No conflict clause is used,
-- because the one of the statement that writes to "job" would override it. Each trigger repeats the expressions, because
-- a call would double the cost.
CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
  INSERT INTO tally
    SELECT NEW.state, NEW.hold, NEW.spec_version = 1, coalesce(NEW.failure_code, ''),
           iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x''), 0, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM tally WHERE state = NEW.state AND hold = NEW.hold AND readable = (NEW.spec_version = 1)
      AND cause = coalesce(NEW.failure_code, '') AND volume = iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x''));
  UPDATE tally SET jobs = jobs + 1,
      source_bytes = source_bytes + iif(NEW.state <> 'done' OR (coalesce(NEW.source_size, 0) > 0 AND coalesce(NEW.output_size, 0) > 0),
        min(max(coalesce(NEW.source_size, 0), 0), 70368744177664), 0),
      output_bytes = output_bytes + iif(NEW.state = 'done' AND (coalesce(NEW.source_size, 0) > 0 AND coalesce(NEW.output_size, 0) > 0),
        min(NEW.output_size, 70368744177664), 0)
    WHERE state = NEW.state AND hold = NEW.hold AND readable = (NEW.spec_version = 1)
      AND cause = coalesce(NEW.failure_code, '') AND volume = iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x'');
END;

CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN
  UPDATE tally SET jobs = jobs - 1,
      source_bytes = source_bytes - iif(OLD.state <> 'done' OR (coalesce(OLD.source_size, 0) > 0 AND coalesce(OLD.output_size, 0) > 0),
        min(max(coalesce(OLD.source_size, 0), 0), 70368744177664), 0),
      output_bytes = output_bytes - iif(OLD.state = 'done' AND (coalesce(OLD.source_size, 0) > 0 AND coalesce(OLD.output_size, 0) > 0),
        min(OLD.output_size, 70368744177664), 0)
    WHERE state = OLD.state AND hold = OLD.hold AND readable = (OLD.spec_version = 1)
      AND cause = coalesce(OLD.failure_code, '') AND volume = iif(OLD.state = 'waiting', coalesce(OLD.output_volume, x''), x'');
END;

CREATE TRIGGER job_changed
AFTER UPDATE OF state, hold, spec_version, failure_code, output_volume, source_size, output_size ON job BEGIN
  UPDATE tally SET jobs = jobs - 1,
      source_bytes = source_bytes - iif(OLD.state <> 'done' OR (coalesce(OLD.source_size, 0) > 0 AND coalesce(OLD.output_size, 0) > 0),
        min(max(coalesce(OLD.source_size, 0), 0), 70368744177664), 0),
      output_bytes = output_bytes - iif(OLD.state = 'done' AND (coalesce(OLD.source_size, 0) > 0 AND coalesce(OLD.output_size, 0) > 0),
        min(OLD.output_size, 70368744177664), 0)
    WHERE state = OLD.state AND hold = OLD.hold AND readable = (OLD.spec_version = 1)
      AND cause = coalesce(OLD.failure_code, '') AND volume = iif(OLD.state = 'waiting', coalesce(OLD.output_volume, x''), x'');
  INSERT INTO tally
    SELECT NEW.state, NEW.hold, NEW.spec_version = 1, coalesce(NEW.failure_code, ''),
           iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x''), 0, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM tally WHERE state = NEW.state AND hold = NEW.hold AND readable = (NEW.spec_version = 1)
      AND cause = coalesce(NEW.failure_code, '') AND volume = iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x''));
  UPDATE tally SET jobs = jobs + 1,
      source_bytes = source_bytes + iif(NEW.state <> 'done' OR (coalesce(NEW.source_size, 0) > 0 AND coalesce(NEW.output_size, 0) > 0),
        min(max(coalesce(NEW.source_size, 0), 0), 70368744177664), 0),
      output_bytes = output_bytes + iif(NEW.state = 'done' AND (coalesce(NEW.source_size, 0) > 0 AND coalesce(NEW.output_size, 0) > 0),
        min(NEW.output_size, 70368744177664), 0)
    WHERE state = NEW.state AND hold = NEW.hold AND readable = (NEW.spec_version = 1)
      AND cause = coalesce(NEW.failure_code, '') AND volume = iif(NEW.state = 'waiting', coalesce(NEW.output_volume, x''), x'');
END;

-- Existing rows.
INSERT INTO tally
  SELECT state, hold, spec_version = 1, coalesce(failure_code, ''),
         iif(state = 'waiting', coalesce(output_volume, x''), x''), count(*),
         sum(iif(state <> 'done' OR (coalesce(source_size, 0) > 0 AND coalesce(output_size, 0) > 0),
           min(max(coalesce(source_size, 0), 0), 70368744177664), 0)),
         sum(iif(state = 'done' AND coalesce(source_size, 0) > 0 AND coalesce(output_size, 0) > 0,
           min(output_size, 70368744177664), 0))
  FROM job GROUP BY 1, 2, 3, 4, 5;

-- Replaced by "tally".
DROP INDEX job_saved;
DROP INDEX job_left;
DROP INDEX job_held;

-- In list order, even if two jobs have the same position, as in a restored queue.
DROP INDEX job_active;
CREATE INDEX job_active ON job(position, id, state) WHERE state IN ('queued','waiting','running');

-- Startable jobs with a backoff.
CREATE INDEX job_retry ON job(run_at, position)
  WHERE state = 'queued' AND hold = 0 AND spec_version = 1 AND run_at IS NOT NULL;
