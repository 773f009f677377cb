ALTER TABLE attempt ADD COLUMN boot TEXT;              -- boot id of the machine; NULL: unknown
ALTER TABLE job ADD COLUMN machine_ends INTEGER NOT NULL DEFAULT 0; -- in a row, without progress beyond best_progress
ALTER TABLE job ADD COLUMN best_progress TEXT;         -- best progress of earlier attempts (JSON)
