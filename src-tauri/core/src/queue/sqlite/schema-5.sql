ALTER TABLE job ADD COLUMN checked TEXT;               -- what checking the result again found (JSON)
