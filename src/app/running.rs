//! The time that an application runs.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{App, Needs};

const HOUR: Duration = Duration::from_secs(3_600);

/// An application that runs: its time counts until this is dropped ([`App::keep_time_while_running`]).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let _running = app.keep_time_while_running(&countersign::Needs::default());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the time counts until it is dropped: keep it in a variable until the application ends"]
pub struct Running {
    app: App,
    needs: Needs,
    /// What wakes the thread when it is dropped, and the thread; none where the system has no thread to give.
    hourly: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Running {
    pub(super) fn new(app: App, needs: Needs) -> Running {
        let (end, ended) = mpsc::channel();
        let (of_thread, needed) = (app.clone(), needs.clone());
        let each_hour = move || {
            while ended.recv_timeout(HOUR) == Err(RecvTimeoutError::Timeout) {
                of_thread.keep_time(&needed);
            }
        };
        let thread = thread::Builder::new().name("countersign".to_owned());
        let hourly = thread.spawn(each_hour).ok().map(|thread| (end, thread));
        Running { app, needs, hourly }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.hourly.take() {
            drop(end);
            // Whether it ended well is of no use to an application that ends.
            let _ = thread.join();
        }
        self.app.keep_time(&self.needs);
    }
}
