//! HJ 212: how a pollutant logger talks to its authority, in the editions of 2005, 2017 and 2025.
//!
//! Bytes become values in three steps, each a file: [`Framer`] cuts the TCP stream into checked frames,
//! [`Segment`] reads the head and the data area of one frame, and [`DataArea::factors`] turns the area into
//! factors. [`Packet`] and the `answer_…` functions go the other way. Clauses cited are those of HJ 212-2017
//! unless another edition is named.
//!
//! Left to the door: which device speaks which dialect, whether its password is right, joining divided packets,
//! time-outs and what a factor means. To add a dialect, add a field to [`Dialect`] whose default is the
//! standard's own rule.

mod answer;
mod command;
mod crc;
mod data;
mod finding;
mod frame;
mod framer;
mod head;
mod segment;
mod time;
mod write;

pub use answer::{Envelope, answer_9011, answer_9012, answer_9013, answer_9014};
pub use command::{
    COMMANDS, Command, DATA_ANSWER, DAY, EXECUTION_RESULT, Edition, ExeRtn, Flag, HEARTBEAT, HOUR, MINUTE,
    NOTICE_ANSWER, QnRtn, REAL_TIME, REQUEST_ANSWER, St, Way,
};
pub use crc::{Crc, crc16};
pub use data::{DataArea, Factor, Pair, Reading, number};
pub use finding::{Finding, FindingCode};
pub use frame::{Dialect, Frame, FrameError, FrameFault};
pub use framer::{DialectOf, FRAME_BYTES_MAX, Framer, RUN_BYTES_MAX};
pub use head::{MN_BYTES_MAX, PW_BYTES_MAX, Part, Password};
pub use segment::{Segment, SegmentError, SegmentFault};
pub use time::{Qn, local_time};
pub use write::{Packet, WriteError};

/// Longest data segment the standard allows (its table of the packet structure). The writer keeps to it.
pub const DATA_BYTES_STANDARD: usize = 1024;

/// Longest data segment the reader takes: four times the standard's, for loggers that send a whole station in one
/// packet instead of dividing it. Small enough that a damaged length cannot keep a connection waiting for long.
pub const DATA_BYTES_MAX: usize = 4 * DATA_BYTES_STANDARD;
