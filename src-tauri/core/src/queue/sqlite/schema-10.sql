-- The reason of a failure is stored with its values (JSON, see failure::Reason); sentences of earlier versions are
-- still read.
ALTER TABLE job RENAME COLUMN failure_message TO failure_reason;
ALTER TABLE attempt RENAME COLUMN failure_message TO failure_reason;
