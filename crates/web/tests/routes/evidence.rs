//! What proves itself: packets, receipts, the check, the log's own addresses.

use crate::site::{Browser, Site};
use proof::{Receipt, VerifyKey, unhex, verify_consistency};
use std::process::Command;

fn key(browser: &mut Browser) -> VerifyKey {
    VerifyKey::parse(browser.get("/log/key").body.trim()).unwrap()
}

/// An officer's act and its entry.
fn acted(site: &Site, case: &model::Urn) -> (Browser, u64) {
    let mut officer = site.signed_in("officer-1");
    let path = format!("/cases/{case}");
    let page = officer.get(&path);
    let done = officer.fill(&page, &format!("{path}/acts/confirm"), &[("opinion", "转现场核实")]);
    let entry = done.header("location").unwrap().split_once("done=").unwrap().1.parse().unwrap();
    (officer, entry)
}

#[test]
fn a_packet_is_shown_with_what_was_read_from_it() {
    let (site, case) = Site::with_case();
    let opened = site.city.kernel.trail(&case).unwrap()[0].sequence;
    let mut visitor = site.visitor();
    let packet = site.city.kernel.entry(opened).unwrap().leaf.cause.unwrap();
    let page = visitor.get(&format!("/packets/{packet}"));
    page.says(&[
        "二氧化硫",
        "a21026",
        "折算小时均值",
        "ZsAvg",
        "2026-09-30 15:00–16:00",
        "<b>58</b>",
        "N 正常",
    ]);
    page.says(&["HJ 212", &format!("/receipts/{packet}")]);
    for nowhere in ["0", "999999", "-1", "x", "18446744073709551615", "1e3"] {
        assert_eq!(visitor.get(&format!("/packets/{nowhere}")).status, 404, "{nowhere}");
    }
}

#[test]
fn a_receipt_verifies_without_this_site() {
    let (site, case) = Site::with_case();
    let (mut officer, entry) = acted(&site, &case);
    let file = officer.get(&format!("/receipts/{entry}.json"));
    assert_eq!(file.header("content-type"), Some("application/json"));
    let name = format!("attachment; filename=\"datong-receipt-{entry}.json\"");
    assert_eq!(file.header("content-disposition"), Some(name.as_str()));
    let receipt: Receipt = serde_json::from_str(&file.body).unwrap();
    let verified = receipt.verify(&key(&mut officer)).unwrap();
    assert_eq!((verified.leaf.sequence, verified.leaf.act.as_str()), (entry, "confirm"));
    assert!(verified.items.iter().all(Option::is_some));

    let page = officer.get(&format!("/receipts/{entry}"));
    page.says(&[
        &format!("本记录是城市日志的第 {entry} 条，已包含在签名日志头"),
        "执法人员一",
        "确认并转核实",
        "污染源超标督办",
        "转现场核实",
        "办理后环节",
        &format!("/cases/{case}"),
        "datong/",
    ]);
    // The public sees that something happened and can check it, not what.
    let mut visitor = site.visitor();
    let outside = visitor.get(&format!("/receipts/{entry}"));
    outside.says(&["officer-1", "已密封"]).says_not(&["转现场核实", "执法人员一", case.as_str()]);
    let closed: Receipt =
        serde_json::from_str(&visitor.get(&format!("/receipts/{entry}.json")).body).unwrap();
    assert!(closed.verify(&key(&mut visitor)).unwrap().items.iter().all(Option::is_none));
    for nowhere in ["999999", "999999.json", "x", ".json", "-1.json"] {
        assert_eq!(visitor.get(&format!("/receipts/{nowhere}")).status, 404, "{nowhere}");
    }
    for first in 0..entry {
        assert_eq!(visitor.get(&format!("/receipts/{first}")).status, 200, "{first}");
    }
}

#[test]
fn the_check_says_which_step_fails() {
    let (site, case) = Site::with_case();
    let (mut officer, entry) = acted(&site, &case);
    let good = officer.get(&format!("/receipts/{entry}.json")).body;
    let mut visitor = site.visitor();
    visitor.get("/verify").says(&["/verify_receipt.py", "datong/"]);
    let check = |browser: &mut Browser, pasted: &str, words: &[&str]| {
        let answer = browser.post("/verify", &[("receipt", pasted)]);
        assert_eq!(answer.status, 200);
        answer.says(words);
    };
    let valid = format!("回执有效：它是城市日志的第 {entry} 条");
    check(&mut visitor, &good, &[&valid, "确认并转核实"]);
    check(&mut visitor, &format!("\u{feff}\n{good}\n"), &[&valid]);
    check(&mut visitor, "{}", &["“文件是一份回执”这一步不成立"]);
    check(&mut visitor, "", &["“文件是一份回执”这一步不成立"]);
    let mut altered: Receipt = serde_json::from_str(&good).unwrap();
    let first = altered.inclusion.path[0].clone();
    altered.inclusion.path.push(first);
    check(
        &mut visitor,
        &serde_json::to_string(&altered).unwrap(),
        &["“合并路径通向日志头的根摘要”这一步不成立"],
    );
    altered.items.clear();
    check(
        &mut visitor,
        &serde_json::to_string(&altered).unwrap(),
        &["“各项内容与记录的摘要一致”这一步不成立"],
    );
    // A receipt of another city.
    let (other, case) = Site::with_case();
    let (mut officer, entry) = acted(&other, &case);
    let foreign = officer.get(&format!("/receipts/{entry}.json")).body;
    check(&mut visitor, &foreign, &["“日志头由日志公钥签名”这一步不成立"]);
    visitor.cookies.insert("lang".to_owned(), "en".to_owned());
    check(&mut visitor, &good, &["The receipt is valid"]);
    let large = visitor.post("/verify", &[("receipt", &"a".repeat(70_000))]);
    assert_eq!(large.status, 413);
    large.says(&["it is longer than is accepted"]);
}

