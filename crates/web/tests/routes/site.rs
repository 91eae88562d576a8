//! A city's pages on a socket, and a browser just good enough to use them.

use model::Urn;
use proof::{Chance, SystemChance};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use testcity::City;
use tokio::runtime::Runtime;
use web::{WebState, router};

pub struct Site {
    pub city: City,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Site {
    /// A city with nothing reported yet, at 16:00 on the last working day before the National Day.
    pub fn quiet() -> Self {
        Self::with(&[])
    }

    /// The same with a pack that has what no pack of the repository needs yet: a case about a source, photos, personal
    /// fields, corrections, undoing.
    pub fn with_trial() -> Self {
        Self::with(&[
            ("packs/trial/pack.toml", include_str!("trial/pack.toml")),
            ("packs/trial/types/visit.toml", include_str!("trial/type.toml")),
            ("packs/trial/processes/visit.toml", include_str!("trial/process.toml")),
        ])
    }

    fn with(more: &[(&str, &str)]) -> Self {
        let city = City::with("2026-09-30T16:00", more);
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let chance: Arc<dyn Chance> = Arc::new(SystemChance);
        let accounts = city.made.iter().map(|made| (made.login.clone(), made.password.clone()));
        let demo_accounts = accounts.collect();
        let kernel = Arc::clone(&city.kernel);
        let (never, stop) = tokio::sync::watch::channel(false);
        let pages = router(WebState {
            kernel,
            chance,
            demo_accounts,
            secure_cookie: false,
            fonts: fonts(),
            scenarios: None,
            stop,
        });
        // Nobody stops it.
        std::mem::forget(never);
        runtime.spawn(async move { axum::serve(listener, pages).await });
        Self { city, address, _runtime: runtime }
    }

    /// The same with two hours above the limit, and so with a case.
    pub fn with_case() -> (Self, Urn) {
        let site = Self::quiet();
        site.city.hour("2026-09-30T13:00", 33.4, b'N');
        site.city.hour("2026-09-30T14:00", 61.0, b'N');
        site.city.hour("2026-09-30T15:00", 58.0, b'N');
        let officer = site.city.person("officer-1");
        let inbox = site.city.kernel.inbox(&officer, kernel::InboxTab::Mine, 0).unwrap();
        let case = inbox.rows[0].case.entity.urn.clone();
        (site, case)
    }

    pub fn visitor(&self) -> Browser {
        Browser { address: self.address, cookies: BTreeMap::new(), extra: Vec::new() }
    }

    /// A browser in which somebody has signed in.
    pub fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.visitor();
        let password = self.city.password(login);
        let answer = browser.post("/sign-in", &[("account", login), ("password", password)]);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/inbox")), "{}", answer.body);
        browser
    }
}

#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    /// Headers that this browser sends besides.
    pub extra: Vec<(&'static str, String)>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The same as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the page says all of these.
    #[track_caller]
    pub fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.body.contains(word), "`{word}` is not in\n{}", self.body);
        }
        self
    }

    #[track_caller]
    pub fn says_not(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(!self.body.contains(word), "`{word}` is in\n{}", self.body);
        }
        self
    }

    /// Where the answer sends the browser on.
    #[track_caller]
    pub fn to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location").unwrap()
    }

    /// The hidden fields of the form that posts to an address.
    #[track_caller]
    pub fn form(&self, post: &str) -> Vec<(String, String)> {
        let start = self.body.find(&format!("method=\"post\" action=\"{post}\""));
        assert!(start.is_some(), "no form for {post}");
        let start = start.unwrap();
        let form = self.body[start..].split("</form>").next().unwrap();
        let hidden = form.split("<input type=\"hidden\" name=\"").skip(1);
        hidden
            .map(|rest| {
                let mut parts = rest.split('"');
                let (name, value) = (parts.next().unwrap(), parts.nth(1).unwrap());
                (name.to_owned(), unescaped(value))
            })
            .collect()
    }
}

/// A value as a browser reads it.
fn unescaped(value: &str) -> String {
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    signs.iter().fold(value.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

impl Browser {
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.send("POST", path, Some(&pairs.join("&")))
    }

    /// As programs send it.
    pub fn post_json(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        self.send_as("POST", path, Some(("application/json", body.to_string().as_bytes())))
    }

    /// Fills in the form of a page and sends it.
    pub fn fill(&mut self, page: &Answer, post: &str, fields: &[(&str, &str)]) -> Answer {
        let form = page.form(post);
        let hidden = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.post(post, &all)
    }

    /// The same with files: the field's name, the file's name, its bytes.
    pub fn upload(
        &mut self,
        page: &Answer,
        post: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let form = page.form(post);
        let hidden = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut body = Vec::new();
        for (name, value) in hidden.chain(fields.iter().copied()) {
            let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        for (name, file, bytes) in files {
            let how = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"");
            body.extend_from_slice(format!("--edge\r\n{how}\r\nContent-Type: text/html\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.send_as("POST", post, Some(("multipart/form-data; boundary=edge", &body)))
    }

    pub fn send(&mut self, method: &str, path: &str, body: Option<&str>) -> Answer {
        let body = body.map(|body| ("application/x-www-form-urlencoded", body.as_bytes()));
        self.send_as(method, path, body)
    }

    pub fn send_as(&mut self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: city.test\r\nConnection: close\r\n");
        if !cookies.is_empty() {
            request += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        for (name, value) in &self.extra {
            request += &format!("{name}: {value}\r\n");
        }
        if let Some((kind, body)) = body {
            request += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
        // A body that is too large is answered before it is all sent: that must not be this browser's end.
        let _ = stream.write_all(body.map(|(_, body)| body).unwrap_or_default());
        let mut bytes = Vec::new();
        // A server that does not read a body to its end may cut the line after its answer.
        let _ = stream.read_to_end(&mut bytes);
        let answer = read(&bytes);
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn read(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let pairs = lines.map(|line| line.split_once(": ").unwrap());
    let headers = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let start = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    Answer { status, headers, body: body.to_owned(), bytes: bytes[start..].to_vec() }
}

/// As forms are encoded, blanks included.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
    let one = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The fonts in which papers are written here, if they are here.
fn fonts() -> Vec<std::path::PathBuf> {
    vec!["/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc".into()]
}
