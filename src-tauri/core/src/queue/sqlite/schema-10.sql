-- Why an attempt ended is kept with its values (JSON, see failure::Reason); a sentence, as before, is still read.
ALTER TABLE job RENAME COLUMN failure_message TO failure_reason;
ALTER TABLE attempt RENAME COLUMN failure_message TO failure_reason;
