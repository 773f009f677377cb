-- How many jobs there are of each kind, with their bytes, so that no look at the queue counts its rows. Kept by the
-- triggers below alone, whoever writes.
CREATE TABLE tally (
  state TEXT NOT NULL, hold INTEGER NOT NULL, readable INTEGER NOT NULL,
  cause TEXT NOT NULL,                                 -- failure_code; empty: none
  volume BLOB NOT NULL,                                -- of what waits: output_volume; empty: none, or not known
  jobs INTEGER NOT NULL,
  source_bytes INTEGER NOT NULL,                       -- of done jobs: of those whose both sizes are known
  output_bytes INTEGER NOT NULL,
  PRIMARY KEY (state, hold, readable, cause, volume)
) STRICT, WITHOUT ROWID;

-- A size that no file has counts as 70 TB, so that no sum leaves the range of its column. No conflict clause: that of the
-- statement which writes to "job" would replace it. The same is written out in each, for a call would cost as much again.
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

-- What is there already.
INSERT INTO tally
  SELECT state, hold, spec_version = 1, coalesce(failure_code, ''),
         iif(state = 'waiting', coalesce(output_volume, x''), x''), count(*),
         sum(iif(state <> 'done' OR (coalesce(source_size, 0) > 0 AND coalesce(output_size, 0) > 0),
           min(max(coalesce(source_size, 0), 0), 70368744177664), 0)),
         sum(iif(state = 'done' AND coalesce(source_size, 0) > 0 AND coalesce(output_size, 0) > 0,
           min(output_size, 70368744177664), 0))
  FROM job GROUP BY 1, 2, 3, 4, 5;

-- Their sums and counts stand in "tally" now.
DROP INDEX job_saved;
DROP INDEX job_left;
DROP INDEX job_held;

-- In the order of the list, also where two jobs stand at one place, as in a queue that was restored.
DROP INDEX job_active;
CREATE INDEX job_active ON job(position, id, state) WHERE state IN ('queued','waiting','running');

-- Which of those that may start are not due yet.
CREATE INDEX job_retry ON job(run_at, position)
  WHERE state = 'queued' AND hold = 0 AND spec_version = 1 AND run_at IS NOT NULL;
