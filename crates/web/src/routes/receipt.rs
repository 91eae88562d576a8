//! A receipt: one entry of the log, tied to a signed head, as a page and as the file that proves it anywhere.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use super::packet::number;
use super::trail::platform_title;
use super::{Web, people, recorded, show};
use crate::paths;
use crate::views::{Epoch, Link, PathStep, Receipt, Side};
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::StoredReceipt;
use model::{Item, Text, Urn};
use proof::{hex, leaf_hash};

/// `/receipts/128` is the page, `/receipts/128.json` the file.
pub(super) async fn show(web: Web, visit: Visit, file: Segment) -> Response {
    let make = move |desk: &Desk| {
        let Path(name) = file.map_err(|_| Fault::NothingHere)?;
        match name.strip_suffix(".json") {
            Some(name) => download(desk, number(Ok(Path(name.to_owned())))?),
            None => page(desk, number(Ok(Path(name)))?),
        }
    };
    web.0.answer(visit, make).await
}

fn download(desk: &Desk, sequence: u64) -> Result<Response, Fault> {
    let stored = desk.kernel().receipt(sequence, desk.actor.as_ref())?;
    let json = serde_json::to_string_pretty(&stored.receipt).map_err(Fault::Json)?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"datong-receipt-{sequence}.json\"")),
    ];
    Ok((headers, json).into_response())
}

fn page(desk: &Desk, sequence: u64) -> Result<Response, Fault> {
    let kernel = desk.kernel();
    let stored = kernel.receipt(sequence, desk.actor.as_ref())?;
    let leaf = &stored.entry.leaf;
    let head = kernel.open_head(&stored.receipt.checkpoint).ok();
    let items = stored.entry.decoded().unwrap_or_default();
    let is_packet = items.iter().any(|item| matches!(item, Item::Batch(_)));
    let page = Receipt {
        page: desk.page(),
        entry: sequence,
        head_size: head.as_ref().map(|head| head.size),
        head_time: head.as_ref().map(|head| desk.minute(head.signed)),
        // An entry that a restore has voided is in no log any more, so none is shown here; see `/verify`.
        epoch: Epoch::Kept,
        who: who(desk, &leaf.actor),
        when: desk.zone().second(leaf.committed),
        act: act_title(desk, &leaf.act, &leaf.ground),
        ground: Some(ground(desk, &leaf.ground)).filter(|ground| !ground.is_empty()),
        cause: leaf.cause.map(|cause| Link { href: paths::receipt(cause), text: cause.to_string() }),
        case: case(desk, &items),
        packet: is_packet.then(|| Link { href: paths::packet(sequence), text: sequence.to_string() }),
        recorded: recorded::recorded(desk, &stored.receipt),
        leaf: hex(&leaf_hash(&stored.entry.leaf_bytes)),
        path: path(&stored),
        root: head.map(|head| hex(&head.root)).unwrap_or_default(),
        checkpoint: stored.receipt.checkpoint.clone(),
        key: stored.receipt.key.clone(),
        download_href: paths::receipt_file(sequence),
        address: desk.address(&paths::receipt(sequence)),
    };
    desk.html(&page)
}

/// Who acted. Visitors see of a person what the leaf itself says, an opaque name; titles are for those who work here.
pub(super) fn who(desk: &Desk, actor: &Urn) -> String {
    let person = actor.is_person();
    if person && desk.actor.is_none() {
        show::tail(actor.as_str()).to_owned()
    } else {
        people::title(desk, actor)
    }
}

/// What an act is called by the process on which it was done, or by these pages.
pub(super) fn act_title(desk: &Desk, act: &str, ground: &str) -> String {
    let mut processes = desk.loaded().definitions.processes.values();
    let process = processes.find(|(_, process)| process.id == *ground);
    let action = process.and_then(|(_, process)| process.action.iter().find(|action| action.id == *act));
    action.map_or_else(|| platform_title(desk, act), |action| desk.text(&action.title).to_owned())
}

/// What an entry rests on, in words: a process, a rule or a connector by its title, a power of the post, a law.
pub(super) fn ground(desk: &Desk, ground: &str) -> String {
    let definitions = &desk.loaded().definitions;
    if let Some((_, process)) = definitions.processes.values().find(|(_, process)| process.id == *ground) {
        return desk.text(&process.title).to_owned();
    }
    let titled = |title: &Text, basis: &str| format!("{} · {}", desk.text(title), desk.cite(basis));
    let named = ground.split_once(' ').and_then(|(kind, rest)| match kind {
        "power" | "undoing" => Some(desk.words().receipt.by_power.clone()),
        "rule" | "connector" => {
            let (id, basis) = rest.split_once(": ")?;
            let rule = definitions.rules.iter().find(|rule| rule.id == *id).map(|rule| &rule.title);
            let connector = definitions.connectors.get(id).map(|connector| &connector.title);
            Some(titled(rule.or(connector)?, basis))
        }
        _ => None,
    });
    named.unwrap_or_else(|| desk.cite(ground))
}

/// The case that this entry moved, for those who may see it.
fn case(desk: &Desk, items: &[Item]) -> Option<Link> {
    let actor = desk.actor.as_ref()?;
    let cases = items.iter().filter_map(|item| match item {
        Item::Change(change) => desk.kernel().case(&change.entity, actor).ok(),
        Item::Series(_) | Item::Batch(_) => None,
    });
    let link = |case: kernel::CaseView| Link {
        href: paths::case(case.entity.urn.as_str()),
        text: show::case_number(desk, &case),
    };
    cases.map(link).next()
}

fn path(stored: &StoredReceipt) -> Vec<PathStep> {
    let inclusion = &stored.receipt.inclusion;
    let sides = sides(inclusion.index, inclusion.size);
    let steps = inclusion.path.iter().zip(sides);
    steps.map(|(hash, side)| PathStep { side, hash: hash.clone() }).collect()
}

/// On which side each sibling stands, from the leaf upwards (RFC 9162 §2.1.3.2).
fn sides(index: u64, size: u64) -> impl Iterator<Item = Side> {
    let (mut ours, mut last) = (index, size.saturating_sub(1));
    std::iter::from_fn(move || {
        let left = ours & 1 == 1 || ours == last;
        if left {
            // The right edge of the tree climbs until it is a right child again.
            while ours & 1 == 0 && ours != 0 {
                (ours, last) = (ours >> 1, last >> 1);
            }
        }
        (ours, last) = (ours >> 1, last >> 1);
        Some(if left { Side::Left } else { Side::Right })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof::{Digest, inclusion, root};

    fn node(left: &Digest, right: &Digest) -> Digest {
        let Ok(root) = root([*left, *right].as_slice(), 2);
        root
    }

    #[test]
    fn the_sides_shown_lead_to_the_root() {
        for size in 1..20_u64 {
            let leaves: Vec<Digest> = (0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
            let Ok(top) = root(leaves.as_slice(), size);
            for index in 0..size {
                let Ok(path) = inclusion(leaves.as_slice(), index, size);
                let start = leaf_hash(&index.to_be_bytes());
                let reached =
                    path.iter().zip(sides(index, size)).fold(start, |hash, (sibling, side)| match side {
                        Side::Left => node(sibling, &hash),
                        Side::Right => node(&hash, sibling),
                    });
                assert_eq!(reached, top, "{index} of {size}");
            }
        }
    }
}
