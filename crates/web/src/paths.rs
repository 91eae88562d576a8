//! The addresses that pages link to by themselves, and the language switch. Addresses of records come with the data.

use crate::texts::Lang;
use model::Edition;

/// The public first page.
pub const HOME: &str = "/";
/// The list of sources.
pub const SOURCES: &str = "/sources";
/// The officer's inbox.
pub const INBOX: &str = "/inbox";
/// The same list as a table.
pub const INBOX_TABLE: &str = "/inbox.csv";
/// Several of its cases at once.
pub const SEVERAL: &str = "/inbox/several";
/// Where a list is kept by name, or kept no longer.
pub const KEPT: &str = "/inbox/kept";
/// What a person may begin.
pub const BEGIN: &str = "/begin";
/// The connectors that a person may run.
pub const CONNECTORS: &str = "/connectors";
/// The catalogue of datasets.
pub const DATA: &str = "/data";
/// What is new in the catalogue, for whoever follows it.
pub const DATA_FEED: &str = "/data/feed.atom";
/// When the node was down, likewise.
pub const STATUS_FEED: &str = "/status/feed.atom";
/// What is found by words.
pub const SEARCH: &str = "/search";
/// What people can ask for.
pub const SERVICES: &str = "/services";
/// The boards that somebody may look at.
pub const BOARDS: &str = "/boards";
/// Tells whoever listens that the log has grown.
pub const LOG_EVENTS: &str = "/log/events";
/// The register of people.
pub const ADMINISTRATION: &str = "/administration";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// Who did what, for those who audit.
pub const AUDIT: &str = "/audit";
/// The same as a table.
pub const AUDIT_TABLE: &str = "/audit/acts.csv";
/// What an auditor found about a lead.
pub const LEADS: &str = "/audit/leads";
/// How pages are made.
pub const DESIGN: &str = "/design";
/// How the city's node does.
pub const STATUS: &str = "/status";

/// Where the key that signs the log is rotated.
pub const ROTATE: &str = "/status/key";
/// How each key of the log has handed over to the next.
pub const ROTATIONS: &str = "/log/rotations";

/// Where a restore is tried.
pub const DRILL: &str = "/status/drill";

/// Registers of things that are no cases.
pub const REGISTERS: &str = "/registers";

/// Numbered papers.
pub const DOCUMENTS: &str = "/documents";
/// The files of the definitions in force.
pub const DEFINITIONS: &str = "/definitions";
/// How the city works, field by field.
pub const PACKS: &str = "/packs";
/// The ordinance's articles.
pub const ORDINANCE: &str = "/ordinance";
/// Its duties as a table.
pub const ORDINANCE_TABLE: &str = "/ordinance/duties.csv";
/// Where anyone checks a receipt.
pub const VERIFY: &str = "/verify";
/// The page that asks for account and password; it posts to itself.
pub const SIGN_IN: &str = "/sign-in";
/// Where the sign-out form posts.
pub const SIGN_OUT: &str = "/sign-out";

/// The program that checks receipts without this software.
pub const VERIFIER: &str = "/verify_receipt.py";

/// Where a thing of a register is edited.
pub(crate) fn edit(urn: &str) -> String {
    format!("{}/edit", entity(urn))
}

/// Where the form posts that makes a thing of a register one with another.
pub(crate) fn merge(urn: &str) -> String {
    format!("{}/merge", entity(urn))
}

/// A case's page.
pub(crate) fn case(urn: &str) -> String {
    format!("/cases/{}", encode(urn))
}

/// A case as one file.
pub(crate) fn package(urn: &str) -> String {
    format!("{}/package.zip", case(urn))
}

/// Personal values of a case.
pub(crate) fn personal(urn: &str) -> String {
    format!("{}/personal", case(urn))
}

/// The alarms of a board.
pub(crate) fn alarms(board: &str) -> String {
    format!("{}/alarms", self::board(board))
}

/// What changed on a board between two moments.
pub(crate) fn changes(board: &str) -> String {
    format!("{}/changes", self::board(board))
}

/// The watches of a board.
pub(crate) fn shifts(board: &str) -> String {
    format!("{}/shifts", self::board(board))
}

/// Where an act's form posts.
pub(crate) fn act(urn: &str, act: &str) -> String {
    format!("{}/acts/{}", case(urn), encode(act))
}

/// Where the form posts of an act on several cases.
pub(crate) fn several(act: &str) -> String {
    format!("{SEVERAL}/{}", encode(act))
}

/// A file that came with an act of a case, by its digest.
pub(crate) fn file(urn: &str, digest: &str) -> String {
    format!("{}/files/{digest}", case(urn))
}

/// The form that begins a case of a process; it posts to itself.
pub(crate) fn begin(process: &str) -> String {
    format!("{BEGIN}/{}", encode(process))
}

/// A connector's page; its forms post to it.
pub(crate) fn connector(id: &str) -> String {
    format!("{CONNECTORS}/{}", encode(id))
}

