//! How fast rules follow what arrives: hours of plants, each with six factors, are stored first and judged then. Plants are
//! judged side by side, on as many threads as there are processors.
//!
//! `cargo run --release -p kernel --example dispatch -- 5000`, in `crates/kernel`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what failed by panicking")]

use kernel::{Telemetry, Tuning};
use model::Flag;
use proof::CommandId;
use std::time::Instant;
use testcity::{City, at, name};

const PLANTS: [&str; 3] =
    ["DEMO0000000000CHIMNEY001", "DEMO0000000000CHIMNEY002", "DEMO0000000000000BOILER3"];

const FACTORS: [(&str, &str, f64); 6] = [
    ("a21026", "ZsAvg", 20.0),
    ("a21026", "Avg", 15.0),
    ("a21002", "ZsAvg", 30.0),
    ("a34013", "ZsAvg", 5.0),
    ("a19001", "Avg", 9.0),
    ("a00000", "Avg", 40_000.0),
];

fn main() {
    let packets: i64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(5000);
    let start = at("2026-01-05T00:00");
    let city = City::tuned("2026-09-30T16:00", &[], Tuning::default());
    let devices = PLANTS.map(|mn| city.kernel.device(mn, city.password(mn), Some(31)).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let began = Instant::now();
    for packet in 0..packets {
        let plant = usize::try_from(packet).unwrap() % PLANTS.len();
        let hour = packet / 3;
        let observed = city.kernel.loaded().zone.local(start.plus_secs(hour * 3600));
        let swing = (hour % 7) as f64 / 10.0;
        let values = FACTORS
            .map(|(code, statistic, value)| (code.to_owned(), name(statistic), value + swing, Flag(b'N')));
        let telemetry = Telemetry {
            command: CommandId::derived(&[0; 32], &["dispatch", &packet.to_string()]),
            device: PLANTS[plant].to_owned(),
            code: 2061,
            observed,
            values: values.to_vec(),
            clock: None,
            asked: false,
            source: "##".to_owned(),
        };
        runtime.block_on(city.kernel.observe(&devices[plant], telemetry)).unwrap();
    }
    let stored = began.elapsed();
    city.dispatcher.settle();
    let whole = began.elapsed();
    // Read once more from the beginning: all of it is there, and nothing new follows.
    let again = Instant::now();
    city.dispatcher.read_again();
    let judged = again.elapsed();
    let rate = packets as f64 / judged.as_secs_f64();
    println!(
        "{{\"what\":\"dispatch\",\"packets\":{packets},\"values\":{},\"stored_s\":{:.2},\"followed_s\":{:.2},\"read_again_s\":{:.2},\"packets_per_s\":{rate:.0}}}",
        packets * FACTORS.len() as i64,
        stored.as_secs_f64(),
        whole.as_secs_f64(),
        judged.as_secs_f64()
    );
}
