//! Telling pages that the log has grown. Only its size is said, which is public; what a page may show it asks for itself.
//!
//! A listener that is slow loses nothing and holds nothing up: there is one number, the newest.

use super::extract::Visit;
use super::{Web, error};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Least time between two tellings: a city writes thousands of times in a second, and nobody reads so fast.
const PAUSE: Duration = Duration::from_secs(1);
/// Silence after which something is said, so that a broken line is noticed.
const SILENCE: Duration = Duration::from_secs(15);
/// How long one line is kept. A browser comes again by itself.
const LINE: Duration = Duration::from_secs(120);

/// A line to one listener.
struct Line {
    grown: Receiver<u64>,
    stop: Receiver<bool>,
    next: Instant,
    end: Instant,
    _place: OwnedSemaphorePermit,
}

/// `GET /log/events`: server-sent events (HTML Living Standard §9.2), `grown` with the number of entries.
pub(super) async fn events(web: Web, visit: Visit) -> Response {
    let shared = web.0;
    let Ok(place) = shared.listeners.clone().try_acquire_owned() else {
        shared.state.kernel.counters().add("page", "busy");
        return error::busy(visit.lang);
    };
    let now = Instant::now();
    let (grown, stop) = (shared.state.kernel.watch(), shared.state.stop.clone());
    let line = Line { grown, stop, next: now, end: now + LINE, _place: place };
    Sse::new(stream::unfold(line, told)).into_response()
}

/// Waits for the next thing to say.
async fn told(mut line: Line) -> Option<(Result<Event, Infallible>, Line)> {
    if Instant::now() >= line.end {
        return None;
    }
    let due = async |grown: &mut Receiver<u64>, next: Instant, end: Instant| {
        sleep_until(next).await;
        timeout_at(end.min(Instant::now() + SILENCE), grown.changed()).await
    };
    let said = tokio::select! {
        // An error means that the city has gone: that is a stop too.
        _ = line.stop.wait_for(|stop| *stop) => return None,
        said = due(&mut line.grown, line.next, line.end) => said,
    };
    let said = match said {
        Ok(Ok(())) => Event::default().event("grown").data(line.grown.borrow_and_update().to_string()),
        Ok(Err(_)) => return None,
        Err(_) => Event::default().comment("here"),
    };
    line.next = Instant::now() + PAUSE;
    Some((Ok(said), line))
}
