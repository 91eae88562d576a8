//! The HJ 212 door over real sockets: what it stores, what it refuses, and what it survives.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

use codec::hj212::{Crc, Dialect, Edition, Flag, Framer, HOUR, Packet, Qn, Segment, St};
use doors::hj212::{Hj212Door, Limits};
use jiff::civil::DateTime;
use kernel::Asked;
use model::Period;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use testcity::{CHIMNEY, City};
use tokio::sync::watch;

/// A city with its door open, on a runtime of its own.
struct Open {
    city: City,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    runtime: tokio::runtime::Runtime,
}

impl Open {
    fn with(limits: Limits) -> Self {
        Self::of(City::at("2026-09-30T16:00"), limits)
    }

    fn of(city: City, limits: Limits) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (stop, stopped) = watch::channel(false);
        let door =
            runtime.block_on(Hj212Door::bind("127.0.0.1:0", Arc::clone(&city.kernel), limits)).unwrap();
        let address = door.address().unwrap();
        runtime.spawn(door.serve(stopped));
        Self { city, address, stop, runtime }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    fn count(&self, what: &'static str, code: &'static str) -> u64 {
        self.city.kernel.counters().get(what, code)
    }

    fn close(self) {
        self.stop.send(true).unwrap();
        self.runtime.shutdown_timeout(Duration::from_secs(5));
    }
}

fn packet(open: &Open, password: &str, hour: i8, so2: &str) -> Vec<u8> {
    packet_of(open, (CHIMNEY, password), hour, so2).to_bytes(Crc::Standard).unwrap()
}

fn packet_of(open: &Open, (mn, password): (&str, &str), hour: i8, so2: &str) -> Packet {
    let time = jiff::civil::date(2026, 9, 30).at(hour, 0, 0, 0);
    let sent: DateTime = time.checked_add(jiff::Span::new().hours(1)).unwrap();
    let password = if password.is_empty() { open.city.password(mn) } else { password };
    Packet::new(St::parse("31").unwrap(), HOUR, password, mn)
        .qn(Qn::of(sent).unwrap())
        .flag(Flag::of(Edition::E2017).wanting_answer())
        .item(&[("DataTime", &time.strftime("%Y%m%d%H%M%S").to_string())])
        .item(&[("a21026-ZsAvg", so2), ("a21026-Flag", "N")])
}

/// A register's entry for a device with departures from the standard.
fn device(id: &str, mn: &str, dialect: &str) -> String {
    format!(
        "\n[[entity]]\ntype = \"MonitoredSource\"\nid = \"{id}\"\n\n[entity.set]\nname = \"{id}\"\ndivision = \"140214\"\n\
         mn = \"{mn}\"\nsystem = 31\ndialect = [{dialect}]\n"
    )
}

fn city_with(devices: &str) -> City {
    City::with("2026-09-30T16:00", &[("cities/datong/demo.toml", devices)])
}

/// Command code and result of the next answers.
fn answers(stream: &mut TcpStream, count: usize) -> Vec<(u16, Option<String>)> {
    let mut framer = Framer::default();
    let mut found = Vec::new();
    let mut buffer = [0; 4096];
    while found.len() < count {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "closed after {} answers", found.len());
        framer.feed(&buffer[..read], |frame| {
            let text = frame.unwrap().text().into_owned();
            let segment = Segment::parse(&text).unwrap();
            found.push((segment.cn, segment.area.get("QnRtn").map(str::to_owned)));
        });
    }
    found
}

#[test]
fn packets_are_answered_for_what_they_are() {
    let open = Open::with(Limits::default());
    let mut stream = open.connect();
    let good = packet(&open, "", 14, "61.3");
    let mut broken = packet(&open, "", 13, "61.3");
    let at = broken.len() - 9;
    broken[at] ^= 1;
    // Everything in one write: noise, a broken frame, a good one, its repetition, a refused one.
    let all = [b"noise".as_slice(), &broken, &good, &good, &packet(&open, "wrong", 15, "1.0")].concat();
    stream.write_all(&all).unwrap();
    let expected = [(9014, None), (9014, None), (9011, Some("3".to_owned()))];
    assert_eq!(answers(&mut stream, 3), expected);
    let counted = [
        ("hj212-packet", "accepted"),
        ("hj212-packet", "repeated"),
        ("hj212-packet", "wrong-password"),
        ("hj212-value", "stored"),
        ("hj212-frame", "crc"),
    ];
    assert_eq!(counted.map(|(what, code)| open.count(what, code)), [1, 1, 1, 1, 1]);
    open.close();
}

