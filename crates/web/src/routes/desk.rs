//! The desk at which a page is made: who asks, in which language, and the kernel to ask in turn.

use super::error::Fault;
use super::extract::Visit;
use super::packs::Told;
use super::{Shared, WebState};
use crate::texts::{Lang, Texts};
use crate::views::{Footer, Page, SignedIn};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use kernel::{Actor, Kernel, Loaded};
use model::{Instant, Name, Text, Zone};
use paper::Fonts;
use std::sync::Arc;

pub(super) struct Desk {
    shared: Arc<Shared>,
    /// The definitions in force when the page was begun: a page is made of one set.
    loaded: Arc<Loaded>,
    pub visit: Visit,
    /// Who is signed in.
    pub actor: Option<Actor>,
}

impl Desk {
    /// Sits down: finds out who asks. A session that cannot be read is no session, so that public pages stay open.
    pub fn open(shared: Arc<Shared>, visit: Visit) -> Self {
        let actor = visit.token.as_deref().and_then(|token| {
            let found = shared.state.kernel.session(token);
            found.inspect_err(|error| tracing::error!(%error, "a session could not be read")).ok().flatten()
        });
        Self { loaded: shared.state.kernel.loaded(), shared, visit, actor }
    }

    /// The same desk after its visitor has signed out.
    pub fn left(&self) -> Self {
        let (shared, loaded) = (Arc::clone(&self.shared), Arc::clone(&self.loaded));
        Self { shared, loaded, visit: self.visit.clone(), actor: None }
    }

    pub fn state(&self) -> &WebState {
        &self.shared.state
    }

    /// The fonts of papers, or why there are none.
    pub fn fonts(&self) -> Result<&Fonts, String> {
        let read = || Fonts::read(&self.shared.state.fonts).map_err(|error| error.to_string());
        self.shared.fonts.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// What is told of a pack, kept as long as its definitions are in force.
    pub fn told(&self, pack: &pack::Pack, make: impl FnOnce() -> Option<Told>) -> Option<Arc<Told>> {
        self.shared.told.of(&self.loaded, (pack.id.clone(), self.lang()), make)
    }

    pub fn kernel(&self) -> &Kernel {
        &self.shared.state.kernel
    }

    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    pub fn lang(&self) -> Lang {
        self.visit.lang
    }

    pub fn words(&self) -> &'static Texts {
        Texts::get(self.visit.lang)
    }

    /// A text of a definition in the page's language.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.definition_lang())
    }

    pub fn definition_lang(&self) -> model::Lang {
        match self.visit.lang {
            Lang::Zh => model::Lang::Zh,
            Lang::En => model::Lang::En,
        }
    }

    /// What the city calls a role.
    pub fn role<'a>(&'a self, role: &'a Name) -> &'a str {
        self.loaded().definitions.city.role_title(role, self.definition_lang())
    }

    /// Several roles as one text: `执法人员、排污单位`.
    pub fn roles<'a>(&self, roles: impl IntoIterator<Item = &'a Name>) -> String {
        let mut titles: Vec<&str> = Vec::new();
        for role in roles {
            let title = self.loaded().definitions.city.role_title(role, self.definition_lang());
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles.join(&self.words().show.and)
    }

    /// What a division is called today, or its code.
    pub fn division(&self, code: &str) -> String {
        let today = self.zone().date(self.kernel().now());
        let title = self.loaded.definitions.division(code, today, self.definition_lang());
        title.map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// How a basis is cited: law and clause by their names.
    pub fn cite(&self, basis: &str) -> String {
        self.loaded.definitions.laws.cite(basis, self.definition_lang())
    }

    pub fn zone(&self) -> &Zone {
        &self.loaded().zone
    }

    /// `2026-09-30 16:00`.
    pub fn minute(&self, at: Instant) -> String {
        self.zone().minute(at)
    }

    /// The local date, as limits and grants are dated.
    pub fn date(&self, at: Instant) -> String {
        self.zone().date(at).to_string()
    }

    /// A path of this site as a whole address, under the name by which the city was asked.
    pub fn address(&self, path: &str) -> String {
        let scheme = if self.state().secure_cookie { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.visit.host.as_deref().unwrap_or("127.0.0.1:8212"))
    }

    /// Who is signed in; else the way to the sign-in page.
    pub fn signed_in(&self) -> Result<&Actor, Fault> {
        self.actor.as_ref().ok_or(Fault::SignedOut)
    }

    /// Who sends a form, if it is one of this session's pages. Another site can send a form, but cannot read the token.
    pub fn sender(&self, form_token: &str) -> Result<&Actor, Fault> {
        let token = self.visit.token.as_deref().ok_or(Fault::SignedOut)?;
        let actor = self.actor.as_ref().ok_or(Fault::Expired)?;
        if same(self.kernel().form_token(token).as_bytes(), form_token.as_bytes()) {
            Ok(actor)
        } else {
            self.kernel().counters().add("page", "wrong-form-token");
            Err(Fault::FormToken)
        }
    }

    /// The frame of a page.
    pub fn page(&self) -> Page {
        let loaded = self.loaded();
        let now = self.kernel().now();
        let signed_in = self.actor.as_ref().map(|actor| {
            let date = self.date(now);
            let roles = actor.grants.iter().filter(|grant| grant.holds_on(&date)).map(|grant| &grant.role);
            let token = self.visit.token.as_deref();
            SignedIn {
                name: self.text(&actor.title).to_owned(),
                role: self.roles(roles),
                boards: loaded
                    .definitions
                    .boards
                    .values()
                    .any(|board| self.kernel().may_read_board(board, actor).is_ok()),
                keeper: self.kernel().keeps_people(actor).is_ok(),
                inbox: 0,
                csrf: token.map(|token| self.kernel().form_token(token)).unwrap_or_default(),
            }
        });
        Page {
            lang: self.visit.lang,
            city: self.text(&loaded.definitions.city.title).to_owned(),
            address: self.visit.address.clone(),
            demo: loaded.demonstration,
            elder: Some(self.visit.elder),
            signed_in,
            log_time: Some(self.minute(now)),
            footer: Footer::default(),
        }
    }

    /// A finished page.
    pub fn html(&self, page: &impl Template) -> Result<Response, Fault> {
        self.html_as(StatusCode::OK, page)
    }

    pub fn html_as(&self, status: StatusCode, page: &impl Template) -> Result<Response, Fault> {
        Ok((status, Html(page.render()?)).into_response())
    }
}

/// Compares without telling by its duration where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b));
    a.len() == b.len() && std::hint::black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn tokens_are_the_same_or_not() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
        assert!(!same(b"abc", b""));
    }
}
