//! Framing: from a TCP stream in arbitrary slices to data segments whose length and check sum are right.
//!
//! A packet is `##`, the length in four digits, the data segment, its check sum in four hex digits, CR LF.
//! Whatever is not part of such a packet is dropped and reported, byte for byte. A frame that fails gives up its
//! `##` only, never the length it claimed: the good frame that a damaged length covers is found all the same, as
//! soon as the bytes claimed have come or the door has called [`Framer::finish`].
//!
//! Work is linear in the bytes fed. Bytes between frames are looked at once. Each claimed frame is summed at most
//! once, and once more for a device with a dialect; a claim costs its sender a header and a tail, so that one hostile byte costs
//! at most some 340 summed ones, twice.

use super::{DATA_BYTES_MAX, Dialect, Frame, FrameError, FrameFault};

const HEAD: &[u8] = b"##";
const TAIL: &[u8] = b"\r\n";
const LENGTH_DIGITS: usize = 4;
const CRC_DIGITS: usize = 4;
const HEADER_BYTES: usize = HEAD.len() + LENGTH_DIGITS;

/// Longest frame the reader takes, in bytes; a [`Framer`] never holds more.
pub const FRAME_BYTES_MAX: usize = HEADER_BYTES + DATA_BYTES_MAX + CRC_DIGITS + TAIL.len();

/// A dropped run is reported at this length at the latest, so that endless noise is seen while it lasts.
pub const RUN_BYTES_MAX: usize = 4096;

/// Tells the dialect of the device that a data segment names, if it is known to have one.
pub type DialectOf<'a> = dyn Fn(&[u8]) -> Option<Dialect> + 'a;

/// Cuts a stream into frames, holding at most [`FRAME_BYTES_MAX`] bytes of it.
///
/// What it yields depends on the bytes alone, not on how they were sliced.
#[derive(Debug)]
pub struct Framer {
    dialect: Dialect,
    buffer: Vec<u8>,
    /// Where the bytes not yet judged begin.
    start: usize,
    /// The dropped run that may still grow.
    run: Option<FrameError>,
    /// What may still come of an optional tail.
    tail: &'static [u8],
    ended: bool,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new(Dialect::default())
    }
}

impl Framer {
    /// A framer at the start of a stream.
    pub fn new(dialect: Dialect) -> Self {
        let buffer = Vec::with_capacity(FRAME_BYTES_MAX);
        Self { dialect, buffer, start: 0, run: None, tail: &[], ended: false }
    }

    /// Takes as many bytes as there is room for and gives the rest back.
    ///
    /// There is room for at least one byte whenever [`next_frame`](Self::next_frame) has just said `None`.
    #[must_use = "the rest has not been taken: push it again after draining the frames"]
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.ended = false;
        if self.buffer.len() + bytes.len() > FRAME_BYTES_MAX {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let room = FRAME_BYTES_MAX - self.buffer.len();
        let (taken, rest) = bytes.split_at(room.min(bytes.len()));
        self.buffer.extend_from_slice(taken);
        rest
    }

    /// Says that nothing more will come, or that the door has waited long enough: a frame begun is given up, and
    /// what it covers is judged anew. Drain [`next_frame`](Self::next_frame) afterwards. A later `push` begins a
    /// new stream.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// Takes all bytes and hands on every frame and every drop.
    pub fn feed(&mut self, bytes: &[u8], sink: impl FnMut(Result<Frame, FrameError>)) {
        self.feed_of(bytes, &|_| None, sink);
    }

