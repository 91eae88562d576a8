//! What framing yields: a frame that was right, or a run of bytes that was dropped and why; and the dialects of
//! devices.

use super::Crc;
use std::borrow::Cow;
use std::fmt;
use thiserror::Error;

/// Where a device departs from the standard. The default departs nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// The check sum it writes.
    pub crc: Crc,
    /// Whether CR LF may be absent behind the check sum.
    pub crlf_optional: bool,
    /// Whether it writes Chinese in GB 18030 (GBK, GB 2312) instead of UTF-8.
    pub gbk: bool,
}

impl Dialect {
    /// The dialect with one more departure by its name in a device's record: `crc-modbus`, `crc-swapped`, `no-crlf`, `gbk`.
    /// `None` for any other name.
    #[must_use]
    pub fn departing(self, name: &str) -> Option<Self> {
        Some(match name {
            "crc-modbus" => Self { crc: Crc::Modbus, ..self },
            "crc-swapped" => Self { crc: Crc::ByteSwapped, ..self },
            "no-crlf" => Self { crlf_optional: true, ..self },
            "gbk" => Self { gbk: true, ..self },
            _ => return None,
        })
    }
}

/// One frame whose length, check sum and end were right.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The data segment: UTF-8 by the standard, but loggers that write GBK are in service.
    pub data: Vec<u8>,
    /// The check sum as the device wrote it.
    pub crc_declared: u16,
    /// How it was read: the dialect of the connection, or of the device that the data name.
    pub dialect: Dialect,
}

impl Frame {
    /// The data segment as text, in the encoding of its dialect. Bytes that are none become U+FFFD, and the pair they stand in
    /// becomes a finding.
    pub fn text(&self) -> Cow<'_, str> {
        if self.dialect.gbk {
            encoding_rs::GB18030.decode_without_bom_handling(&self.data).0
        } else {
            String::from_utf8_lossy(&self.data)
        }
    }
}

impl fmt::Debug for Frame {
    /// Says nothing of the data, which holds the device's password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({} bytes, {:04X})", self.data.len(), self.crc_declared)
    }
}

/// A run of bytes that was dropped.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{} byte(s) dropped: {}", .skipped_bytes, .fault.as_str())]
pub struct FrameError {
    /// Why.
    pub fault: FrameFault,
    /// How many bytes, the `##` of a failed frame among them.
    pub skipped_bytes: usize,
}

/// Why bytes were dropped: a closed list, so that drops can be counted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameFault {
    /// Bytes before any `##`.
    Noise,
    /// `##` without four decimal digits behind it.
    LengthNotDecimal,
    /// A length above [`DATA_BYTES_MAX`](super::DATA_BYTES_MAX).
    TooLong,
    /// No CR LF where the length says it should be: most often the length is wrong.
    MissingCrlf,
    /// The check sum is wrong, or is not four hex digits. QnRtn 9.
    Crc,
    /// The stream ended inside a frame.
    Truncated,
}

impl FrameFault {
    /// Its name in counters and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::LengthNotDecimal => "length-not-decimal",
            Self::TooLong => "too-long",
            Self::MissingCrlf => "missing-crlf",
            Self::Crc => "crc",
            Self::Truncated => "truncated",
        }
    }
}
