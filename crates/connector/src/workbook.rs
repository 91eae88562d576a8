//! Workbooks (Office Open XML, `.xlsx`): the first sheet as a table.

use crate::{BYTES_MAX, Table, TableError, TableRow};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;

/// What every workbook begins with: it is a ZIP archive.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
/// What workbooks of before 2007 begin with. They are not read.
pub(crate) const MAGIC_BEFORE_2007: &[u8] = b"\xd0\xcf\x11\xe0";
/// Cells that are read at most: a sheet that says more is no list.
const CELLS_MAX: usize = 4 << 20;
/// Bytes that its parts may unpack to, as the archive states.
const UNPACKED_MAX: u64 = 512 << 20;
/// Columns at most.
const COLUMNS_MAX: usize = 512;

impl Table {
    /// Reads the first sheet of a workbook: its first row that holds anything names the columns. Dates become
    /// `2026-09-30 08:00:00`, without the time where it is midnight; numbers are written as they are; an empty row is left out.
    pub fn from_workbook(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > BYTES_MAX {
            return Err(TableError::Long);
        }
        unpacked(bytes)?;
        let damaged = |error: calamine::XlsxError| TableError::Workbook(error.to_string());
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
        let sheet = book.sheet_names().first().cloned().ok_or(TableError::Empty)?;
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
        let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        let mut read = 0;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            read += 1;
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if read > CELLS_MAX || column >= COLUMNS_MAX {
                return Err(TableError::Workbook(format!(
                    "more than {CELLS_MAX} cells or {COLUMNS_MAX} columns"
                )));
            }
            let row = rows.entry(row).or_default();
            row.resize(row.len().max(column + 1), String::new());
            row[column] = text;
        }
        let (_, columns) = rows.pop_first().ok_or(TableError::Empty)?;
        let row = |(at, mut cells): (u32, Vec<String>)| {
            // A sheet has no width: a row that stops early has empty cells, and what stands beside the table is not of it.
            cells.resize(columns.len(), String::new());
            TableRow { line: u64::from(at) + 1, cells }
        };
        let rows = rows.into_iter().map(row).collect();
        Ok(Self { columns, rows })
    }
}

/// Refuses a workbook that would unpack to more than anybody wrote.
fn unpacked(bytes: &[u8]) -> Result<(), TableError> {
    let damaged = |error: zip::result::ZipError| TableError::Workbook(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut size = 0u64;
    for at in 0..archive.len() {
        size = size.saturating_add(archive.by_index_raw(at).map_err(damaged)?.size());
    }
    if size > UNPACKED_MAX {
        Err(TableError::Workbook(format!("it unpacks to {size} bytes")))
    } else {
        Ok(())
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) => moment(*time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn moment(time: ExcelDateTime) -> String {
    if !time.is_datetime() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime as Date, Format, Workbook};

    fn sheet() -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let dated = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        // The table does not begin in the first row, has an empty one, and something stands beside it.
        for (column, name) in (0..).zip(["站点", " 值 ", "时间"]) {
            sheet.write(1, column, name).unwrap();
        }
        sheet.write(2, 0, "云冈宾馆").unwrap().write(2, 1, 20.0).unwrap();
        sheet.write_with_format(2, 2, Date::parse_from_str("2026-09-30 08:30").unwrap(), &dated).unwrap();
        sheet.write(4, 0, "大同大学").unwrap().write(4, 1, 0.035).unwrap().write(4, 9, "旁注").unwrap();
        sheet.write_with_format(4, 2, Date::parse_from_str("2026-10-01").unwrap(), &dated).unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn the_first_sheet_is_a_table_and_knows_its_rows() {
        let table = Table::from_workbook(&sheet()).unwrap();
        assert_eq!(table.columns, ["站点", "值", "时间"]);
        let rows: Vec<_> = table.rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
        let expected = [(3, "云冈宾馆|20|2026-09-30 08:30:00"), (5, "大同大学|0.035|2026-10-01")];
        assert_eq!(rows, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn what_is_no_workbook_says_so() {
        let whole = sheet();
        let broken = Table::from_workbook(&whole[..whole.len() / 2]);
        assert!(matches!(broken, Err(TableError::Workbook(_))), "{broken:?}");
        let mut empty = Workbook::new();
        empty.add_worksheet();
        assert_eq!(Table::from_workbook(&empty.save_to_buffer().unwrap()), Err(TableError::Empty));
        // A name far to the right is no list, whatever a sheet could hold.
        let mut wide = Workbook::new();
        wide.add_worksheet().write(0, 16_000, "x").unwrap();
        let wide = Table::from_workbook(&wide.save_to_buffer().unwrap());
        assert!(matches!(wide, Err(TableError::Workbook(_))), "{wide:?}");
    }
}