#[test]
fn the_log_can_be_watched() {
    let (site, case) = Site::with_case();
    let mut visitor = site.visitor();
    let public = key(&mut visitor);
    let first = visitor.get("/log/head");
    assert_eq!(first.header("content-type"), Some("text/plain; charset=utf-8"));
    let old = public.open(&first.body).unwrap();
    assert_eq!(visitor.get("/log/head").body, first.body, "nothing was added");
    acted(&site, &case);
    let new = public.open(&visitor.get("/log/head").body).unwrap();
    assert!(new.size > old.size);
    let heads: Vec<String> = serde_json::from_str(&visitor.get("/log/heads").body).unwrap();
    assert_eq!(public.open(&heads[0]).unwrap(), new);
    assert!(heads.contains(&first.body));

    let proof = visitor.get(&format!("/log/consistency?old={}&size={}", old.size, new.size));
    let proof: serde_json::Value = serde_json::from_str(&proof.body).unwrap();
    assert_eq!(proof["format"], "datong-consistency-1");
    let head = |which: &str| public.open(proof[which].as_str().unwrap()).unwrap();
    assert_eq!((head("old").size, head("old").root), (old.size, old.root));
    assert_eq!((head("new").size, head("new").root), (new.size, new.root));
    let path = proof["path"].as_array().unwrap().iter();
    let path: Vec<[u8; 32]> =
        path.map(|hash| unhex(hash.as_str().unwrap()).unwrap().try_into().unwrap()).collect();
    assert!(verify_consistency(old.size, &old.root, new.size, &new.root, &path));
    for (query, status) in [("", 400), ("?old=x&size=2", 400), ("?old=0&size=2", 422), ("?old=3&size=2", 422)]
    {
        assert_eq!(visitor.get(&format!("/log/consistency{query}")).status, status, "{query}");
    }
    assert_eq!(visitor.get("/log/consistency?old=1&size=99999").status, 422);
    visitor.get("/").says(&["下载日志头", &new.size.to_string()]);
}

#[test]
fn the_key_is_rotated_on_the_page_and_the_one_page_script_follows() {
    let site = Site::quiet();
    let mut visitor = site.visitor();
    let (before, old) = (key(&mut visitor), visitor.get("/receipts/3.json").body);
    let quiet = visitor.get("/status");
    quiet.says(&["签名密钥", &before.to_text(), "没有轮换过"]).says_not(&["轮换理由"]);
    assert_eq!(visitor.get("/log/rotations").body, "[]");
    assert_eq!(visitor.get("/log/rotations/3.json").status, 404);

    let mut keeper = site.signed_in("accounts-1");
    let page = keeper.get("/status");
    page.says(&["轮换理由", "原密钥随即销毁"]);
    let refused = keeper.fill(&page, "/status/key", &[("reason", " ")]);
    assert_eq!(refused.status, 422);
    refused.says(&["写明理由"]);
    keeper.fill(&page, "/status/key", &[("reason", "每年轮换")]).to();
    let mut officer = site.signed_in("officer-1");
    assert_eq!(officer.fill(&page, "/status/key", &[("reason", "试试")]).status, 403);
    assert_eq!(visitor.post("/status/key", &[]).status, 303);

    let after = key(&mut visitor);
    assert_ne!(before, after);
    let rotations: Vec<Receipt> = serde_json::from_str(&visitor.get("/log/rotations").body).unwrap();
    let file = format!("/log/rotations/{}.json", rotations[0].inclusion.index);
    visitor.get("/status").says(&["原密钥", &file]).says_not(&["没有轮换过"]);
    site.city.hour("2026-09-01T13:00", 30.0, b'N');
    let (rotation, new) = (visitor.get(&file).body, visitor.get("/receipts/3.json").body);

    let folder = std::env::temp_dir().join(format!("datong-rotation-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let checks = |receipt: &str, key: &VerifyKey| {
        let path = folder.join("receipt.json");
        std::fs::write(&path, receipt).unwrap();
        let run = Command::new("python3")
            .args(["../../docs/verify_receipt.py", path.to_str().unwrap(), "--key", &key.to_text()])
            .output()
            .unwrap();
        (run.status.success(), String::from_utf8(run.stdout).unwrap())
    };
    let said = [&before, &after].map(|key| checks(&rotation, key));
    assert!(said.iter().all(|(valid, said)| *valid && said.contains(&after.to_text())), "{said:?}");
    assert!(checks(&old, &before).0 && !checks(&old, &after).0);
    assert!(checks(&new, &after).0 && !checks(&new, &before).0);
    std::fs::remove_dir_all(&folder).unwrap();
    visitor.post("/verify", &[("receipt", &old)]).says(&["回执有效"]);
}

#[test]
fn the_verifier_is_the_one_in_the_documentation() {
    let site = Site::quiet();
    let script = site.visitor().get("/verify_receipt.py");
    assert_eq!(script.status, 200);
    assert_eq!(script.body, std::fs::read_to_string("../../docs/verify_receipt.py").unwrap());
}