/// A source's page.
pub(crate) fn source(urn: &str) -> String {
    format!("/sources/{}", encode(urn))
}

/// A series as a table.
pub(crate) fn series(urn: &str, attribute: &str) -> String {
    format!("{}/series/{}.csv", source(urn), encode(attribute))
}

/// A source's page with a series in an edition.
pub(crate) fn source_edition(urn: &str, attribute: &str, edition: Edition) -> String {
    format!("{}?series={}&edition={}", source(urn), encode(attribute), edition.as_str())
}

/// A series in an edition as a table.
pub(crate) fn edition(urn: &str, attribute: &str, edition: Edition) -> String {
    match edition {
        Edition::Raw => series(urn, attribute),
        edition => format!("{}?edition={}", series(urn, attribute), edition.as_str()),
    }
}

/// Where the form posts that audits a series.
pub(crate) fn audits(urn: &str) -> String {
    format!("{}/audits", source(urn))
}

/// A dataset's page.
pub(crate) fn dataset(id: &str) -> String {
    format!("{DATA}/{}", encode(id))
}

/// A service's guide.
pub(crate) fn service(id: &str) -> String {
    format!("{SERVICES}/{}", encode(id))
}

/// A board's page.
pub(crate) fn board(id: &str) -> String {
    format!("{BOARDS}/{}", encode(id))
}

/// A pack's page.
pub(crate) fn pack(id: &str) -> String {
    format!("{PACKS}/{}", encode(id))
}

/// An article's page.
pub(crate) fn article(number: &u32) -> String {
    format!("{ORDINANCE}/{number}")
}

/// A register's page.
pub(crate) fn register(kind: &str) -> String {
    format!("{REGISTERS}/{}", encode(kind))
}

/// The page of a thing of a register.
pub(crate) fn entity(urn: &str) -> String {
    format!("/entities/{}", encode(urn))
}

/// Somebody's page of the register of people.
pub(crate) fn person(urn: &str) -> String {
    format!("{ADMINISTRATION}/people/{}", encode(urn))
}

/// The page of a file of the definitions, by its path.
pub(crate) fn definition(path: &str) -> String {
    let pieces: Vec<String> = path.split('/').map(encode).collect();
    format!("{DEFINITIONS}/{}", pieces.join("/"))
}

/// A document's page.
pub(crate) fn document(urn: &str) -> String {
    format!("{DOCUMENTS}/{}", encode(urn))
}

/// A document as it would be.
pub(crate) fn draft(case: &str, document: &str) -> String {
    format!("{}/drafts/{}", self::case(case), encode(document))
}

/// A packet's page.
pub(crate) fn packet(entry: u64) -> String {
    format!("/packets/{entry}")
}

/// A receipt's page.
pub(crate) fn receipt(entry: u64) -> String {
    format!("/receipts/{entry}")
}

/// A receipt's file.
pub(crate) fn receipt_file(entry: u64) -> String {
    format!("/receipts/{entry}.json")
}

/// A text as one piece of an address: everything but letters, digits and a few plain signs is encoded (RFC 3986 §2.1).
/// The colon may stand in a path's piece and in a query, so URNs stay readable.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The same address in another language: `lang` is set, everything else stays.
pub fn in_language(address: &str, lang: Lang) -> String {
    set(address, "lang", lang.code())
}

/// The same address with the elder mode on or off.
pub fn in_elder_mode(address: &str, on: bool) -> String {
    set(address, "elder", if on { "1" } else { "0" })
}

fn set(address: &str, key: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_ours = |pair: &&str| pair.split('=').next() == Some(key);
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_ours(pair)).collect();
    let pair = format!("{key}={value}");
    pairs.push(&pair);
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_pieces_of_an_address() {
        assert_eq!(case("urn:ngsi-ld:Exceedance:0a"), "/cases/urn:ngsi-ld:Exceedance:0a");
        assert_eq!(source("urn:x:同/a?b"), "/sources/urn:x:%E5%90%8C%2Fa%3Fb");
        assert_eq!(act("urn:x:a", "confirm"), "/cases/urn:x:a/acts/confirm");
        assert_eq!(series("urn:x:a", "so2"), "/sources/urn:x:a/series/so2.csv");
    }

    #[test]
    fn the_switch_keeps_the_address() {
        let check = |address, expected| assert_eq!(in_language(address, Lang::En), expected);
        check("/", "/?lang=en");
        check("/inbox?tab=all&page=2", "/inbox?tab=all&page=2&lang=en");
        check("/inbox?lang=zh&tab=all", "/inbox?tab=all&lang=en");
        check("/inbox?language=zh", "/inbox?language=zh&lang=en");
        check("/inbox?", "/inbox?lang=en");
        assert_eq!(in_elder_mode("/?elder=1&lang=zh", false), "/?lang=zh&elder=0");
    }
}
