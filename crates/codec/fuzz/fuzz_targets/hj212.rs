//! Bytes of any kind through framing, head and data area, in slices and in every dialect: nothing panics, nothing grows, every
//! byte is in a frame or in a report.
#![no_main]

use codec::hj212::{Crc, Dialect, FRAME_BYTES_MAX, Framer, Segment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, stream)) = bytes.split_first() else { return };
    let crc = [Crc::Standard, Crc::Modbus, Crc::ByteSwapped][usize::from(first % 3)];
    let dialect = Dialect { crc, crlf_optional: first & 64 != 0, gbk: first & 128 != 0 };
    let of_device = |data: &[u8]| (data.len() % 2 == 0).then_some(Dialect { crc: Crc::Modbus, ..dialect });
    let mut framer = Framer::new(dialect);
    let (mut seen, mut judge) = (0, |result: Result<codec::hj212::Frame, codec::hj212::FrameError>| match result {
        Ok(frame) => {
            assert!(frame.data.len() < FRAME_BYTES_MAX);
            if let Ok(segment) = Segment::parse(&frame.text()) {
                let _ = segment.area.data_time();
                for factor in segment.area.factors().0 {
                    factor.values.iter().for_each(|reading| drop(reading.number()));
                }
            }
            frame.data.len() + 10
        }
        Err(error) => error.skipped_bytes,
    });
    for slice in stream.chunks(usize::from(first / 3) + 1) {
        framer.feed_of(slice, &of_device, |result| seen += judge(result));
    }
    framer.finish();
    while let Some(result) = framer.next_frame_of(&of_device) {
        seen += judge(result);
    }
    // CR LF belongs to no count of a frame: it may be absent.
    assert!(seen <= stream.len(), "more was seen than was sent");
    // And as text, without a frame around it.
    if let Ok(text) = std::str::from_utf8(stream) {
        let _ = Segment::parse(text);
    }
});