#[test]
fn split_and_half_open_connections_do_no_harm() {
    let open = Open::with(Limits::default());
    let _half_open: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = open.connect();
            stream.write_all(b"##0200QN=2016").unwrap();
            stream
        })
        .collect();
    let mut stream = open.connect();
    stream.set_nodelay(true).unwrap();
    for byte in packet(&open, "", 14, "61.3") {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);
    open.close();
}

#[test]
fn a_connection_of_garbage_is_closed_and_others_go_on() {
    let open = Open::with(Limits { faults_max: 5, ..Limits::default() });
    let mut garbage = open.connect();
    // The door may close while we still write: that is the point.
    let _ = garbage.write_all(&b"##00x1".repeat(4000));
    let mut rest = Vec::new();
    let _ = garbage.read_to_end(&mut rest);
    assert_eq!(rest, b"", "garbage is not answered");
    assert_eq!(open.count("hj212-connection", "too-many-faults"), 1);
    let mut stream = open.connect();
    stream.write_all(&packet(&open, "", 14, "61.3")).unwrap();
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);
    open.close();
}

#[test]
fn one_connection_too_many_is_closed_at_once() {
    let open = Open::with(Limits { connections_max: 2, ..Limits::default() });
    let mut places: Vec<TcpStream> = (0..2).map(|_| open.connect()).collect();
    for (hour, stream) in (13..).zip(&mut places) {
        stream.write_all(&packet(&open, "", hour, "20.0")).unwrap();
        assert_eq!(answers(stream, 1), [(9014, None)]);
    }
    let mut third = open.connect();
    assert_eq!(third.read(&mut [0; 1]).unwrap_or(0), 0, "closed");
    assert_eq!(open.count("hj212-connection", "too-many"), 1);
    open.close();
}

#[test]
fn a_device_is_understood_in_the_dialect_of_its_record_alone() {
    let devices = device("dust-1", "DUST0000000001", "\"crc-modbus\", \"no-crlf\", \"gbk\"");
    let open = Open::of(city_with(&devices), Limits::default());
    let mut stream = open.connect();
    let modbus = |mn, hour| {
        let mut bytes = packet_of(&open, (mn, ""), hour, "20.5").to_bytes(Crc::Modbus).unwrap();
        bytes.truncate(bytes.len() - 2);
        bytes
    };
    // No CR LF follows, so the answer must not wait for any.
    stream.write_all(&modbus("DUST0000000001", 14)).unwrap();
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    let mut framer = Framer::new(Dialect::default().departing("crc-modbus").unwrap());
    let mut answered = Vec::new();
    framer.feed(&answer[..read], |frame| answered.push(frame.unwrap().text().contains("CN=9014")));
    assert_eq!(answered, [true], "answered in its own check sum");
    // The chimney's record says nothing of a dialect.
    stream.write_all(&[modbus(CHIMNEY, 14), packet(&open, "", 15, "20.0")].concat()).unwrap();
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);
    let counted =
        [("hj212-packet", "accepted"), ("hj212-packet", "in-a-dialect"), ("hj212-frame", "missing-crlf")];
    assert_eq!(counted.map(|(what, code)| open.count(what, code)), [2, 1, 1]);
    open.close();
}

