//! The public first page.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::Visit;
use crate::views::{Home, LogHead};
use axum::response::Response;
use kernel::InboxTab;

pub(super) async fn show(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, home).await
}

fn home(desk: &Desk) -> Result<Response, Fault> {
    let mut page = desk.page();
    if let (Some(signed_in), Some(actor)) = (&mut page.signed_in, &desk.actor) {
        // A page behind the last has no rows: only the list is counted.
        signed_in.inbox = desk.kernel().inbox(actor, InboxTab::Mine, u32::MAX)?.total as u64;
    }
    desk.html(&Home { page, head: head(desk)? })
}

fn head(desk: &Desk) -> Result<Option<LogHead>, Fault> {
    let newest = desk.kernel().heads(1)?.pop();
    let head = newest.and_then(|checkpoint| desk.kernel().open_head(&checkpoint).ok());
    Ok(head.map(|head| {
        let root = proof::hex(&head.root);
        LogHead {
            size: head.size,
            time: desk.minute(head.signed),
            root_short: format!("{} {} … {}", &root[..4], &root[4..8], &root[60..]),
            href: Some("/log/head".to_owned()),
        }
    }))
}
