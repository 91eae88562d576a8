//! How pages are made, for whoever makes one: `GET /design`.

use super::Web;
use super::extract::Visit;
use crate::views::DesignPage;
use axum::response::Response;

pub(super) async fn show(web: Web, visit: Visit) -> Response {
    web.0
        .answer(visit, |desk| {
            let air = &desk.words().air;
            let words = [&air.level_1, &air.level_2, &air.level_3, &air.level_4, &air.level_5, &air.level_6];
            let levels = (1..).zip(words).map(|(level, words)| (level, words.clone()));
            desk.html(&DesignPage { page: desk.page(), levels: levels.collect() })
        })
        .await
}
