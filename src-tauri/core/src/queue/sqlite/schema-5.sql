ALTER TABLE job ADD COLUMN checked TEXT;               -- outcome of the latest check of the result (JSON)
