//! Moves of jobs in the list: the contract of every queue.

use crate::queue::fixture::contract;
use spool_core::job::State;
use spool_core::queue::{Command, Refusal};

contract! {
    moves_reorder_and_keep_a_selection_together => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.apply(Command::MoveTop, &[ids[2], ids[3]]);
        assert_eq!(w.names(&[State::Queued]), ["c.mkv", "d.mkv", "a.mkv", "b.mkv"]);
        w.apply(Command::MoveDown, &[ids[2], ids[3]]);
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "c.mkv", "d.mkv", "b.mkv"]);
        w.apply(Command::MoveUp, &[ids[1]]);
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "c.mkv", "b.mkv", "d.mkv"]);
        w.apply(Command::MoveUp, &[ids[0]]);
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "c.mkv", "b.mkv", "d.mkv"], "the first stays first");
        assert_eq!(w.claim().id, ids[0]);
    }

    jobs_moved_to_the_bottom_come_last_in_the_order_named => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.apply(Command::MoveBottom, &[ids[0], ids[1]]);
        assert_eq!(w.names(&[State::Queued]), ["c.mkv", "d.mkv", "a.mkv", "b.mkv"]);
        w.add(&["e.mkv"]);
        w.apply(Command::MoveBottom, &[ids[1], ids[3]]);
        assert_eq!(w.names(&[State::Queued]), ["c.mkv", "a.mkv", "e.mkv", "b.mkv", "d.mkv"]);
        let running = w.claim();
        assert_eq!(
            w.apply(Command::MoveBottom, &[running.id]).refused,
            [(running.id, Refusal::State(State::Running))]
        );
        assert_eq!(w.claim().id, ids[0]);
    }

    a_block_at_the_edge_keeps_its_order => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.apply(Command::MoveUp, &[ids[0], ids[1]]);
        w.apply(Command::MoveDown, &[ids[2], ids[3]]);
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.apply(Command::MoveUp, &[ids[2], ids[1]]);
        assert_eq!(w.names(&[State::Queued]), ["b.mkv", "c.mkv", "a.mkv", "d.mkv"], "in list order");
        w.apply(Command::MoveUp, &[ids[1], ids[0]]);
        assert_eq!(w.names(&[State::Queued]), ["b.mkv", "a.mkv", "c.mkv", "d.mkv"], "a job that can move does");
    }
}
