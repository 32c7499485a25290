//! Threads for calls that block: at most so many at a time, none while there is nothing to do.
//!
//! The threads are detached on purpose. Neither a runtime nor the end of the process waits for them, so a look-up that
//! hangs (getaddrinfo(3) may take half a minute) never holds up an exit; tokio's own blocking threads would, because a
//! runtime joins them when it is dropped.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{io, thread};

type Job = Box<dyn FnOnce() + Send>;

/// A bounded set of threads and the jobs that wait for one.
pub(crate) struct Pool {
    queue: Arc<Mutex<Queue>>,
    limit: usize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    workers: usize,
}

impl Pool {
    /// A pool of at most `limit` threads. None is started yet.
    pub(crate) fn new(limit: usize) -> Self {
        Self { queue: Arc::default(), limit }
    }

    /// Has `job` done as soon as a thread is free. On an error no thread could be started, and no job that waited will
    /// be done: they are dropped.
    pub(crate) fn submit(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut queue = lock(&self.queue);
        queue.jobs.push_back(Box::new(job));
        if queue.workers >= self.limit {
            return Ok(());
        }
        let shared = Arc::clone(&self.queue);
        match thread::Builder::new().name("names".to_owned()).spawn(move || work(&shared)) {
            Ok(_) => queue.workers += 1,
            Err(error) if queue.workers == 0 => {
                queue.jobs.clear();
                return Err(error);
            }
            Err(_) => {}
        }
        Ok(())
    }
}

impl Drop for Pool {
    /// Jobs not begun are not done.
    fn drop(&mut self) {
        lock(&self.queue).jobs.clear();
    }
}

fn work(queue: &Mutex<Queue>) {
    while let Some(job) = next(queue) {
        job();
    }
}

fn next(queue: &Mutex<Queue>) -> Option<Job> {
    let mut queue = lock(queue);
    let job = queue.jobs.pop_front();
    if job.is_none() {
        queue.workers -= 1;
    }
    job
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn no_more_jobs_run_at_once_than_threads_are_allowed() {
        let pool = Pool::new(3);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (done, all) = mpsc::channel();
        for _ in 0..40 {
            let (running, most, done) = (Arc::clone(&running), Arc::clone(&most), done.clone());
            let job = move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
                done.send(()).expect("the test listens");
            };
            pool.submit(job).expect("threads");
        }
        drop(done);
        assert_eq!(all.iter().count(), 40);
        assert!(most.load(Ordering::SeqCst) <= 3);
    }

    #[test]
    fn what_waits_when_the_pool_goes_is_dropped() {
        let pool = Pool::new(1);
        let (release, held) = mpsc::channel::<()>();
        let (started, begun) = mpsc::channel();
        pool.submit(move || {
            started.send(()).expect("the test listens");
            held.recv().ok();
        })
        .expect("thread");
        begun.recv().expect("the first job runs");
        let (done, outcome) = mpsc::channel();
        pool.submit(move || done.send(()).expect("the test listens")).expect("queued");
        drop(pool);
        assert_eq!(outcome.recv(), Err(mpsc::RecvError));
        drop(release);
    }
}
