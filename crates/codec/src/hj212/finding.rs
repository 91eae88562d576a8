//! What was wrong inside a packet that was good as a whole: a finding stands beside the values, never instead of
//! them.

/// Longest excerpt a finding keeps, in bytes: enough to recognise the place, too little to fill a log.
const TEXT_BYTES_MAX: usize = 64;

/// One thing in a packet that could not be used, with the text it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: FindingCode,
    /// The beginning of the text it is about, at most 64 bytes.
    pub text: String,
}

/// The kinds of finding: a closed list, so that they can be counted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindingCode {
    /// A field of the head that the standard does not name.
    UnknownField,
    /// A name that came before: the first value stands.
    Duplicate,
    /// The flag says divided, but PNUM and PNO are absent or are not a packet's place in a count.
    BadPart,
    /// The data area has no closing `&&`.
    AreaOpen,
    /// Text behind the closing `&&`.
    AfterArea,
    /// A piece of the data area without `=`, or without a name before it.
    NoName,
    /// Bytes that are not UTF-8, as they come from loggers that write GBK.
    NotText,
    /// A pair of an upload that is neither a field of the standard nor `factor-statistic`.
    NotAFactor,
    /// A statistic that should be a finite decimal number.
    NotANumber,
    /// A time that is not in the calendar.
    BadTime,
    /// A data flag that is not one ASCII letter or digit.
    BadFlag,
    /// A factor behind a second `DataTime`: it cannot be said which time it belongs to.
    SecondTime,
}

impl Finding {
    pub(super) fn new(code: FindingCode, text: &str) -> Self {
        Self { code, text: text[..text.floor_char_boundary(TEXT_BYTES_MAX)].to_owned() }
    }
}

impl FindingCode {
    /// Its name in counters and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown-field",
            Self::Duplicate => "duplicate",
            Self::BadPart => "bad-part",
            Self::AreaOpen => "area-open",
            Self::AfterArea => "after-area",
            Self::NoName => "no-name",
            Self::NotText => "not-text",
            Self::NotAFactor => "not-a-factor",
            Self::NotANumber => "not-a-number",
            Self::BadTime => "bad-time",
            Self::BadFlag => "bad-flag",
            Self::SecondTime => "second-time",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_between_characters() {
        let finding = Finding::new(FindingCode::NoName, &"污".repeat(40));
        assert_eq!(finding.text, "污".repeat(21));
        assert_eq!(Finding::new(FindingCode::NoName, "short").text, "short");
    }
}
