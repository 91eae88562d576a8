//! Where connectors fetch: files of the exchange folder, addresses of the web, databases of departments.

use connector::BYTES_MAX;
use kernel::Fetch;
use pack::{Connector, OriginKind};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::foreign;

/// How long one fetching may take.
const TIME_MAX: Duration = Duration::from_secs(60);
/// What stands in an address for the watermark.
const WATERMARK: &str = "{watermark}";

/// The origins that this node reaches.
pub struct Origins {
    exchange: PathBuf,
    agent: ureq::Agent,
}

impl Origins {
    /// With the folder into which departments put their files. Databases are named by `DATONG_DATABASE_<NAME>`: credentials
    /// never stand in a pack.
    pub fn new(exchange: PathBuf) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(TIME_MAX)).build();
        Self { exchange, agent: config.into() }
    }

    fn address(&self, url: &str, watermark: Option<&str>) -> Result<Vec<u8>, String> {
        let url = url.replace(WATERMARK, &encode(watermark.unwrap_or_default()));
        let mut answer = self.agent.get(&url).call().map_err(|error| format!("{url}: {error}"))?;
        let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
        let body = answer.body_mut().with_config().limit(limit).read_to_vec();
        body.map_err(|error| format!("{url}: {error}"))
    }
}

impl Fetch for Origins {
    fn fetch(&self, connector: &Connector, watermark: Option<&str>) -> Result<Option<Vec<u8>>, String> {
        let from = &connector.from;
        let is_address = from.place.starts_with("http://") || from.place.starts_with("https://");
        match from.kind {
            OriginKind::Csv | OriginKind::HttpJson if is_address => {
                self.address(&from.place, watermark).map(Some)
            }
            OriginKind::Csv | OriginKind::HttpJson => file(&self.exchange.join(&from.place)),
            OriginKind::Postgres => {
                let column = connector.watermark.as_deref().zip(watermark);
                database(&from.place, &from.rows, column).map(Some)
            }
        }
    }
}

/// A file, if it has been put there.
fn file(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match File::open(path) {
        Ok(file) => bounded(file).map(Some).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// One byte more than may be read is read, so that what is too long is seen to be.
fn bounded(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn database(name: &str, query: &str, beyond: Option<(&str, &str)>) -> Result<Vec<u8>, String> {
    let variable = format!("DATONG_DATABASE_{}", name.to_uppercase().replace('-', "_"));
    let address = std::env::var(&variable).map_err(|_| format!("{variable} does not say where {name} is"))?;
    let read = foreign::read(&address, query, beyond, BYTES_MAX);
    read.map_err(|error| format!("{name}: {error}"))
}

/// A text as a part of an address (RFC 3986, 2.1).
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_nobody_named_says_so_and_a_file_that_has_not_come_is_nothing() {
        let origins = Origins::new(std::env::temp_dir());
        assert!(database("no-such", "", None).unwrap_err().contains("DATONG_DATABASE_NO_SUCH"));
        assert_eq!(file(&origins.exchange.join("no/such.csv")), Ok(None));
        assert!(file(&origins.exchange).unwrap_err().contains("directory"));
        assert_eq!(encode("2026-11-27 08:00+08:00"), "2026-11-27%2008%3A00%2B08%3A00");
    }

    #[test]
    fn an_address_is_asked_with_the_watermark_and_its_answer_is_bounded() {
        use std::io::Write;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/list?after={WATERMARK}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 512];
            let read = stream.read(&mut asked).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]").unwrap();
            String::from_utf8_lossy(&asked[..read]).into_owned()
        });
        let origins = Origins::new(std::env::temp_dir());
        assert_eq!(origins.address(&url, Some("a b")).unwrap(), b"[]");
        assert!(server.join().unwrap().starts_with("GET /list?after=a%20b HTTP/1.1"));
        assert!(origins.address("http://127.0.0.1:9/none", None).is_err(), "nobody listens there");
    }
}
