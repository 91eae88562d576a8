//! Tables as text with delimiters (RFC 4180), in UTF-8 or GB 18030.

use crate::{Fault, Findings, json, workbook};
use encoding_rs::GB18030;
use pack::{Encoding, Origin, OriginKind};
use thiserror::Error;

/// Longest file that is read, in bytes.
pub const BYTES_MAX: usize = 32 << 20;

/// Why a file is no table at all.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TableError {
    /// Too long.
    #[error("it is longer than {} MiB", BYTES_MAX >> 20)]
    Long,
    /// Its bytes are no text of the encoding.
    #[error("byte {at} is no text in {encoding}")]
    Encoding {
        /// The first byte that is none.
        at: usize,
        /// The encoding that the connector names.
        encoding: &'static str,
    },
    /// It is a workbook that cannot be read.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// It is a workbook of before 2007.
    #[error("it is a workbook of before 2007 (.xls): save it as .xlsx or CSV")]
    Before2007,
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Json(String),
    /// It is JSON without the list that the connector reads.
    #[error("it has no list of objects at `{0}`")]
    NoList(String),
    /// Nothing in it.
    #[error("it has no row of column names")]
    Empty,
    /// A column that the connector reads is not there.
    #[error("it has no column `{wanted}`; its columns are {known}")]
    Column {
        /// The column.
        wanted: String,
        /// Those that there are.
        known: String,
    },
}

/// Columns and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of columns.
    pub columns: Vec<String>,
    /// Rows, each as wide as there are columns.
    pub rows: Vec<TableRow>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its cells, without the blanks around them.
    pub cells: Vec<String>,
}

impl Table {
    /// Reads a list as a department has it: text with delimiters, or a workbook, told apart by how they begin.
    pub fn read(bytes: &[u8], origin: &Origin, findings: &mut Findings) -> Result<Self, TableError> {
        if bytes.starts_with(workbook::MAGIC) {
            Self::from_workbook(bytes)
        } else if bytes.starts_with(workbook::MAGIC_BEFORE_2007) {
            Err(TableError::Before2007)
        } else if origin.kind == OriginKind::HttpJson {
            json::read(bytes, origin)
        } else {
            Self::from_csv(bytes, origin, findings)
        }
    }

    /// Reads text with delimiters. A row of another width is a finding, and left out.
    pub fn from_csv(bytes: &[u8], origin: &Origin, findings: &mut Findings) -> Result<Self, TableError> {
        if bytes.len() > BYTES_MAX {
            return Err(TableError::Long);
        }
        let text = decode(bytes, origin.encoding)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(u8::try_from(origin.delimiter).unwrap_or(b','))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let columns: Vec<String> =
            reader.headers().map_err(|_| TableError::Empty)?.iter().map(str::to_owned).collect();
        if columns.iter().all(String::is_empty) {
            return Err(TableError::Empty);
        }
        let mut rows = Vec::new();
        for record in reader.into_records().filter_map(Result::ok) {
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() == columns.len() {
                rows.push(TableRow { line, cells: record.iter().map(str::to_owned).collect() });
            } else {
                let what = format!("{} / {}", record.len(), columns.len());
                findings.add(Fault::Width, Some(line), None, what);
            }
        }
        Ok(Self { columns, rows })
    }

    /// Where a column stands.
    pub fn column(&self, name: &str) -> Result<usize, TableError> {
        self.columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| TableError::Column { wanted: name.to_owned(), known: self.columns.join(", ") })
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, TableError> {
    match encoding {
        Encoding::Utf8 => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let text = std::str::from_utf8(bytes);
            text.map(str::to_owned)
                .map_err(|error| TableError::Encoding { at: error.valid_up_to(), encoding: "UTF-8" })
        }
        Encoding::Gb18030 => {
            let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
            let at = || longest(bytes);
            text.map(std::borrow::Cow::into_owned)
                .ok_or_else(|| TableError::Encoding { at: at(), encoding: "GB 18030" })
        }
    }
}

/// How many bytes from the beginning are text in GB 18030.
fn longest(bytes: &[u8]) -> usize {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut out = vec![0; bytes.len().saturating_mul(3).saturating_add(16)];
    let (_, read, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut out, true);
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    fn origin(encoding: Encoding, delimiter: char) -> Origin {
        Origin { kind: OriginKind::Csv, place: "x.csv".to_owned(), rows: String::new(), encoding, delimiter }
    }

    #[test]
    fn cells_keep_quotes_lines_and_delimiters_and_know_their_line() {
        let mut findings = Findings::default();
        let text = "\u{feff}站点,值\n\"云冈,一\",\"1\n2\"\n大同大学, 3 \nx\n";
        let table = Table::from_csv(text.as_bytes(), &origin(Encoding::Utf8, ','), &mut findings).unwrap();
        assert_eq!(table.columns, ["站点", "值"]);
        let rows: Vec<_> = table.rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
        assert_eq!(rows, [(2, "云冈,一|1\n2".to_owned()), (4, "大同大学|3".to_owned())]);
        assert_eq!(findings.kept()[0].line, Some(5));
        assert_eq!(findings.count(Fault::Width), 1);
    }

    #[test]
    fn text_in_gb_18030_is_read_and_broken_bytes_are_named() {
        let (bytes, ..) = GB18030.encode("站点;值\n云冈宾馆;5\n");
        let mut findings = Findings::default();
        let table = Table::from_csv(&bytes, &origin(Encoding::Gb18030, ';'), &mut findings).unwrap();
        assert_eq!(table.rows[0].cells, ["云冈宾馆", "5"]);
        let cases = [
            // The first of them are by chance a letter in UTF-8.
            (Encoding::Utf8, &bytes[..], 2),
            (Encoding::Gb18030, &b"a,b\n\xff\xff"[..], 5),
            (Encoding::Utf8, &b"a,b\nc\xff"[..], 5),
        ];
        for (encoding, bytes, at) in cases {
            let error = Table::from_csv(bytes, &origin(encoding, ','), &mut findings).unwrap_err();
            assert!(matches!(error, TableError::Encoding { at: found, .. } if found == at), "{error}");
        }
    }

    #[test]
    fn what_is_no_table_says_why() {
        let mut findings = Findings::default();
        let empty = Table::from_csv(b"", &origin(Encoding::Utf8, ','), &mut findings);
        assert_eq!(empty, Err(TableError::Empty));
        let table = Table::from_csv(b"a,b\n", &origin(Encoding::Utf8, ','), &mut findings).unwrap();
        assert_eq!(table.column("c").unwrap_err().to_string(), "it has no column `c`; its columns are a, b");
    }
}
