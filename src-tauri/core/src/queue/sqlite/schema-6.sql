ALTER TABLE attempt ADD COLUMN boot TEXT;              -- the run of the machine it ran in; NULL: not known
ALTER TABLE job ADD COLUMN machine_ends INTEGER NOT NULL DEFAULT 0; -- in a row, without progress beyond best_progress
ALTER TABLE job ADD COLUMN best_progress TEXT;         -- the farthest of the attempts before the present one (JSON)
