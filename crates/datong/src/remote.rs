//! A running city, spoken to by a person who signs in: what changes its definitions goes over its own interface.

use crate::actors::{Page, Person};
use anyhow::{Context, ensure};
use clap::Args;
use serde_json::Value;
use std::net::SocketAddr;

/// A running city, and who speaks to it.
#[derive(Clone, Debug, Args)]
pub struct Remote {
    /// Address of the city's pages, inside the house.
    #[arg(long, default_value = "127.0.0.1:8212")]
    at: SocketAddr,
    /// Who signs in.
    #[arg(long = "as")]
    login: String,
    /// Their password.
    #[arg(long, env = "DATONG_PASSWORD", hide_env_values = true)]
    password: String,
}

impl Remote {
    /// Posts to the city's interface; `None` when it was refused, after saying why.
    pub fn post(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Option<Value>> {
        self.send(path, key, ("application/json", body.to_string().as_bytes()))
    }

    /// Posts a body of some kind; `None` when it was refused, after saying why.
    pub fn send(&self, path: &str, key: &str, body: (&str, &[u8])) -> anyhow::Result<Option<Value>> {
        let person = Person::sign_in(self.at, &self.login, &self.password)?;
        let Page { status, text } = person.post(path, key, body)?;
        let answer: Value =
            serde_json::from_str(&text).with_context(|| format!("{path} answered {status}"))?;
        if status < 300 {
            return Ok(Some(answer));
        }
        for complaint in answer["complaints"].as_array().into_iter().flatten() {
            let text = |key: &str| complaint[key].as_str().unwrap_or_default().to_owned();
            let (line, column) = (&complaint["line"], &complaint["column"]);
            crate::settings::say(format!(
                "{}:{line}:{column}: {} — {}",
                text("file"),
                text("what"),
                text("remedy")
            ));
        }
        ensure!(
            answer["complaints"].is_array(),
            "refused with {status} `{}`: {}",
            answer["code"],
            answer["title"]
        );
        Ok(None)
    }
}
