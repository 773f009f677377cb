//! The lists of jobs, page by page: rows with their place in the start order, facts and thumbnails.

use crate::previews;
use crate::state::Spool;
use crate::view::{
    End, Entry, JobCommand, JobGroup, JobIds, JobView, Kind, List, Page, PageRequest, Row, among, between,
};
use spool_core::engine::lock;
use spool_core::error::Result;
use spool_core::job::{Job, JobId, State};
use spool_core::media;
use spool_core::queue::{Filter, Selection, Sort};
use spool_core::verify::verification::StreamCheck;
use std::collections::HashMap;

/// Maximum number of entries in a page.
const LONGEST_PAGE: u64 = 200;

impl Spool {
    /// Returns part of a list.
    pub fn page(&self, wanted: &PageRequest) -> Result<Page> {
        let limit = wanted.limit.min(LONGEST_PAGE);
        if wanted.list == List::Failed && wanted.find.is_empty() {
            return self.failed_page(wanted.offset, limit, &wanted.open);
        }
        let filter = filter(wanted);
        let jobs = self.queue().page(&filter, wanted.offset, limit)?;
        let total = self.total(&filter, wanted.list)?;
        let entries = self.rows(&jobs, wanted.find.is_empty())?;
        Ok(Page { offset: wanted.offset, entries, total, groups: 0 })
    }

    /// Returns the jobs of a list as it is now: all, or those between `ends`, inclusive.
    pub fn pick(&self, wanted: &PageRequest, ends: Option<&[End; 2]>) -> Result<JobIds> {
        let listed = self.listed(wanted)?;
        let picked = match ends {
            Some(ends) => between(&listed, ends),
            None => listed.into_iter().flatten().collect(),
        };
        Ok(picked.into())
    }

    /// Groups those of `jobs` that are still in the list by the commands that apply to them.
    pub fn kinds(&self, wanted: &PageRequest, jobs: &[JobId]) -> Result<Vec<JobGroup>> {
        let mut kinds: HashMap<Kind, Vec<JobId>> = HashMap::new();
        for id in among(self.listed(wanted)?.into_iter().flatten(), jobs) {
            if let Some(job) = self.job(id)? {
                kinds.entry(Kind::from(&job)).or_default().push(id);
            }
        }
        Ok(kinds.into_iter().map(|(kind, ids)| JobGroup { kind, jobs: ids.into() }).collect())
    }

    /// Returns the job at each index of a list; `None` for a header.
    fn listed(&self, wanted: &PageRequest) -> Result<Vec<Option<JobId>>> {
        if wanted.list == List::Failed && wanted.find.is_empty() {
            return self.failed_jobs(&wanted.open);
        }
        Ok(self.queue().ids(&filter(wanted))?.into_iter().map(Some).collect())
    }

