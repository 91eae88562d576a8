//! The alarms of a board: what a rule has found, with its value and limit; confirmed with one press, and only by who may.

use crate::site::Site;

const LIST: &str = "/boards/situation/alarms";

#[test]
fn an_alarm_is_listed_with_its_value_and_confirmed_with_one_press() {
    let (site, _) = Site::with_case();
    let mut duty = site.signed_in("duty-officer-1");
    duty.get("/boards/situation").says(&["告警待确认 1", &format!("href=\"{LIST}\"")]);
    let list = duty.get(LIST);
    list.says(&[
        "二氧化硫超过排放限值",
        "58 mg/m³",
        ">35</td>",
        "演示热源厂一号烟囱",
        "待确认",
        "一个有效小时",
    ]);
    let post = list.body.split("action=\"/cases/").nth(1).unwrap().split('"').next().unwrap();
    let post = format!("/cases/{post}");
    assert!(post.ends_with("/acts/confirm"), "{post}");
    let done = duty.fill(&list, &post, &[]);
    assert_eq!(done.to(), LIST, "back to the list from which it was done");
    duty.get(LIST).says(&["已确认", "打开事项"]).says_not(&["/acts/confirm"]);
    duty.get(&format!("{LIST}?tab=raised")).says(&["没有告警。"]);
    duty.get(&format!("{LIST}?tab=ended&page=9")).says(&["没有告警。"]);
    // What the form says of another site is not followed.
    site.city.hour("2026-09-30T16:00", 80.0, b'N');
    assert_eq!(site.signed_in("officer-1").get(LIST).status, 403);
    assert_eq!(site.visitor().get(LIST).status, 303);
    assert_eq!(duty.get("/boards/environment/alarms").status, 403);
    assert_eq!(duty.get("/boards/nothing/alarms").status, 404);
}

#[test]
fn an_act_goes_back_to_a_path_of_this_site_alone() {
    let (site, _) = Site::with_case();
    let mut duty = site.signed_in("duty-officer-1");
    let list = duty.get(LIST);
    let post = list.body.split("action=\"/cases/").nth(1).unwrap().split('"').next().unwrap();
    let post = format!("/cases/{post}");
    let hidden = list.form(&post);
    let fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), if name == "back" { "//example.org/" } else { value.as_str() }))
        .collect();
    let done = duty.post(&post, &fields);
    assert!(done.to().starts_with("/cases/"), "{}", done.to());
}

#[test]
fn the_past_plays_hour_by_hour_until_it_is_now() {
    let (site, _) = Site::with_case();
    let mut duty = site.signed_in("duty-officer-1");
    let still = duty.get("/boards/situation?at=2026-09-30T13:30");
    still.says(&["播放（每 5 秒一小时）", "play=1"]).says_not(&["http-equiv=\"refresh\""]);
    let playing = duty.get("/boards/situation?at=2026-09-30T13:30&play=1");
    playing.says(&["停止播放", "http-equiv=\"refresh\" content=\"5;url=/boards/situation?at=2026-09-30T14"]);
    let last = duty.get("/boards/situation?at=2026-09-30T15:30&play=1");
    last.says_not(&["http-equiv=\"refresh\"", "播放"]);
    duty.get("/boards/situation?play=1").says_not(&["http-equiv=\"refresh\""]);
}
