PRAGMA application_id = 1399877487;                    -- 0x53706f6f, "Spoo": marks the file as a queue of Spool
