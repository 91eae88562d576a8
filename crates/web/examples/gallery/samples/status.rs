//! The node's own page.

use super::{Pages, Say, link, render};
use web::views::{DesignPage, FormerKey, StatusPage};

const KEY: &str = "datong/0707070707070707+0e1f2a3b+AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGh";

fn former() -> FormerKey {
    FormerKey {
        key: KEY.to_owned(),
        last: "118".to_owned(),
        at: "2026-09-30 10:00:00".to_owned(),
        receipt: link("/log/rotations/117.json", "117"),
    }
}

pub fn pages(say: Say) -> Pages {
    let page = |some: bool| StatusPage {
        page: say.public("/status"),
        begun: "2026-01-01 09:00".to_owned(),
        size: 128,
        upkeep: [
            say.of("自 2026-01-01 09:00 起", "since 2026-01-01 09:00"),
            say.of("没有备份过", "none yet"),
        ],
        version: "0.1.0".to_owned(),
        up: vec![("30".to_owned(), "99.9".to_owned()), ("365".to_owned(), "99.7".to_owned())],
        down: if some {
            vec![["2026-09-01 02:00", "2026-09-01 02:12", "12"].map(str::to_owned)]
        } else {
            vec![]
        },
        restored: if some { vec![("2026-09-02 03:00".to_owned(), "120".to_owned())] } else { vec![] },
        heads: if some {
            vec![("128".to_owned(), "2026-10-08 09:40:00".to_owned(), "6e340b9cffb37a98".to_owned())]
        } else {
            vec![]
        },
        drill: some.then(|| {
            let told =
                say.of("2026-10-01 03:00：已核对，无差错。", "2026-10-01 03:00: checked, nothing wrong.");
            (true, told, link("/receipts/90", "90"))
        }),
        key: KEY.to_owned(),
        former: if some { vec![former()] } else { vec![] },
        commands: some.then(|| ["00".repeat(16), "11".repeat(16)]),
        error: some.then(|| say.of("正在进行另一次恢复演练", "another one is under way")),
        links: vec![link("/log/head", "/log/head"), link("/health", "/health")],
    };
    let levels = vec![(1, say.of("优", "Excellent")), (4, say.of("中度污染", "Moderately polluted"))];
    vec![
        ("status", render(&page(true))),
        ("status-quiet", render(&page(false))),
        ("design", render(&DesignPage { page: say.public("/design"), levels })),
    ]
}
