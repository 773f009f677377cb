PRAGMA application_id = 1399877487;                    -- 0x53706f6f, "Spoo": this file is a queue of ours
