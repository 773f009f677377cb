//! Locks that outlive a panic of who held them.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks it, whatever a thread that panicked may have left in it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
