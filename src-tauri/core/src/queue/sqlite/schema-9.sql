CREATE TABLE learned (                                 -- how long jobs took on this machine, the newest last
  id INTEGER PRIMARY KEY,
  task BLOB NOT NULL,                                  -- what preset and options mean
  cost REAL NOT NULL,
  codec TEXT NOT NULL, megapixels REAL, seconds REAL, bytes INTEGER NOT NULL,
  jobs REAL NOT NULL,                                  -- that were at work at a time
  took REAL NOT NULL                                   -- seconds
) STRICT;
CREATE INDEX learned_task ON learned(task);
