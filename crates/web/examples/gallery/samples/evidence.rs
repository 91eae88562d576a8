//! Receipts, checking them, packets.

use super::{Pages, Say, hour, link, render};
use model::Flag;
use web::views::{
    CheckStep, Decoded, Epoch, Outcome, Packet, PathStep, Receipt, Recorded, RecordedValue, Side, Verify,
    When,
};

const HASH: &str = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
const CHECKPOINT: &str = "demo.example/log\n140\n9f2c41d7…e05b=\n\n— demo.example/log qWcBAB…\n";
const KEY: &str = "demo.example/log+1f2e3d4c+AdSampleKeyNotARealOne";

pub fn pages(say: Say) -> Pages {
    let kept = receipt(say);
    let pending =
        Receipt { head_size: None, head_time: None, path: vec![], recorded: vec![], ..receipt(say) };
    let voided = Epoch::Voided {
        at: "2026-10-09 02:10".to_owned(),
        restored_size: 120,
        entry: Some(link("/receipts/121", "121")),
    };
    let outcomes = [
        ("verify-valid", valid(say)),
        ("verify-altered", Outcome::NotValid { step: CheckStep::Items }),
        ("verify-contradicted", Outcome::Contradicted { entry: 128, size: 140 }),
        ("verify-no-receipt", Outcome::NotValid { step: CheckStep::Form }),
        (
            "verify-voided",
            Outcome::Voided {
                entry: 128,
                at: "2026-10-09 02:10".to_owned(),
                epoch: 1_791_483_000,
                restored_size: 120,
            },
        ),
    ];
    let mut pages = vec![
        ("receipt", render(&kept)),
        ("receipt-pending", render(&pending)),
        ("receipt-voided", render(&Receipt { epoch: voided, ..receipt(say) })),
        ("packet", render(&packet(say))),
        ("packet-unread", render(&unread(say))),
        ("verify", render(&verify(say, None))),
    ];
    pages.extend(outcomes.map(|(name, outcome)| (name, render(&verify(say, Some(outcome))))));
    pages
}

fn receipt(say: Say) -> Receipt {
    let item = |zh, en, value| Recorded { title: say.of(zh, en), value };
    let shown = |zh, en| RecordedValue::Shown(say.of(zh, en));
    Receipt {
        page: say.public("/receipts/128"),
        entry: 128,
        head_size: Some(140),
        head_time: Some("2026-10-08 09:40".to_owned()),
        epoch: Epoch::Kept,
        address: "https://city.example/receipts/128".to_owned(),
        who: say.of("执法人员二", "Enforcement officer 2"),
        when: "2026-10-08 09:31".to_owned(),
        act: say.of("督办", "Supervise"),
        ground: Some(say.of("超标督办流程（演示）第 1 版", "Exceedance process (demonstration), edition 1")),
        cause: Some(link("/receipts/126", "126")),
        case: Some(link("/cases/2026-000128", "2026-000128")),
        packet: None,
        recorded: vec![
            item("环节", "Stage", shown("督办 → 核实", "Supervision → Verification")),
            item(
                "办理意见",
                "Opinion",
                shown(
                    "两个小时均为有效数据，企业未标记工况，转现场核实。",
                    "Both hours are valid and not marked by the firm; to be verified on site.",
                ),
            ),
            item("企业联系电话", "Firm's telephone", RecordedValue::Sealed),
            item("举报人", "Informant", RecordedValue::Erased),
        ],
        leaf: HASH.to_owned(),
        path: [Side::Left, Side::Right, Side::Left]
            .map(|side| PathStep { side, hash: HASH.to_owned() })
            .to_vec(),
        root: HASH.to_owned(),
        checkpoint: CHECKPOINT.to_owned(),
        key: KEY.to_owned(),
        download_href: "/receipts/128.json".to_owned(),
    }
}

fn valid(say: Say) -> Outcome {
    Outcome::Valid {
        entry: 128,
        size: 140,
        when: "2026-10-08 09:31".to_owned(),
        act: say.of("督办", "Supervise"),
        receipt: Some(link("/receipts/128", "128")),
    }
}

fn verify(say: Say, outcome: Option<Outcome>) -> Verify {
    let pasted = if outcome.is_some() { "{\"format\":\"datong-receipt-1\",\"leaf\":\"a7…\"}" } else { "" };
    Verify { page: say.public("/verify"), pasted: pasted.to_owned(), outcome, key: KEY.to_owned() }
}

fn packet(say: Say) -> Packet {
    let value = |zh, en, code: &str, field: &str, value: &str, unit: &str| Decoded {
        factor: say.of(zh, en),
        code: code.to_owned(),
        statistic: if field == "ZsAvg" {
            say.of("折算小时均值", "converted hourly mean")
        } else {
            say.of("小时均值", "hourly mean")
        },
        field: field.to_owned(),
        when: When::Over(hour("2026-09-30", 14)),
        value: value.to_owned(),
        unit: unit.to_owned(),
        flag: Flag::NORMAL,
    };
    let moment = Decoded {
        when: When::At("2026-09-30 15:00:12".to_owned()),
        ..value("烟气流速", "Flue gas velocity", "a01011", "Rtd", "8.4", "m/s")
    };
    Packet {
        page: say.public("/packets/125"),
        number: "125".to_owned(),
        receipt: link("/receipts/125", "125"),
        source: link("/sources/3", "演示热源厂 3 号锅炉排口"),
        standard: "HJ 212-2017".to_owned(),
        received: "2026-09-30 15:00:14".to_owned(),
        text: "##0218QN=20260930150012001;ST=31;CN=2061;PW=******;MN=DEMO-0003;Flag=5;CP=&&DataTime=20260930140000;\
               a21026-Avg=371.4,a21026-ZsAvg=412.0,a21026-Flag=N;a19001-Avg=9.1,a19001-Flag=N&&9D40"
            .to_owned(),
        masked: true,
        values: vec![
            value("二氧化硫", "Sulphur dioxide", "a21026", "ZsAvg", "412.0", "mg/m³"),
            value("二氧化硫", "Sulphur dioxide", "a21026", "Avg", "371.4", "mg/m³"),
            value("氧含量", "Oxygen", "a19001", "Avg", "9.1", "%"),
            moment,
        ],
        findings: vec![],
    }
}

fn unread(say: Say) -> Packet {
    let findings = vec![
        say.of("校验码与内容不符，报文未采用。", "The check sum does not fit; the packet was not used."),
    ];
    Packet {
        values: vec![],
        findings,
        masked: false,
        text: "##0010<b>QN=2026</b>&&0000".to_owned(),
        ..packet(say)
    }
}
