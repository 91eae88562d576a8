//! Messages: refused, not found, failed, signed out.

use super::{Pages, Say, link, render};
use web::views::{Message, MessageKind};

pub fn pages(say: Say) -> Pages {
    let message = |kind, links| render(&Message { page: say.officer("/cases/2026-000128"), kind, links });
    let public = |kind| render(&Message { page: say.public("/nowhere"), kind, links: vec![] });
    let refused = MessageKind::Refused {
        what: say.of("复核本事项", "re-check this case"),
        because: say.of(
            "复核须由核实人员以外的人员办理，而您是本事项的核实人员",
            "the re-check must be done by somebody other than the one who verified it, and that was you",
        ),
        instead: vec![
            say.of("请另一名执法人员办理复核", "ask another enforcement officer to re-check it"),
            say.of("补充核实意见", "add to your verification"),
        ],
    };
    let back = vec![link("/cases/2026-000128", &say.of("回到事项 2026-000128", "Back to case 2026-000128"))];
    let failed = |telephone: Option<&str>| MessageKind::Failed {
        number: "7f3a-01".to_owned(),
        telephone: telephone.map(str::to_owned),
    };
    vec![
        ("message-refused", message(refused, back.clone())),
        ("message-not-found", public(MessageKind::NotFound)),
        ("message-failed", message(failed(Some("12345")), back)),
        ("message-failed-short", public(failed(None))),
        ("message-signed-out", public(MessageKind::SignedOut { expired: false })),
        ("message-expired", public(MessageKind::SignedOut { expired: true })),
    ]
}
