//! A person at a browser: signs in, reads pages, sends forms. What is not on the page cannot be done.

use anyhow::Context;
use std::net::SocketAddr;
use std::time::Duration;

/// A signed-in person.
pub struct Person {
    agent: ureq::Agent,
    base: String,
}

/// An answered request.
#[derive(Debug)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

/// A form of a case page, as it stood when the page was read.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

impl Person {
    /// Somebody who has not signed in.
    pub fn anonymous(http: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(20)))
            .http_status_as_error(false)
            .build();
        Self { agent: config.into(), base: format!("http://{http}") }
    }

    /// Signs in.
    pub fn sign_in(http: SocketAddr, login: &str, password: &str) -> anyhow::Result<Self> {
        let person = Self::anonymous(http);
        let page = person.send("/sign-in", &[("account", login), ("password", password)])?;
        anyhow::ensure!(page.status == 200, "{login} could not sign in: status {}", page.status);
        Ok(person)
    }

    /// Reads a page.
    pub fn get(&self, path: &str) -> anyhow::Result<Page> {
        let mut answer =
            self.agent.get(format!("{}{path}", self.base)).call().with_context(|| format!("GET {path}"))?;
        Ok(Page { status: answer.status().as_u16(), text: answer.body_mut().read_to_string()? })
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let fields = fields.iter().copied();
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.base))
            .send_form(fields)
            .with_context(|| format!("POST {path}"))?;
        Ok(Page { status: answer.status().as_u16(), text: answer.body_mut().read_to_string()? })
    }

    /// Sends JSON to the programs' interface, under a key that makes a repeat the same command.
    pub fn post_json(&self, path: &str, key: &str, body: &serde_json::Value) -> anyhow::Result<Page> {
        self.post(path, key, ("application/json", body.to_string().as_bytes()))
    }

    /// Sends a body of some kind, under a key that makes a repeat the same command.
    pub fn post(&self, path: &str, key: &str, (kind, body): (&str, &[u8])) -> anyhow::Result<Page> {
        let sent = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("content-type", kind)
            .header("idempotency-key", key)
            .send(body);
        let mut answer = sent.with_context(|| format!("POST {path}"))?;
        Ok(Page { status: answer.status().as_u16(), text: answer.body_mut().read_to_string()? })
    }

    /// Fills in a form and sends it.
    pub fn submit(&self, form: &Form, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.send(&form.action, &all)
    }

    /// Opens a case and sends one of its forms.
    pub fn act(&self, case: &str, act: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let page = self.get(case)?;
        let form = page.form(act).with_context(|| format!("{case} offers no `{act}` to this person"))?;
        self.submit(&form, fields)
    }
}

impl Page {
    /// The form of an act, if the page offers it.
    pub fn form(&self, act: &str) -> Option<Form> {
        let ending = format!("/acts/{act}\"");
        let at = self.text.match_indices("<form").map(|(at, _)| &self.text[at..]).find(|rest| {
            let head = rest.split('>').next().unwrap_or_default();
            head.contains(&ending)
        })?;
        let form = at.split("</form>").next()?;
        let hidden = form
            .split("<input")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap_or_default())
            .filter(|input| input.contains("type=\"hidden\""))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        Some(Form { action: attribute(form, "action")?, hidden })
    }

    /// The first address on the page that begins so.
    pub fn link(&self, prefix: &str) -> Option<String> {
        let at = self.text.find(&format!("href=\"{prefix}"))?;
        attribute(&self.text[at..], "href")
    }
}

/// An attribute's value. Templates always write double quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!("{name}=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_by_their_act() {
        let page = Page {
            status: 200,
            text: "<form method=\"post\" action=\"/cases/a/acts/confirm\"><input type=\"hidden\" name=\"command\" value=\"1\">\
                   <textarea name=\"opinion\"></textarea></form>"
                .to_owned(),
        };
        let form = page.form("confirm").unwrap();
        assert_eq!(form.action, "/cases/a/acts/confirm");
        assert_eq!(form.hidden, [("command".to_owned(), "1".to_owned())]);
        assert!(page.form("dismiss").is_none());
    }
}
