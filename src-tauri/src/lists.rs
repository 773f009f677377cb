//! The lists as the window pages through them: rows with their places, facts and pictures.

use crate::previews;
use crate::state::Spool;
use crate::view::{Entry, List, Page, Picked, Row, Wanted};
use spool_core::error::Result;
use spool_core::job::{Job, JobId, State};
use spool_core::media::Kind;
use spool_core::queue::{Filter, Sort};
use spool_core::verify::verification::StreamCheck;

impl Spool {
    /// Part of a list.
    pub fn page(&self, wanted: &Wanted) -> Result<Page> {
        if wanted.list == List::Failed && wanted.find.is_empty() {
            return self.failed_page(wanted.offset, wanted.limit, &wanted.open);
        }
        let filter = filter(wanted);
        let jobs = self.queue().page(&filter, wanted.offset, wanted.limit)?;
        let total = self.total(&filter, wanted.list)?;
        let entries = self.rows(&jobs, wanted.find.is_empty())?;
        Ok(Page { offset: wanted.offset, entries, total, groups: 0 })
    }

    /// The jobs of a part of a list, which may be all of it.
    pub fn pick(&self, wanted: &Wanted) -> Result<Vec<Picked>> {
        let jobs = if wanted.list == List::Failed && wanted.find.is_empty() {
            self.failed_jobs(wanted.offset, wanted.limit, &wanted.open)?
        } else {
            self.queue().page(&filter(wanted), wanted.offset, wanted.limit)?
        };
        Ok(jobs.iter().map(Picked::from).collect())
    }

    fn total(&self, filter: &Filter, list: List) -> Result<u64> {
        if !filter.name.is_empty() {
            return self.queue().matching(filter);
        }
        let counts = self.queue().counts()?;
        Ok(match list {
            List::Queue => counts.queued + counts.waiting + counts.running,
            List::Done => counts.done + counts.cancelled,
            List::Failed => counts.failed,
        })
    }

    /// Rows; without gaps between them they have places: the first startable one is counted, the others follow it.
    fn rows(&self, jobs: &[Job], gapless: bool) -> Result<Vec<Entry>> {
        let may_start = |job: &&Job| job.state == State::Queued && !job.hold && job.run_at.is_none();
        let mut place = match jobs.iter().find(may_start) {
            Some(first) if gapless => self.queue().startable_before(first.position)?,
            _ => 0,
        };
        let mut row = |job| {
            let its = (gapless && may_start(&job)).then(|| {
                place += 1;
                place
            });
            Entry::Row(Box::new(self.row(job, its)))
        };
        Ok(jobs.iter().map(&mut row).collect())
    }

    /// A row; what it lacks is looked up when there is time.
    pub fn row(&self, job: &Job, place: Option<u64>) -> Row {
        let thumb = previews::picture(&self.data, job.id).exists();
        self.previews.want(job, thumb);
        Row::new(job, place, thumb, job.state == State::Done && self.was_copied(job.id))
    }

    /// Is the picture of its result a copy, by what was checked of it?
    fn was_copied(&self, id: JobId) -> bool {
        let attempts = self.queue().attempts(id).unwrap_or_default();
        let seen = attempts.last().and_then(|attempt| attempt.verification.as_ref());
        let is_picture = |stream: &&StreamCheck| stream.kind == Kind::Video && !stream.cover;
        seen.is_some_and(|seen| seen.streams.iter().find(is_picture).is_some_and(|picture| picture.copied))
    }
}

fn filter(wanted: &Wanted) -> Filter {
    let sort = if wanted.list == List::Done { wanted.sorted.into() } else { Sort::Usual };
    Filter { states: wanted.list.states(), name: wanted.find.clone(), sort }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Sorted;

    #[test]
    fn a_page_holds_what_the_filter_leaves_with_their_places() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["a.mkv", "b.mkv", "ab.mkv"] {
            std::fs::write(videos.path().join(name), "x").unwrap();
        }
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        let page = |find: &str| {
            let wanted = Wanted {
                list: List::Queue,
                offset: 0,
                limit: 9,
                open: vec![],
                find: find.into(),
                sorted: Sorted::Newest,
            };
            let page = spool.page(&wanted).unwrap();
            let picked: Vec<i64> = spool.pick(&wanted).unwrap().iter().map(|p| p.id).collect();
            let ids = |entry: &Entry| if let Entry::Row(row) = entry { row.id } else { panic!() };
            assert_eq!(picked, page.entries.iter().map(ids).collect::<Vec<_>>());
            let row = |entry: &Entry| {
                if let Entry::Row(row) = entry { (row.name.clone(), row.place) } else { panic!() }
            };
            (page.entries.iter().map(row).collect::<Vec<_>>(), page.total)
        };
        let row = |name: &str, place| (name.to_owned(), place);
        assert_eq!(page(""), (vec![row("a.mkv", Some(1)), row("ab.mkv", Some(2)), row("b.mkv", Some(3))], 3));
        assert_eq!(
            page("B."),
            (vec![row("ab.mkv", None), row("b.mkv", None)], 2),
            "with gaps there are no places"
        );
    }
}