    /// Executes a command on these jobs. Jobs moved to the top keep their order in the list, which may differ from the
    /// order of `ids`.
    pub fn apply_to_these(&self, verb: JobCommand, ids: Vec<JobId>) -> Result<()> {
        let ids = match verb {
            JobCommand::MoveTop => among(self.queue().ids(&Filter::of(&List::Queue.states()))?, &ids),
            _ => ids,
        };
        self.apply(verb.into(), &Selection::Ids(ids)).map(drop)
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

    /// Creates rows. If `gapless`, startable rows get their place in the start order: that of the first is looked up,
    /// the others follow.
    fn rows(&self, jobs: &[Job], gapless: bool) -> Result<Vec<Entry>> {
        let may_start = |job: &&Job| job.state == State::Queued && !job.hold && job.run_at.is_none();
        let mut place = match jobs.iter().find(may_start) {
            Some(first) if gapless => self.queue().startable_before(first.position)?,
            _ => 0,
        };
        let mut row = |job| {
            let start_place = (gapless && may_start(&job)).then(|| {
                place += 1;
                place
            });
            Entry::Row(Box::new(self.row(job, start_place)))
        };
        Ok(jobs.iter().map(&mut row).collect())
    }

    /// Creates a row and requests the facts or the thumbnail that it lacks.
    pub fn row(&self, job: &Job, place: Option<u64>) -> Row {
        let thumb = previews::picture(&self.data, job.id).exists();
        self.previews.want(job, thumb);
        let copied = job.state == State::Done && self.was_copied(job.id);
        Row { job: self.view(job), thumb, copied, place }
    }

    /// Creates the view of a job for front ends.
    pub fn view(&self, job: &Job) -> JobView {
        let may_be_abandoned = job.state == State::Running && !self.is_working();
        JobView::of(job, may_be_abandoned.then(|| lock::last_sign(&self.data)).flatten())
    }

    /// Checks whether the video stream of the result is a copy, by its verification.
    fn was_copied(&self, id: JobId) -> bool {
        let attempts = self.queue().attempts(id).unwrap_or_default();
        let seen = attempts.last().and_then(|attempt| attempt.verification.as_ref());
        let is_video = |stream: &&StreamCheck| stream.kind == media::Kind::Video && !stream.cover;
        seen.is_some_and(|seen| seen.streams.iter().find(is_video).is_some_and(|video| video.copied))
    }
}

fn filter(wanted: &PageRequest) -> Filter {
    let sort = if wanted.list == List::Done { wanted.sorted.into() } else { Sort::Usual };
    Filter { states: wanted.list.states(), name: wanted.find.clone(), sort }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::SortOrder;

    /// Creates a queue with these videos.
    fn filled(names: &[&str]) -> (Spool, [tempfile::TempDir; 2]) {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in names {
            std::fs::write(videos.path().join(name), "x").unwrap();
        }
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        (spool, [data, videos])
    }

    fn wanted(find: &str) -> PageRequest {
        PageRequest {
            list: List::Queue,
            offset: 0,
            limit: 9,
            open: vec![],
            find: find.into(),
            sorted: SortOrder::Newest,
        }
    }

    fn ids(numbers: &[i64]) -> Vec<JobId> {
        numbers.iter().copied().map(JobId).collect()
    }

    #[test]
    fn selection_excludes_jobs_that_left_the_list_or_were_added_later() {
        let (spool, dirs) = filled(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        let all = spool.pick(&wanted(""), None).unwrap().ids().unwrap();
        assert_eq!(all, ids(&[1, 2, 3, 4]));
        spool.apply_to_these(JobCommand::Cancel, ids(&[2])).unwrap();
        spool.apply_to_these(JobCommand::Hold, ids(&[3])).unwrap();
        std::fs::write(dirs[1].path().join("e.mkv"), "x").unwrap();
        spool.add(&[dirs[1].path().to_owned()], "web-1080p").unwrap();
        let mut lots = spool.kinds(&wanted(""), &all).unwrap();
        lots.sort_by_key(|lot| lot.kind.hold);
        let kinds: Vec<_> = lots.iter().map(|lot| (lot.kind.hold, lot.jobs.ids().unwrap())).collect();
        assert_eq!(kinds, [(false, ids(&[1, 4])), (true, ids(&[3]))]);
        assert_eq!(spool.kinds(&wanted("D"), &all).unwrap()[0].jobs.ids().unwrap(), ids(&[4]));
    }

    #[test]
    fn range_contains_the_jobs_between_its_ends_also_after_a_move() {
        let (spool, _dirs) = filled(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        let end = |id, place| End { id, place };
        let between = |a, b| spool.pick(&wanted(""), Some(&[a, b])).unwrap().ids().unwrap();
        assert_eq!(between(end(3, 2), end(2, 1)), ids(&[2, 3]));
        spool.apply_to_these(JobCommand::MoveTop, ids(&[3])).unwrap();
        assert_eq!(between(end(3, 2), end(2, 1)), ids(&[1, 2, 3]), "the ends count at their current indices");
    }

    #[test]
    fn jobs_moved_to_the_top_keep_their_order_in_the_list() {
        let (spool, _dirs) = filled(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        spool.apply_to_these(JobCommand::MoveTop, ids(&[3])).unwrap();
        spool.apply_to_these(JobCommand::MoveTop, ids(&[2, 3, 4])).unwrap();
        assert_eq!(spool.queue().ids(&Filter::of(&List::Queue.states())).unwrap(), ids(&[3, 2, 4, 1]));
    }

    #[test]
    fn page_contains_the_filtered_rows_with_their_places() {
        let (spool, _dirs) = filled(&["a.mkv", "b.mkv", "ab.mkv"]);
        let page = |find: &str| {
            let wanted = wanted(find);
            let page = spool.page(&wanted).unwrap();
            let picked = spool.pick(&wanted, None).unwrap();
            let ids = |entry: &Entry| if let Entry::Row(row) = entry { row.job.id } else { panic!() };
            assert_eq!(picked, page.entries.iter().map(ids).collect::<Vec<_>>().into());
            let row = |entry: &Entry| {
                if let Entry::Row(row) = entry { (row.job.name.clone(), row.place) } else { panic!() }
            };
            (page.entries.iter().map(row).collect::<Vec<_>>(), page.total)
        };
        let row = |name: &str, place| (name.to_owned(), place);
        assert_eq!(page(""), (vec![row("a.mkv", Some(1)), row("ab.mkv", Some(2)), row("b.mkv", Some(3))], 3));
        assert_eq!(
            page("B."),
            (vec![row("ab.mkv", None), row("b.mkv", None)], 2),
            "rows of a search have no places"
        );
    }
}