#[test]
fn real_packets_get_the_verdict_of_their_records_at_the_door() {
    let Ok(text) = std::fs::read_to_string("../../../shared/data/hj212/packets.json") else {
        println!("skipped: the packets are not here");
        return;
    };
    let records: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Each number as those who send it write; what a record calls `none` is right in no dialect.
    let dialects = [
        device("modbus-1", "ABCDEFG1234567", "\"crc-modbus\""),
        device("modbus-2", "AQHJ0QP0100001", "\"crc-modbus\""),
        device("swapped-1", "JH0201712SD8763", "\"crc-swapped\""),
    ];
    for (devices, strict) in [(String::new(), true), (dialects.concat(), false)] {
        let open = Open::of(city_with(&devices), Limits::default());
        for record in records.as_array().unwrap() {
            let before = open.count("hj212-connection", "closed");
            let read = |open: &Open| {
                let packets = [
                    "unknown-device",
                    "wrong-password",
                    "wrong-system",
                    "pw",
                    "mn",
                    "st",
                    "flag",
                    "qn",
                    "cn",
                ];
                packets.iter().map(|code| open.count("hj212-packet", code)).sum::<u64>()
            };
            let known = read(&open);
            let mut stream = open.connect();
            stream.write_all(format!("{}\r\n", record["packet"].as_str().unwrap()).as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
            while open.count("hj212-connection", "closed") == before {
                std::thread::sleep(Duration::from_millis(1));
            }
            let kind = record["crc_kind"].as_str().unwrap();
            let right = record["len_ok"] == true && (kind == "hj212" || (!strict && kind != "none"));
            assert_eq!(read(&open) - known, u64::from(right), "strict {strict}: {record}");
        }
        open.close();
    }
}

#[test]
fn an_outage_is_filled_in_by_one_stream_and_others_go_on() {
    let open = Open::with(Limits::default());
    // Five hundred hours in one write, oldest first; values of old hours are as good as any.
    let behind: Vec<u8> = (1..=500)
        .flat_map(|back| {
            let time = jiff::civil::date(2026, 9, 30).at(12, 0, 0, 0) - jiff::Span::new().hours(500 - back);
            let sent = jiff::civil::date(2026, 9, 30).at(15, 0, 0, 0) + jiff::Span::new().milliseconds(back);
            Packet::new(St::parse("31").unwrap(), HOUR, open.city.password(CHIMNEY), CHIMNEY)
                .qn(Qn::of(sent).unwrap())
                .flag(Flag::of(Edition::E2017).wanting_answer())
                .item(&[("DataTime", &time.strftime("%Y%m%d%H%M%S").to_string())])
                .item(&[("a21026-ZsAvg", "20.0"), ("a21026-Flag", "N")])
                .to_bytes(Crc::Standard)
                .unwrap()
        })
        .collect();
    let mut filling = open.connect();
    let mut writing = filling.try_clone().unwrap();
    let writer = std::thread::spawn(move || writing.write_all(&behind).unwrap());
    let mut other = open.connect();
    other.write_all(&packet(&open, "", 14, "21.0")).unwrap();
    assert_eq!(answers(&mut other, 1), [(9014, None)]);
    assert!(answers(&mut filling, 500).iter().all(|answer| *answer == (9014, None)));
    writer.join().unwrap();
    assert_eq!(open.count("hj212-value", "stored"), 501);
    open.close();
}

/// Megabytes of this process in memory.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Two hundred connections at once of somebody who means harm: nothing, a head without end, noise, lengths that are lies,
/// packets of devices that do not exist.
fn hostile(open: &Open, round: usize) {
    let unknown = Packet::new(St::parse("31").unwrap(), HOUR, "000000", &format!("NOBODY{round}"))
        .item(&[("DataTime", "20260930140000")])
        .to_bytes(Crc::Standard)
        .unwrap();
    let kinds: [Vec<u8>; 6] = [
        Vec::new(),
        b"##0200QN=2016".to_vec(),
        b"\xff\x00#".repeat(3000),
        b"##9999".repeat(2000),
        [b"##4096".as_slice(), &[b'x'; 4000]].concat(),
        unknown,
    ];
    let streams: Vec<TcpStream> = (0..200)
        .map(|n| {
            let mut stream = open.connect();
            // The door may close while we still write: that is the point.
            let _ = stream.write_all(&kinds[(n + round) % kinds.len()]);
            stream
        })
        .collect();
    drop(streams);
}

#[test]
fn ten_thousand_hostile_connections_leave_good_devices_unharmed() {
    let open = Open::with(Limits::default());
    let mut good = open.connect();
    let mut sent = 0;
    let mut early = 0;
    for round in 0..50 {
        hostile(&open, round);
        // The good device is answered in the midst of it, every time.
        let hour = i8::try_from(round % 14).unwrap();
        good.write_all(&packet(&open, "", hour, &format!("{}.5", 20 + round))).unwrap();
        assert_eq!(answers(&mut good, 1), [(9014, None)], "round {round}");
        sent += 1;
        if round == 10 {
            early = memory();
        }
    }
    let late = memory();
    assert!(late < early + 48, "memory grew from {early} to {late} MB over 8,000 hostile connections");
    assert_eq!(open.count("hj212-packet", "accepted"), sent);
    assert!(open.count("hj212-connection", "accepted") > 9_000);
    open.close();
}

#[test]
fn one_address_does_not_take_every_place() {
    let open = Open::with(Limits { per_address: 2, ..Limits::default() });
    let mut places: Vec<TcpStream> = (0..2).map(|_| open.connect()).collect();
    for (hour, stream) in (11..).zip(&mut places) {
        stream.write_all(&packet(&open, "", hour, "20.0")).unwrap();
        assert_eq!(answers(stream, 1), [(9014, None)]);
    }
    let mut third = open.connect();
    assert_eq!(third.read(&mut [0; 1]).unwrap_or(0), 0, "closed");
    assert_eq!(open.count("hj212-connection", "too-many-from-one"), 1);
    // A place that is given back can be taken again.
    drop(places.pop());
    for _ in 0..200 {
        let mut again = open.connect();
        again.write_all(&packet(&open, "", 14, "20.0")).unwrap();
        if again.read(&mut [0; 1]).unwrap_or(0) == 1 {
            open.close();
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(open.count("hj212-connection", "accepted"), 3, "the place did not come back");
}

/// The next packet that the city sends: command, QN, and its area's text.
fn asked(stream: &mut TcpStream) -> (u16, Qn, String) {
    let mut framer = Framer::default();
    let mut found = None;
    let mut buffer = [0; 4096];
    while found.is_none() {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "closed");
        framer.feed(&buffer[..read], |frame| {
            let text = frame.unwrap().text().into_owned();
            let segment = Segment::parse(&text).unwrap();
            if segment.cn != 9014 {
                let area = text.split("CP=&&").nth(1).unwrap().trim_end_matches("&&").to_owned();
                found = Some((segment.cn, segment.qn.unwrap(), area));
            }
        });
    }
    found.unwrap()
}

fn telling(open: &Open, cn: u16, qn: Qn, pairs: &[(&str, &str)]) -> Vec<u8> {
    let st = if cn > 9000 { St::INTERACTION } else { St::parse("31").unwrap() };
    let packet = Packet::new(st, cn, open.city.password(CHIMNEY), CHIMNEY).qn(qn);
    packet.flag(Flag::of(Edition::E2017)).item(pairs).to_bytes(Crc::Standard).unwrap()
}

/// Waits until an order is in a state; says its code and what was answered.
fn becomes(open: &Open, actor: &kernel::Actor, order: &model::Urn, state: &str) -> (Option<i64>, String) {
    let now = || {
        let orders = open.city.kernel.orders(actor, CHIMNEY, 50).unwrap();
        orders.into_iter().find(|held| held.urn == *order).unwrap()
    };
    for _ in 0..500 {
        if now().text("state") == state {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(now().text("state"), state);
    (now().value("code").as_int(), now().text("answer").to_owned())
}

#[test]
fn an_order_goes_to_its_device_and_its_answers_come_back() {
    let open = Open::with(Limits { answer_secs: 1, resends: 2, ..Limits::default() });
    let steward = open.city.person("steward-1");
    let give = |number: u8, asked: Asked| {
        open.city
            .kernel
            .order(&steward, proof::CommandId([number; 16]), CHIMNEY, asked)
            .map(|order| order.urn)
    };
    let away = give(1, Asked::Time).unwrap_err();
    assert!(away.to_string().contains("not connected"), "{away}");
    let mut stream = open.connect();
    stream.write_all(&packet(&open, "", 14, "20.0")).unwrap();
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);

    // What time is it there? 9011, the answer, 9012.
    let order = give(2, Asked::Time).unwrap();
    let (cn, qn, _) = asked(&mut stream);
    assert_eq!(cn, 1011);
    stream.write_all(&telling(&open, 9011, qn, &[("QnRtn", "1")])).unwrap();
    becomes(&open, &steward, &order, "accepted");
    // It wants an answer to its upload, as to any other.
    let told = Packet::new(St::parse("31").unwrap(), 1011, open.city.password(CHIMNEY), CHIMNEY).qn(qn);
    let told = told.flag(Flag::of(Edition::E2017).wanting_answer()).item(&[("SystemTime", "20260930160102")]);
    stream.write_all(&told.to_bytes(Crc::Standard).unwrap()).unwrap();
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);
    stream.write_all(&telling(&open, 9012, qn, &[("ExeRtn", "1")])).unwrap();
    assert_eq!(becomes(&open, &steward, &order, "done"), (Some(1), "SystemTime=20260930160102".to_owned()));

    // The same order sent again is the same order.
    assert_eq!(give(2, Asked::Time).unwrap(), give(2, Asked::Time).unwrap());

    // Hours are fetched: they come as any others, and one of them was not known.
    let at = |hour| jiff::civil::date(2026, 9, 30).at(hour, 0, 0, 0);
    let order = give(3, Asked::Fetch { period: Period::Hour, from: at(10), to: at(12) }).unwrap();
    let (cn, qn, area) = asked(&mut stream);
    assert_eq!((cn, area.as_str()), (2061, "BeginTime=20260930100000;EndTime=20260930120000"));
    stream.write_all(&telling(&open, 9011, qn, &[("QnRtn", "1")])).unwrap();
    stream.write_all(&packet(&open, "", 11, "31.0")).unwrap();
    assert_eq!(answers(&mut stream, 1), [(9014, None)]);
    stream.write_all(&telling(&open, 9012, qn, &[("ExeRtn", "1")])).unwrap();
    becomes(&open, &steward, &order, "done");
    assert_eq!(open.count("hj212-value", "stored"), 2);

    // A refusal has a code; silence is asked again with the same QN, then given up.
    let order = give(4, Asked::SetInterval(60)).unwrap();
    let (cn, qn, area) = asked(&mut stream);
    assert_eq!((cn, area.as_str()), (1062, "RtdInterval=60"));
    stream.write_all(&telling(&open, 9011, qn, &[("QnRtn", "2")])).unwrap();
    assert_eq!(becomes(&open, &steward, &order, "refused").0, Some(2));
    let order = give(5, Asked::SetTime).unwrap();
    let asked_thrice = [asked(&mut stream), asked(&mut stream), asked(&mut stream)];
    assert!(asked_thrice.iter().all(|again| *again == asked_thrice[0]) && asked_thrice[0].0 == 1012);
    becomes(&open, &steward, &order, "unanswered");

    // What no device could do is not sent; who may not order is refused; what was open when the line went is lost.
    assert!(give(6, Asked::SetInterval(5)).is_err());
    let officer = open.city.person("officer-1");
    assert!(open.city.kernel.order(&officer, proof::CommandId([7; 16]), CHIMNEY, Asked::Time).is_err());
    let order = give(8, Asked::Interval).unwrap();
    asked(&mut stream);
    drop(stream);
    becomes(&open, &steward, &order, "lost");
    // Asked for again, it is the same order, though the device is away now.
    assert_eq!(give(8, Asked::Interval).unwrap(), order);
    assert!(give(9, Asked::Time).is_err());
    open.close();
}
