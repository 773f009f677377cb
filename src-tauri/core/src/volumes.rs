//! Volumes: the file systems of users, which may be slow, full, gone, or hang for ever.

pub mod mounts;
