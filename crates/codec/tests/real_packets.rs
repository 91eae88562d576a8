//! Packets found in the field and vectors made for this project, each against the verdict its record states.
//!
//! The data lies outside the source tree. Where it is absent these tests say so and pass.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests may fall and speak"
)]

use codec::hj212::{
    Command, Crc, Dialect, Edition, ExeRtn, Frame, FrameError, FrameFault, Framer, Packet, QnRtn, Segment,
    answer_9011, answer_9012, answer_9013, answer_9014,
};
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hj212");

const STRICT: Dialect = Dialect { crc: Crc::Standard, crlf_optional: false, gbk: false };
const MODBUS: Dialect = Dialect { crc: Crc::Modbus, crlf_optional: false, gbk: false };
const BYTE_SWAPPED: Dialect = Dialect { crc: Crc::ByteSwapped, crlf_optional: false, gbk: false };

fn file(name: &str) -> Option<String> {
    let path = Path::new(FOLDER).join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not here", path.display());
    }
    text
}

/// One packet without its CR LF, with what its record says of it.
struct Record {
    packet: String,
    note: String,
    len_ok: bool,
    crc_kind: String,
}

fn records() -> Option<Vec<Record>> {
    let records: serde_json::Value = serde_json::from_str(&file("packets.json")?).unwrap();
    let text = |record: &serde_json::Value, field: &str| record[field].as_str().unwrap().to_owned();
    let read = |record: &serde_json::Value| Record {
        packet: text(record, "packet"),
        note: text(record, "note"),
        len_ok: record["len_ok"].as_bool().unwrap(),
        crc_kind: text(record, "crc_kind"),
    };
    Some(records.as_array().unwrap().iter().map(read).collect())
}

fn read(dialect: Dialect, bytes: &[u8]) -> Vec<Result<Frame, FrameError>> {
    let mut framer = Framer::new(dialect);
    let mut results = Vec::new();
    framer.feed(bytes, |result| results.push(result));
    framer.finish();
    results.extend(std::iter::from_fn(|| framer.next_frame()));
    results
}

fn wire(packet: &str) -> Vec<u8> {
    format!("{packet}\r\n").into_bytes()
}

fn frame(dialect: Dialect, packet: &str) -> Frame {
    let results = read(dialect, &wire(packet));
    assert_eq!(results.len(), 1, "{packet}: {results:?}");
    results.into_iter().next().unwrap().unwrap_or_else(|error| panic!("{packet}: {error}"))
}

#[test]
fn every_packet_gets_the_verdict_of_its_record() {
    for record in records().unwrap_or_default() {
        let kinds = [(STRICT, "hj212"), (MODBUS, "modbus"), (BYTE_SWAPPED, "hj212-byte-swapped")];
        for (dialect, kind) in kinds {
            let results = read(dialect, &wire(&record.packet));
            if record.len_ok && record.crc_kind == kind {
                assert!(matches!(results[..], [Ok(_)]), "{kind}: {}", record.note);
                continue;
            }
            let fault = results[0].as_ref().expect_err(&record.note).fault;
            let expected = match record.len_ok {
                true => vec![FrameFault::Crc],
                // A wrong length points behind the end of the packet, or at something that is no CR LF.
                false => vec![FrameFault::Truncated, FrameFault::MissingCrlf],
            };
            assert!(expected.contains(&fault), "{kind}: {} gave {fault:?}", record.note);
        }
    }
}

#[test]
fn packets_of_one_device_after_another_are_all_found() {
    let Some(records) = records() else { return };
    let stream: Vec<u8> = records.iter().flat_map(|record| wire(&record.packet)).collect();
    for (dialect, kind) in [(STRICT, "hj212"), (MODBUS, "modbus"), (BYTE_SWAPPED, "hj212-byte-swapped")] {
        let results = read(dialect, &stream);
        let found: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
        let right = records.iter().filter(|record| record.len_ok && record.crc_kind == kind);
        assert_eq!(found.len(), right.count(), "{kind}");
        let dropped: usize =
            results.iter().filter_map(|result| result.as_ref().err()).map(|e| e.skipped_bytes).sum();
        let framed: usize = found.iter().map(|frame| frame.data.len() + 12).sum();
        assert_eq!(dropped + framed, stream.len(), "{kind}");
    }
}

#[test]
fn every_good_frame_is_understood() {
    for record in records().unwrap_or_default().iter().filter(|record| record.len_ok) {
        // The check sum is not the point here, so even the packets with an unknown one are read.
        let data = &record.packet[6..record.packet.len() - 4];
        let segment = Segment::parse(data).unwrap_or_else(|error| panic!("{}: {}", record.note, error.fault));
        let codes: Vec<_> = segment.findings.iter().map(|finding| finding.code.as_str()).collect();
        // Some say divided and give no part.
        assert!(codes.iter().all(|code| *code == "bad-part"), "{}: {codes:?}", record.note);
        assert!(segment.qn.is_some() || !data.contains("QN="), "{}", record.note);
        if !matches!(segment.cn, 2011 | 2051 | 2061) || segment.area.get("DataTime").is_none() {
            continue;
        }
        assert!(matches!(segment.area.data_time(), Ok(Some(_))), "{}", record.note);
        let (factors, findings) = segment.area.factors();
        assert!(factors.iter().all(|factor| !factor.values.is_empty()), "{}", record.note);
        let odd: Vec<_> = findings.iter().map(|finding| finding.text.as_str()).collect();
        let expected: &[&str] = if data.contains("NOIS=N") { &["NOIS=N"] } else { &[] };
        assert_eq!(odd, expected, "{}", record.note);
    }
}

#[test]
fn vectors_are_read_and_written_byte_for_byte() {
    for line in file("vectors.txt").unwrap_or_default().lines() {
        let frame = frame(STRICT, line);
        let text = frame.text();
        let segment = Segment::parse(&text).unwrap();
        assert_eq!(segment.findings, [], "{line}");
        assert!(Command::find(segment.cn).is_some(), "{line}");
        assert_eq!(Packet::from(&segment).to_bytes(Crc::Standard).unwrap(), wire(line), "{line}");
        let (factors, findings) = segment.area.factors();
        assert_eq!(findings, [], "{line}");
        assert_eq!(factors.is_empty(), segment.area.get("DataTime").is_none(), "{line}");
        let answer = match segment.cn {
            9011 => answer_9011(&segment, QnRtn::Ready, Crc::Standard),
            9012 => answer_9012(&segment, ExeRtn::Done, Crc::Standard),
            9013 => answer_9013(&segment, Crc::Standard),
            9014 => answer_9014(&segment, Crc::Standard),
            _ => continue,
        };
        assert_eq!(answer, wire(line), "an answer repeats the head it is given");
    }
}

#[test]
fn data_segments_of_2025_are_understood() {
    for line in file("hj212-2025-datasegments.txt").unwrap_or_default().lines() {
        // The answer to a logger that has no device number yet: there is none to read.
        if line.contains("MN=;") {
            assert_eq!(Segment::parse(line).unwrap_err().fault.qn_rtn(), QnRtn::Mn);
            continue;
        }
        let segment = Segment::parse(line).unwrap_or_else(|error| panic!("{line}: {}", error.fault));
        assert_eq!(segment.findings, [], "{line}");
        assert!(matches!(segment.edition(), Edition::E2017 | Edition::E2025), "{line}");
        assert!(Command::find(segment.cn).is_some(), "{line}");
        assert_eq!(segment.wants_answer(), segment.st.as_str() != "91", "{line}");
    }
}