    /// The same, where a frame that is wrong in the dialect of the connection is read in that of its device: `dialect_of` is
    /// given the data segment of such a frame.
    pub fn feed_of(
        &mut self,
        bytes: &[u8],
        dialect_of: &DialectOf<'_>,
        mut sink: impl FnMut(Result<Frame, FrameError>),
    ) {
        let mut rest = bytes;
        loop {
            rest = self.push(rest);
            while let Some(result) = self.next_frame_of(dialect_of) {
                sink(result);
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The next frame or the next drop; `None` until more bytes are pushed.
    pub fn next_frame(&mut self) -> Option<Result<Frame, FrameError>> {
        self.next_frame_of(&|_| None)
    }

    /// The same with the dialects of devices.
    pub fn next_frame_of(&mut self, dialect_of: &DialectOf<'_>) -> Option<Result<Frame, FrameError>> {
        self.swallow_tail();
        loop {
            let dropped = match read_header(self.pending()) {
                Header::Behind(noise_bytes) => self.drop_run(FrameFault::Noise, noise_bytes),
                Header::Fault(fault) => self.drop_run(fault, 1),
                Header::Partial if !self.ended => return None,
                // Whatever follows is a frame or fails as one, so the run before it is over.
                Header::Partial | Header::Data(_) if self.run.is_some() => self.run.take(),
                Header::Partial if self.pending().is_empty() => return None,
                Header::Partial => return Some(Err(self.fail(FrameFault::Truncated, self.pending().len()))),
                Header::Data(data_bytes) => return self.judge(data_bytes, dialect_of),
            };
            if let Some(error) = dropped {
                return Some(Err(error));
            }
        }
    }

    fn pending(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Judges the frame at the start, once all of it is there.
    fn judge(&mut self, data_bytes: usize, dialect_of: &DialectOf<'_>) -> Option<Result<Frame, FrameError>> {
        let pending = self.pending();
        let (crc_at, tail_at) = (HEADER_BYTES + data_bytes, HEADER_BYTES + data_bytes + CRC_DIGITS);
        let end = if self.dialect.crlf_optional { tail_at } else { tail_at + TAIL.len() };
        let all = pending.len();
        if all < tail_at {
            return self.ended.then(|| Err(self.fail(FrameFault::Truncated, all)));
        }
        let data = &pending[HEADER_BYTES..crc_at];
        let declared = read_hex(&pending[crc_at..tail_at]);
        let tailed = pending.get(tail_at..tail_at + TAIL.len()).map(|tail| tail == TAIL);
        let summed = |dialect: Dialect| declared.filter(|declared| *declared == dialect.crc.of(data));
        let ends = |dialect: Dialect| dialect.crlf_optional || tailed == Some(true);
        // In the connection's own dialect, or else in that of the device which the data name.
        let own = Some(self.dialect).filter(|dialect| all >= end && ends(*dialect));
        let read = own.and_then(|dialect| Some((dialect, summed(dialect)?))).or_else(|| {
            let dialect = dialect_of(data).filter(|dialect| ends(*dialect))?;
            Some((dialect, summed(dialect)?))
        });
        let Some((dialect, crc_declared)) = read else {
            if all < end {
                return self.ended.then(|| Err(self.fail(FrameFault::Truncated, all)));
            }
            let fault = if own.is_some() { FrameFault::Crc } else { FrameFault::MissingCrlf };
            return Some(Err(self.fail(fault, end)));
        };
        let frame = Frame { data: data.to_vec(), crc_declared, dialect };
        let tail = if tailed == Some(true) { TAIL.len() } else { 0 };
        self.start += tail_at + tail;
        self.tail = if tail == 0 { TAIL } else { &[] };
        Some(Ok(frame))
    }

    /// Gives up the frame at the start: drops its bytes up to the next head inside what it claimed.
    fn fail(&mut self, fault: FrameFault, claimed_bytes: usize) -> FrameError {
        // No head can begin at the second `#`: a digit follows it, or nothing.
        let head = HEAD.len().min(claimed_bytes);
        let skipped_bytes = head + self.pending().get(head..claimed_bytes).map_or(0, head_offset);
        self.start += skipped_bytes;
        FrameError { fault, skipped_bytes }
    }

    /// Drops bytes that belong to no frame, and hands back the run when it is complete. Noise joins any run;
    /// faults of one kind join each other, so that endless `####` is one report in [`RUN_BYTES_MAX`] bytes.
    ///
    /// When another run must be reported first, nothing is dropped yet.
    fn drop_run(&mut self, fault: FrameFault, bytes: usize) -> Option<FrameError> {
        if self.run.is_some_and(|run| fault != FrameFault::Noise && fault != run.fault) {
            return self.run.take();
        }
        let run = self.run.get_or_insert(FrameError { fault, skipped_bytes: 0 });
        let bytes = bytes.min(RUN_BYTES_MAX - run.skipped_bytes);
        run.skipped_bytes += bytes;
        self.start += bytes;
        if run.skipped_bytes == RUN_BYTES_MAX { self.run.take() } else { None }
    }

    /// Passes over the CR LF that a frame of a lenient dialect did have.
    fn swallow_tail(&mut self) {
        while let (Some((expected, rest)), Some(byte)) = (self.tail.split_first(), self.pending().first()) {
            let matches = expected == byte;
            self.start += usize::from(matches);
            self.tail = if matches { rest } else { &[] };
        }
    }
}

/// What the next bytes say.
enum Header {
    /// No head here, but perhaps behind so many bytes.
    Behind(usize),
    /// Not enough of them yet.
    Partial,
    Fault(FrameFault),
    /// A data segment of so many bytes.
    Data(usize),
}

/// Reads `##` and the length.
fn read_header(bytes: &[u8]) -> Header {
    let noise_bytes = head_offset(bytes);
    if noise_bytes > 0 {
        return Header::Behind(noise_bytes);
    }
    let digits = bytes.get(HEAD.len()..HEADER_BYTES.min(bytes.len())).unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_digit) {
        return Header::Fault(FrameFault::LengthNotDecimal);
    }
    if digits.len() < LENGTH_DIGITS {
        return Header::Partial;
    }
    let length = digits.iter().fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    if length > DATA_BYTES_MAX { Header::Fault(FrameFault::TooLong) } else { Header::Data(length) }
}

/// Where the first `##` is, or a last `#` that may become one, or the end.
fn head_offset(bytes: &[u8]) -> usize {
    let cut = bytes.len() - usize::from(bytes.ends_with(&HEAD[..1]));
    bytes.windows(HEAD.len()).position(|window| window == HEAD).unwrap_or(cut)
}

/// Reads four hex digits of either case: capitals are the standard's, small letters are common.
fn read_hex(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value << 4 | digit as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Crc, crc16};
    use super::*;
    use proptest::prelude::*;

    type Yield = Result<Frame, FrameError>;

    const VECTOR: &str = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n";

    fn framed(data: &str) -> String {
        format!("##{:04}{data}{:04X}\r\n", data.len(), crc16(data.as_bytes()))
    }

    fn read_in(dialect: Dialect, slices: &[&[u8]]) -> Vec<Yield> {
        let mut framer = Framer::new(dialect);
        let mut yields = Vec::new();
        for slice in slices {
            framer.feed(slice, |result| yields.push(result));
            assert_eq!(framer.buffer.capacity(), FRAME_BYTES_MAX, "the buffer never grows");
        }
        framer.finish();
        yields.extend(std::iter::from_fn(|| framer.next_frame()));
        assert!(framer.pending().is_empty() && framer.run.is_none(), "nothing is left unsaid");
        yields
    }

    fn read(bytes: &[u8]) -> Vec<Yield> {
        read_in(Dialect::default(), &[bytes])
    }

    /// Yields as short text: the data of a frame, or `fault count`.
    fn say(yields: &[Yield]) -> Vec<String> {
        let say = |result: &Yield| match result {
            Ok(frame) => frame.text().into_owned(),
            Err(error) => format!("{} {}", error.fault.as_str(), error.skipped_bytes),
        };
        yields.iter().map(say).collect()
    }

    fn check(bytes: &str, expected: &[&str]) {
        assert_eq!(say(&read(bytes.as_bytes())), expected, "{bytes}");
    }

    /// What the standard means, with no thought for memory or time.
    fn naive(bytes: &[u8]) -> Vec<Frame> {
        fn frame_at(bytes: &[u8]) -> Option<(Frame, usize)> {
            let digits = std::str::from_utf8(bytes.strip_prefix(b"##")?.get(..4)?).ok()?;
            let length: usize = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
            let data = bytes.get(6..6 + length).filter(|data| data.len() <= DATA_BYTES_MAX)?;
            let rest = &bytes[6 + length..];
            let crc = std::str::from_utf8(rest.get(..4)?).ok()?;
            let right =
                crc.eq_ignore_ascii_case(&format!("{:04X}", crc16(data))) && rest.get(4..6)? == b"\r\n";
            right.then(|| {
                let (data, crc_declared) = (data.to_vec(), crc16(data));
                (Frame { data, crc_declared, dialect: Dialect::default() }, length + 12)
            })
        }
        let (mut frames, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let found = frame_at(&bytes[at..]);
            at += found.as_ref().map_or(1, |(_, bytes)| *bytes);
            frames.extend(found.map(|(frame, _)| frame));
        }
        frames
    }

    fn good(yields: &[Yield]) -> Vec<Frame> {
        yields.iter().filter_map(|result| result.clone().ok()).collect()
    }

    #[test]
    fn the_standard_s_own_vector_in_both_cases() {
        let data = &VECTOR[6..107];
        check(VECTOR, &[data]);
        check(&VECTOR.replace("1C80", "1c80"), &[data]);
        check(&format!("{VECTOR}{VECTOR}"), &[data, data]);
        check("##0000FFFF\r\n", &[""]);
    }

    #[test]
    fn every_drop_is_counted() {
        check("abc", &["noise 3"]);
        check("#", &["truncated 1"]);
        check("ab##x", &["noise 2", "length-not-decimal 3"]);
        check("##9999abc", &["too-long 9"]);
        check("##00", &["truncated 4"]);
        check("##0003ab", &["truncated 8"]);
        check("##0001aFFFF\r\n", &["crc 13"]);
        check("##0001a+0FF\r\n", &["crc 13"]);
        check("##0001aFFFFFF", &["missing-crlf 13"]);
        check("##0001aFFFF\n\r", &["missing-crlf 13"]);
    }

    #[test]
    fn a_bad_frame_gives_up_its_head_only() {
        let inner = framed("inner");
        check(&format!("##0009{inner}"), &["missing-crlf 6", "inner"]);
        check(&format!("##0800{inner}"), &["truncated 6", "inner"]);
        check(&format!("##{inner}"), &["length-not-decimal 2", "inner"]);
        check(&format!("#{inner}"), &["length-not-decimal 1", "inner"]);
        check(&format!("##0009abc{inner}tail"), &["missing-crlf 9", "inner", "noise 4"]);
        // The damaged length ends where the good frame ends, so that even CR LF is right.
        check(&format!("##0011{inner}"), &["crc 6", "inner"]);
    }

    #[test]
    fn faults_of_one_kind_are_one_report() {
        check("####a##b##1", &["length-not-decimal 8", "truncated 3"]);
        check("##9999##8888##x", &["too-long 12", "length-not-decimal 3"]);
        let noise = "x".repeat(RUN_BYTES_MAX + 5);
        check(&noise, &["noise 4096", "noise 5"]);
        check(&format!("##x{noise}"), &["length-not-decimal 4096", "noise 8"]);
    }

    #[test]
    fn lengths_up_to_the_tolerance() {
        let longest = "x".repeat(DATA_BYTES_MAX);
        check(&framed(&longest), &[&longest]);
        assert_eq!(read(framed(&longest).as_bytes()).len(), 1);
        check("##4097", &["too-long 6"]);
    }

    #[test]
    fn dialects_are_asked_for() {
        let modbus =
            "##0077QN=20170516010101001;ST=22;CN=1061;PW=123456;MN=ABCDEFG1234567;Flag=3;CP=&&&&77E5\r\n";
        check(modbus, &["crc 89"]);
        let dialect = |crc, crlf_optional| Dialect { crc, crlf_optional, gbk: false };
        let read = |dialect, bytes: &str| say(&read_in(dialect, &[bytes.as_bytes()]));
        assert_eq!(read(dialect(Crc::Modbus, false), modbus), [&modbus[6..83]]);
        assert_eq!(
            read(dialect(Crc::ByteSwapped, false), &VECTOR.replace("1C80", "801C")),
            [&VECTOR[6..107]]
        );
        let (lenient, bare) = (dialect(Crc::Standard, true), VECTOR.trim_end());
        let stream = format!("{bare}{VECTOR}{bare}\r{bare}\n{VECTOR}\r\n");
        let data = &VECTOR[6..107];
        assert_eq!(read(lenient, &stream), [data, data, data, data, "noise 1", data, "noise 2"]);
    }

    #[test]
    fn a_device_is_read_in_its_own_dialect_and_nobody_else_is() {
        let modbus = |data: &str| format!("##{:04}{data}{:04x}", data.len(), Crc::Modbus.of(data.as_bytes()));
        let departing = Dialect::default().departing("crc-modbus").unwrap().departing("no-crlf").unwrap();
        let dialect_of = |data: &[u8]| data.starts_with(b"MN=dust").then_some(departing);
        let mut framer = Framer::default();
        let stream =
            [modbus("MN=dust;a"), modbus("MN=else;b") + "\r\n", framed("MN=dust;c"), modbus("MN=dust;d")]
                .concat();
        let mut yields = Vec::new();
        for byte in stream.as_bytes() {
            framer.feed_of(&[*byte], &dialect_of, |result| yields.push(result));
        }
        // One that keeps to the standard is read too, whatever its record says; and the last waits for no CR LF.
        assert_eq!(say(&yields), ["MN=dust;a", "crc 21", "MN=dust;c", "MN=dust;d"]);
        assert_eq!(
            good(&yields).iter().map(|f| f.dialect.crc).collect::<Vec<_>>(),
            [Crc::Modbus, Crc::Standard, Crc::Modbus]
        );
        assert_eq!(Dialect::default().departing("upside-down"), None);
    }

    #[test]
    fn chinese_is_read_in_the_dialect_s_encoding() {
        let data = encoding_rs::GBK.encode("站名=平城").0.into_owned();
        let frame = |gbk| Frame {
            data: data.clone(),
            crc_declared: 0,
            dialect: Dialect { gbk, ..Dialect::default() },
        };
        assert_eq!(frame(true).text(), "站名=平城");
        assert!(frame(false).text().contains('\u{fffd}'));
    }

    #[test]
    fn a_frame_waits_for_its_last_byte() {
        let mut framer = Framer::default();
        for byte in &VECTOR.as_bytes()[..VECTOR.len() - 1] {
            assert!(framer.push(&[*byte]).is_empty());
            assert_eq!(framer.next_frame(), None);
        }
        assert!(framer.push(b"\n").is_empty());
        assert!(matches!(framer.next_frame(), Some(Ok(_))));
    }

    #[test]
    fn hostile_streams_cost_time_in_proportion() {
        // Were the work quadratic, a quarter of a megabyte would keep this test for minutes.
        for pattern in ["#", "##9999", "##", "##4096", "##4080abcd\r\n", "##0000\r\n"] {
            let stream = pattern.repeat((1 << 18) / pattern.len());
            let yields = read(stream.as_bytes());
            let dropped: usize =
                yields.iter().filter_map(|y| y.as_ref().err()).map(|e| e.skipped_bytes).sum();
            assert_eq!(dropped, stream.len(), "{pattern}");
        }
    }

    #[test]
    fn no_debug_text_holds_the_data() {
        assert_eq!(format!("{:?}", read(VECTOR.as_bytes())), "[Ok(Frame(101 bytes, 1C80))]");
    }

    /// Pieces of a stream: good frames, and what damage leaves of frames.
    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            3 => "[a-z=;&#]{0,40}".prop_map(|data| framed(&data).into_bytes()),
            3 => "#|##|##[0-9]{1,4}|##00[0-9]{2}|\r\n|[0-9A-F]{4}\r\n|[a-z]{1,9}".prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..12),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn it_finds_what_the_naive_reader_finds(bytes in stream()) {
            prop_assert_eq!(good(&read(&bytes)), naive(&bytes));
        }

        #[test]
        fn slicing_changes_nothing(bytes in stream(), cuts in prop::collection::vec(0usize..200, 0..40)) {
            let (mut slices, mut rest) = (Vec::new(), &bytes[..]);
            for cut in cuts {
                let (slice, after) = rest.split_at(cut.min(rest.len()));
                slices.push(slice);
                rest = after;
            }
            slices.push(rest);
            for dialect in [Dialect::default(), Dialect { crlf_optional: true, ..Dialect::default() }] {
                prop_assert_eq!(read_in(dialect, &slices), read_in(dialect, &[&bytes]));
            }
        }

        #[test]
        fn every_byte_is_in_a_frame_or_in_a_report(bytes in stream()) {
            let accounted = |result: &Yield| match result {
                Ok(frame) => frame.data.len() + HEADER_BYTES + CRC_DIGITS + TAIL.len(),
                Err(error) => error.skipped_bytes,
            };
            prop_assert_eq!(read(&bytes).iter().map(accounted).sum::<usize>(), bytes.len());
        }

        #[test]
        fn random_bytes_are_survived(slices: Vec<Vec<u8>>, crlf_optional: bool) {
            let slices: Vec<&[u8]> = slices.iter().map(Vec::as_slice).collect();
            read_in(Dialect { crlf_optional, ..Dialect::default() }, &slices);
        }

        /// The lengths that garbage claims end before a good frame does, or behind all of them: a claim that ends
        /// exactly with a good frame is, to a sum of so few bits, now and then a good frame itself.
        #[test]
        fn garbage_never_costs_a_good_frame(
            packets in prop::collection::vec(
                ("([a-zA-Z0-9=;,#污]{0,9}|##|##00[01][0-9]|##[3-9][0-9]{3}|\r|\n){0,8}", "[a-z=;&#]{25,60}"), 1..8),
        ) {
            let bytes: String = packets.iter().map(|(garbage, data)| format!("{garbage}{}", framed(data))).collect();
            let found = good(&read(bytes.as_bytes()));
            let mut rest = found.iter();
            for (_, data) in &packets {
                prop_assert!(rest.any(|frame| frame.data == data.as_bytes()), "lost {data} of {bytes}");
            }
        }
    }
}
