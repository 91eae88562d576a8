//! The HJ 212 door over real sockets: what it stores, what it refuses, and what it survives.
#![expect(clippy::unwrap_used, reason = "helpers of tests say what failed by panicking")]

use codec::hj212::{Crc, Edition, Flag, Framer, HOUR, Packet, Qn, Segment, St};
use doors::hj212::{Hj212Door, Limits};
use jiff::civil::DateTime;
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
        let city = City::at("2026-09-30T16:00");
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
    let time = jiff::civil::date(2026, 9, 30).at(hour, 0, 0, 0);
    let sent: DateTime = time.checked_add(jiff::Span::new().hours(1)).unwrap();
    let password = if password.is_empty() { open.city.password(CHIMNEY) } else { password };
    Packet::new(St::parse("31").unwrap(), HOUR, password, CHIMNEY)
        .qn(Qn::of(sent).unwrap())
        .flag(Flag::of(Edition::E2017).wanting_answer())
        .item(&[("DataTime", &time.strftime("%Y%m%d%H%M%S").to_string())])
        .item(&[("a21026-ZsAvg", so2), ("a21026-Flag", "N")])
        .to_bytes(Crc::Standard)
        .unwrap()
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
