//! A person at a browser: signs in, reads pages, sends forms. What is not on the page cannot be done.

use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::time::Duration;

/// Somebody with a browser. Its cookies outlive a restart of the city, which listens elsewhere then.
pub struct Person {
    agent: ureq::Agent,
    base: String,
}

/// An answered request. Redirects are answers too.
#[derive(Debug)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Where to go on, if the answer says so.
    pub location: Option<String>,
    /// The body.
    pub text: String,
}

/// A form, as it stood when its page was read.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it posts.
    pub action: String,
    /// Names and values that are not shown.
    pub hidden: Vec<(String, String)>,
    /// Values that a choice offers: name and value.
    pub choices: Vec<(String, String)>,
    /// Other names that can be filled in.
    pub fields: Vec<String>,
}

impl Person {
    /// Somebody who has not signed in.
    pub fn visitor(http: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(20)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self { agent: config.into(), base: format!("http://{http}") }
    }

    /// Somebody who has.
    pub fn sign_in(http: SocketAddr, login: &str, password: &str) -> Result<Self> {
        let person = Self::visitor(http);
        let page = person.post("/sign-in", &[("account", login), ("password", password)])?;
        ensure!(page.status == 303, "{login} could not sign in: status {}", page.status);
        Ok(person)
    }

    /// The same browser after the city has moved.
    pub fn go_to(&mut self, http: SocketAddr) {
        self.base = format!("http://{http}");
    }

    fn page(mut answer: ureq::http::Response<ureq::Body>) -> Result<Page> {
        let location = answer.headers().get("location").and_then(|at| at.to_str().ok()).map(str::to_owned);
        Ok(Page { status: answer.status().as_u16(), location, text: answer.body_mut().read_to_string()? })
    }

    /// Reads a page.
    pub fn get(&self, path: &str) -> Result<Page> {
        let answer = self.agent.get(format!("{}{path}", self.base)).call();
        Self::page(answer.with_context(|| format!("GET {path}"))?)
    }

    /// Reads what must be there.
    pub fn text(&self, path: &str) -> Result<String> {
        let page = self.get(path)?;
        ensure!(page.status == 200, "GET {path}: status {}", page.status);
        Ok(page.text)
    }

    /// Posts fields.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let answer = self.agent.post(format!("{}{path}", self.base)).send_form(fields.iter().copied());
        Self::page(answer.with_context(|| format!("POST {path}"))?)
    }

    /// Sends a body of some kind to the interface for programs.
    pub fn send(&self, path: &str, (kind, body): (&str, &[u8])) -> Result<Page> {
        let answer = self.agent.post(format!("{}{path}", self.base)).header("content-type", kind).send(body);
        Self::page(answer.with_context(|| format!("POST {path}"))?)
    }

    /// Sends a form with what was typed.
    pub fn submit(&self, form: &Form, typed: &[(&str, &str)]) -> Result<Page> {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = hidden.chain(typed.iter().copied()).collect();
        self.post(&form.action, &all)
    }

    /// Acts on a case, and gives back the entry of the log that it became.
    pub fn act(&self, case: &str, act: &str, typed: &[(&str, &str)]) -> Result<u64> {
        let page = self.get(case)?;
        let form =
            page.form(act).with_context(|| format!("{case} offers no `{act}`: status {}", page.status))?;
        let done = self.submit(&form, typed)?;
        done.done().with_context(|| format!("`{act}` was answered with {}", done.status))
    }
}

impl Page {
    /// The entry of the log that an act became, if this answers one that was done.
    pub fn done(&self) -> Option<u64> {
        let location = self.location.as_deref().filter(|_| self.status == 303)?;
        location.split_once("?done=")?.1.parse().ok()
    }

    /// All forms of acts.
    pub fn acts(&self) -> Vec<Form> {
        let forms =
            self.text.split("<form").skip(1).filter_map(|rest| Form::parse(rest.split("</form>").next()?));
        forms.filter(|form| form.action.contains("/acts/")).collect()
    }

    /// The form of an act, if the page offers it.
    pub fn form(&self, act: &str) -> Option<Form> {
        self.acts().into_iter().find(|form| form.act() == act)
    }

    /// The addresses on the page that begin so, each once.
    pub fn links(&self, prefix: &str) -> Vec<String> {
        let start = format!("href=\"{prefix}");
        let found = self.text.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
        let mut links: Vec<String> = found.map(|rest| plain(&format!("{prefix}{rest}"))).collect();
        links.sort();
        links.dedup();
        links
    }
}

impl Form {
    fn parse(text: &str) -> Option<Self> {
        let mut form =
            Self { action: attribute(text, "action")?, hidden: vec![], choices: vec![], fields: vec![] };
        let tags = text.match_indices("<input").chain(text.match_indices("<textarea"));
        for tag in tags.map(|(at, _)| text[at..].split('>').next().unwrap_or_default()) {
            let Some(name) = attribute(tag, "name") else { continue };
            let value = attribute(tag, "value").unwrap_or_default();
            match attribute(tag, "type").as_deref() {
                Some("hidden") => form.hidden.push((name, value)),
                Some("radio") => form.choices.push((name, value)),
                _ => form.fields.push(name),
            }
        }
        Some(form)
    }

    /// Which act it is.
    pub fn act(&self) -> &str {
        self.action.rsplit('/').next().unwrap_or_default()
    }

    /// The command that it will be, in hexadecimal.
    pub fn command(&self) -> Option<&str> {
        self.hidden.iter().find(|(name, _)| name == "command").map(|(_, value)| value.as_str())
    }
}

/// An attribute's value. Templates always write double quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(plain(rest.split('"').next()?))
}

fn plain(escaped: &str) -> String {
    escaped.replace("&#38;", "&").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_from_their_page() {
        let page = Page {
            status: 200,
            location: None,
            text: "<a href=\"/cases/a\" class=\"x\"></a><a href=\"/sources\"></a><form method=\"post\" action=\"/cases/a/acts/dismiss\" class=\"x\">\
                   <input type=\"hidden\" name=\"command\" value=\"1\"><input type=\"radio\" name=\"reason\" value=\"r\" required> R\
                   <textarea id=\"o\" name=\"opinion\"></textarea></form>"
                .to_owned(),
        };
        let form = page.form("dismiss").unwrap();
        assert_eq!((form.command(), form.fields.as_slice()), (Some("1"), &["opinion".to_owned()][..]));
        assert_eq!(form.choices, [("reason".to_owned(), "r".to_owned())]);
        assert_eq!(page.links("/cases/"), ["/cases/a"]);
        assert!(page.form("confirm").is_none());
    }

    #[test]
    fn what_was_done_is_in_the_redirect() {
        let location = Some("/cases/urn:a?done=128".to_owned());
        assert_eq!(Page { status: 303, location, text: String::new() }.done(), Some(128));
    }
}
