//! Oversight: personal values are read with a case and a reason, and whoever audits finds who did what.

use crate::site::Site;

#[test]
fn a_personal_value_is_read_with_a_reason_and_the_auditor_finds_it() {
    let (site, case) = Site::with_case();
    let mut officer = site.signed_in("officer-1");
    let page = format!("/cases/{case}/personal");
    officer.get(&format!("/cases/{case}")).says(&["个人信息 1 项，已密封", &format!("href=\"{page}\"")]);
    let shown = officer.get(&page);
    shown.says(&["值班电话", "已密封", "一号"]);
    // The register says whose telephone it is; nobody reads it without saying why and which.
    let none = officer.fill(&shown, &page, &[("reason", "联系")]);
    assert_eq!(none.status, 422);
    none.says(&["请勾选要查看的内容"]);
    let unsaid = officer.fill(&shown, &page, &[("value-0", "on"), ("reason", "  ")]);
    assert_eq!(unsaid.status, 422);
    let read = officer.fill(&shown, &page, &[("value-0", "on"), ("reason", "联系核查时间<b>")]);
    assert_eq!(read.status, 200, "{}", read.body);
    read.says_not(&["已密封</span>"]);
    assert_eq!(read.header("cache-control"), Some("no-store"));

    // Somebody of another county is not told that there is such a case.
    let mut other = site.signed_in("officer-3");
    assert_eq!(other.get(&page).status, 404);

    let mut auditor = site.signed_in("auditor-1");
    let acts = auditor.get("/audit?group=personal");
    acts.says(&["查看个人信息", "执法人员一", "联系核查时间&#60;b&#62;", "所办事项", "一致"]);
    auditor.get("/audit?by=officer-1&lang=en").says(&["Read a personal value", "Enforcement officer 1"]);
    auditor.get("/audit?by=officer-2&lang=zh").says(&["没有符合的操作"]);
    auditor.get(&format!("/audit?about={case}")).says(&["没有符合的操作"]);
    auditor.get("/audit?by=no%20name").says(&["不是账号，也不是编号"]);
    let table = auditor.get("/audit/acts.csv?group=personal");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    table.says(&["entry,at,actor,act,entity,case,reason,ground", "reveal,", &*case.to_string()]);
    assert_eq!(officer.get("/audit").status, 403);
    assert_eq!(officer.get("/audit/acts.csv").status, 403);
}

#[test]
fn whoever_looks_without_a_case_is_a_lead_to_the_auditor() {
    let (site, case) = Site::with_case();
    let page = format!("/cases/{case}/personal");
    let mut curious = site.signed_in("officer-3");
    let own = curious.get("/account");
    let csrf = own.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Another site's page cannot have somebody look.
    curious.extra.push(("Sec-Fetch-Site", "cross-site".to_owned()));
    assert_eq!(curious.get(&page).status, 404);
    curious.extra.clear();
    site.signed_in("auditor-1").get("/audit").says_not(&["查看个人信息被拒绝"]);
    let looked = curious.post(&page, &[("csrf", &csrf), ("value-0", "on"), ("reason", "看看")]);
    assert_eq!(looked.status, 404, "that there is such a case is not told");
    assert_eq!(curious.get("/cases/urn:ngsi-ld:Exceedance:nothing/personal").status, 404);
    let mut auditor = site.signed_in("auditor-1");
    let page = auditor.get("/audit");
    page.says(&["被拒绝的查看", "查看个人信息被拒绝", "执法人员三（云州区）", "看看", "移送有权机关"]);
    // Something must be said of it; then it stands, for whoever audits alone.
    let form = "/audit/leads";
    let unsaid = auditor.fill(&page, form, &[("verdict", "explained"), ("reason", " ")]);
    assert_eq!(unsaid.status, 422, "{}", unsaid.body);
    unsaid.says(&["请写明核查情况"]);
    auditor.fill(&page, form, &[("verdict", "referred"), ("reason", "第三次，无事项")]).to();
    let judged = auditor.get("/audit");
    judged.says(&["移送有权给予处分的机关: 第三次，无事项 · 审计人员"]).says_not(&["name=\"verdict\""]);
    let command = page.form(form).into_iter().map(|(name, value)| match name.as_str() {
        "command" => (name, "00".repeat(16)),
        _ => (name, value),
    });
    let command: Vec<(String, String)> = command.collect();
    let again: Vec<(&str, &str)> = command.iter().map(|(name, value)| (&**name, &**value)).collect();
    let again = auditor.post(form, &[&again[..], &[("verdict", "explained"), ("reason", "又一次")]].concat());
    again.says(&["已有核查结论"]);
    let mut subject = site.signed_in("officer-3");
    assert_eq!(subject.get("/audit").status, 403);
    assert_eq!(subject.post(form, &[("csrf", "x")]).status, 403);
    assert_eq!(subject.get("/ngsi-ld/v1/entities?type=Lead").body, "[]");
}
