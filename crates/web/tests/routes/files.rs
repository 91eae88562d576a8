//! Files with acts: how they come in, how they are bounded, and to whom they are given.

use crate::begin::begun;
use crate::site::{Answer, Browser, Site};

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 a photo";
const PDF: &[u8] = b"%PDF-1.7 a paper";
const PAGE: &[u8] = b"<html><script>alert(1)</script>";

struct Case {
    site: Site,
    officer: Browser,
    path: String,
    page: Answer,
}

impl Case {
    fn visit() -> Self {
        let site = Site::with_trial();
        let mut officer = site.signed_in("officer-1");
        let about = ("about", "urn:ngsi-ld:MonitoredSource:chimney-1");
        let path = begun(&mut officer, "visit", &[("field-purpose", "看围挡"), about]);
        let page = officer.get(&path);
        Self { site, officer, path, page }
    }

    fn report(&mut self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let post = format!("{}/acts/report", self.path);
        self.officer.upload(&self.page, &post, fields, files)
    }

    fn size(&self) -> u64 {
        *self.site.city.kernel.watch().borrow()
    }
}

const SAID: [(&str, &str); 2] = [("opinion", "围挡完好"), ("field-width", "3.5")];

#[test]
fn photos_come_with_an_act_and_are_given_to_those_who_see_the_case() {
    let mut case = Case::visit();
    case.page.says(&[
        "enctype=\"multipart/form-data\"",
        "name=\"photo\" type=\"file\"",
        "最多 9 个，每个不超过 10 MiB",
    ]);
    let files = [("photo", "a.jpg", JPEG), ("photo", "b.html", PAGE), ("photo", "", b"".as_slice())];
    let to = case.report(&SAID, &files).to().to_owned();
    let page = case.officer.get(&to);
    page.says(&["照片 1", "照片 2", "3.5 m", "围挡宽度"]).says_not(&["照片 3"]);
    let links: Vec<String> = page
        .body
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.contains("/files/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(links.len(), 2);
    let photo = case.officer.get(&links[0]);
    assert_eq!((photo.status, photo.header("content-type")), (200, Some("image/jpeg")));
    assert!(photo.header("content-disposition").unwrap().starts_with("inline; filename=\""));
    assert_eq!(photo.header("x-content-type-options"), Some("nosniff"));
    assert!(photo.body.ends_with("a photo"));
    // What the sender said of a file counts for nothing: a page is saved, never shown.
    let page = case.officer.get(&links[1]);
    assert_eq!(page.header("content-type"), Some("application/octet-stream"));
    assert!(page.header("content-disposition").unwrap().starts_with("attachment; filename=\""));

    assert_eq!(case.site.visitor().get(&links[0]).status, 303);
    assert_eq!(case.site.signed_in("officer-3").get(&links[0]).status, 404, "of another county");
    assert_eq!(case.site.signed_in("auditor-1").get(&links[0]).status, 200);
    let digest = links[0].rsplit('/').next().unwrap();
    // A file is given with its own case alone, though the digest is known.
    let about = ("about", "urn:ngsi-ld:MonitoredSource:boiler-3");
    let other = begun(&mut case.officer, "visit", &[("field-purpose", "另一次"), about]);
    assert_eq!(case.officer.get(&format!("{other}/files/{digest}")).status, 404);
    for wrong in ["00", "zz", &"0".repeat(64), &digest.to_uppercase()] {
        assert_eq!(case.officer.get(&format!("{}/files/{wrong}", case.path)).status, 404, "{wrong}");
    }
}

#[test]
fn what_is_missing_or_too_large_is_said_and_the_words_are_kept() {
    let mut case = Case::visit();
    let before = case.size();
    let none = case.report(&SAID, &[("photo", "", b"".as_slice())]);
    assert_eq!(none.status, 422);
    none.says(&[
        "没有办理：须附照片。",
        "围挡完好</textarea>",
        "value=\"3.5\"",
        "文件没有保留，请重新选择。",
    ]);
    let large = vec![0xFF; kernel::ENCLOSURE_BYTES_MAX + 1];
    let refused = case.report(&SAID, &[("photo", "a.jpg", &large)]);
    assert_eq!(refused.status, 422);
    refused.says(&["最多 9 个文件，每个不超过 10 MiB", "围挡完好</textarea>"]);
    let many: Vec<(&str, &str, &[u8])> = vec![("photo", "a.jpg", JPEG); kernel::ENCLOSURES_MAX + 1];
    let refused = case.report(&SAID, &many);
    assert_eq!(refused.status, 422);
    refused.says(&["最多 9 个文件", "围挡完好</textarea>"]);
    let unknown = case.report(&SAID, &[("song", "a.mp3", JPEG)]);
    assert_eq!(unknown.status, 422);
    let wrong = case.report(&[("opinion", "围挡完好"), ("field-width", "wide")], &[("photo", "a.jpg", JPEG)]);
    assert_eq!(wrong.status, 422);
    wrong.says(&["“围挡宽度”填写的内容不对", "aria-invalid=\"true\"", "value=\"wide\""]);
    let words = "长".repeat(60_000);
    assert_eq!(case.report(&[("opinion", &words)], &[]).status, 413);
    assert_eq!(case.size(), before, "nothing was recorded");
    assert_eq!(case.report(&SAID, &[("photo", "a.jpg", JPEG)]).status, 303);
}

#[test]
fn nobody_else_sends_files() {
    let mut case = Case::visit();
    let before = case.size();
    let post = format!("{}/acts/report", case.path);
    let files = [("photo", "a.jpg", JPEG)];
    let visitor = case.site.visitor().upload(&case.page, &post, &SAID, &files);
    assert_eq!(visitor.status, 303, "signs in first");
    let mut ended = case.site.visitor();
    ended.cookies.insert("session".to_owned(), "0".repeat(64));
    assert_eq!(ended.upload(&case.page, &post, &SAID, &files).status, 403);
    let mut other = case.site.signed_in("officer-2");
    assert_eq!(other.upload(&case.page, &post, &SAID, &files).status, 403, "another session's token");
    // Far beyond every limit: whatever the server answers, nothing is recorded.
    let whole = vec![b'x'; 100 * 1024 * 1024];
    case.report(&SAID, &[("photo", "a.jpg", &whole)]);
    assert_eq!(case.size(), before, "nothing was recorded");
    // A form without a file needs no such form: the same act by a plain one is refused for want of a photo.
    let plain = case.officer.fill(&case.page, &post, &SAID);
    assert_eq!(plain.status, 422);
}

#[test]
fn a_refusal_to_accept_needs_its_paper() {
    let site = Site::quiet();
    let mut clerk = site.signed_in("window-clerk-1");
    let fields = [("field-applicantName", "云中小馆"), ("field-premises", "示意街 12 号")];
    let path = begun(&mut clerk, "licence", &fields);
    let page = clerk.get(&path);
    page.says(&["name=\"document\" type=\"file\" multiple required"]);
    let post = format!("{path}/acts/not-accept");
    let said = [("opinion", "不属于本机关职权"), ("reason", "other-office")];
    let without = clerk.upload(&page, &post, &said, &[]);
    assert_eq!(without.status, 422);
    without.says(&["须附材料", "value=\"other-office\" required checked"]);
    let files = [("document", "a.pdf", PDF), ("document", "b.pdf", b"%PDF-1.4 other".as_slice())];
    let to = clerk.upload(&page, &post, &said, &files).to().to_owned();
    clerk.get(&to).says(&["材料 1", "材料 2", "不予受理", "本事项已办结"]);
    // Sent again by an impatient hand, it is the same act; with another paper less, it is not.
    assert_eq!(clerk.upload(&page, &post, &said, &files).to(), to);
    let changed = clerk.upload(&page, &post, &said, &files[..1]);
    assert_eq!(changed.status, 409);
    changed.says(&["这份表单已经提交过"]);
}
