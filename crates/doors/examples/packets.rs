//! Measures the HJ 212 door end to end: `cargo run --release -p doors --example packets -- [seconds] [devices]`.
//!
//! Each device has a connection of its own and sends its next packet when the last one is answered: packet in, values on disk,
//! 9014 out. Devices, door and store share the machine. Prints JSON.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement: it takes the time, prints and stops at the first failure"
)]

use codec::hj212::{Crc, Edition, Flag, Packet, Qn, REAL_TIME, St};
use doors::hj212::{Hj212Door, Limits};
use jiff::civil::DateTime;
use kernel::Tuning;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testcity::City;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

fn number(device: u64) -> String {
    format!("BENCH{device:09}")
}

/// A register of so many sources.
fn register(devices: u64) -> String {
    let mut text = String::new();
    for device in 0..devices {
        let mn = number(device);
        write!(
            text,
            "\n[[entity]]\ntype = \"MonitoredSource\"\nid = \"bench-{device}\"\n\n[entity.set]\nname = \"{device}\"\n\
             division = \"140214\"\nmn = \"{mn}\"\nsystem = 31\n"
        )
        .unwrap();
    }
    text
}

/// A packet of a moment: three converted values.
fn packet(mn: &str, password: &str, round: i64, at: DateTime) -> Vec<u8> {
    let at = at - jiff::Span::new().seconds(40_000) + jiff::Span::new().seconds(round);
    let value = format!("{}.{}", 20 + round % 10, round % 7);
    Packet::new(St::parse("31").unwrap(), REAL_TIME, password, mn)
        .qn(Qn::of(at).unwrap())
        .flag(Flag::of(Edition::E2017).wanting_answer())
        .item(&[("DataTime", &at.strftime("%Y%m%d%H%M%S").to_string())])
        .item(&[("a21026-ZsRtd", &value), ("a21026-Flag", "N")])
        .item(&[("a21002-ZsRtd", &value), ("a21002-Flag", "N")])
        .item(&[("a34013-ZsRtd", &value), ("a34013-Flag", "N")])
        .to_bytes(Crc::Standard)
        .unwrap()
}

/// A device's life: microseconds that each answer took.
async fn device(address: SocketAddr, (mn, password): (String, String), until: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let at = jiff::civil::date(2026, 9, 30).at(15, 0, 0, 0);
    let mut answer = [0; 1024];
    let mut times = Vec::new();
    for round in 0.. {
        if Instant::now() >= until {
            break;
        }
        let bytes = packet(&mn, &password, round, at);
        let sent = Instant::now();
        stream.write_all(&bytes).await.unwrap();
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].windows(7).any(|window| window == b"CN=9014"), "not stored");
        times.push(sent.elapsed().as_micros() as u32);
    }
    times
}

/// Seconds of processor time of this process so far.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let figure =
        |at: usize, or: u64| std::env::args().nth(at).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (seconds, devices) = (figure(1, 10), figure(2, 1000));
    std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let register = register(devices);
    let city = City::tuned("2026-09-30T16:00", &[("cities/datong/demo.toml", &register)], Tuning::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (stop, stopped) = watch::channel(false);
    let door = Hj212Door::bind("127.0.0.1:0", Arc::clone(&city.kernel), Limits::default());
    let door = runtime.block_on(door).unwrap();
    let address = door.address().unwrap();
    let door = runtime.spawn(door.serve(stopped));
    let (started, before) = (Instant::now(), processor());
    let until = started + Duration::from_secs(seconds);
    let start = |n| {
        let mn = number(n);
        let password = city.password(&mn).to_owned();
        runtime.spawn(device(address, (mn, password), until))
    };
    let all: Vec<_> = (0..devices).map(start).collect();
    let mut times: Vec<u32> = all.into_iter().flat_map(|device| runtime.block_on(device).unwrap()).collect();
    let (time, cpu) = (started.elapsed().as_secs_f64(), processor() - before);
    times.sort_unstable();
    let at = |part: f64| f64::from(times[(times.len() as f64 * part) as usize]) / 1000.0;
    println!(
        "{{\"what\":\"hj212\",\"devices\":{devices},\"packets_per_s\":{:.0},\"p50_ms\":{:.1},\"p99_ms\":{:.1},\
         \"cpu_us_per_packet\":{:.0}}}",
        times.len() as f64 / time,
        at(0.5),
        at(0.99),
        cpu / times.len() as f64 * 1e6
    );
    stop.send(true).unwrap();
    runtime.block_on(door).unwrap();
    runtime.shutdown_timeout(Duration::from_secs(5));
}
