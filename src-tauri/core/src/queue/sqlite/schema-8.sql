ALTER TABLE job ADD COLUMN output_root BLOB;           -- the output folder in its key; NULL: the folder of its result
ALTER TABLE job ADD COLUMN from_folder INTEGER NOT NULL DEFAULT 0; -- found in a folder, and not requested again

CREATE TABLE tree (                                    -- how the results of an added folder are called, for good
  destination BLOB NOT NULL,
  root BLOB NOT NULL,                                  -- the real path of the added folder
  name BLOB NOT NULL,
  name_key BLOB NOT NULL,                              -- as output_key
  PRIMARY KEY (destination, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX tree_name ON tree(destination, name_key);

CREATE TABLE finished (                                -- done jobs that are no longer in the list
  unique_key BLOB NOT NULL,
  source_path BLOB NOT NULL, source_size INTEGER, source_mtime_ns INTEGER,
  output_path BLOB NOT NULL, output_key BLOB NOT NULL, output_size INTEGER,
  job_id INTEGER NOT NULL, finished_at INTEGER NOT NULL,
  PRIMARY KEY (unique_key, output_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX finished_output ON finished(output_key);

CREATE TRIGGER job_remembered BEFORE DELETE ON job WHEN OLD.state = 'done' BEGIN
  INSERT OR REPLACE INTO finished (unique_key, source_path, source_size, source_mtime_ns, output_path, output_key,
    output_size, job_id, finished_at)
  VALUES (OLD.unique_key, OLD.source_path, OLD.source_size, OLD.source_mtime_ns, OLD.output_path, OLD.output_key,
    OLD.output_size, OLD.id, OLD.finished_at);
END;

CREATE INDEX job_ended_key ON job(unique_key, finished_at) WHERE state IN ('failed','cancelled');
