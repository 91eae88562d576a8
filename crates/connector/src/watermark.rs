//! Watermarks: of a list that grows only what is new is read.

use crate::{Table, TableError};
use std::cmp::Ordering;

/// Leaves the rows that are beyond a watermark, and gives the new one: the greatest of the column, or the old one where nothing is
/// beyond it. Numbers are compared as numbers, and all else as text, so times must be written as ISO 8601 has them.
pub fn newer(table: &mut Table, column: &str, last: Option<&str>) -> Result<Option<String>, TableError> {
    let at = table.column(column)?;
    let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
    if let Some(last) = last {
        table.rows.retain(|row| order(&cell(&row.cells), last) == Ordering::Greater);
    }
    let greatest = table.rows.iter().map(|row| cell(&row.cells)).filter(|cell| !cell.is_empty());
    Ok(greatest.max_by(|a, b| order(a, b)).or_else(|| last.map(str::to_owned)))
}

fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TableRow;

    fn table(cells: &[&str]) -> Table {
        let rows = (2..).zip(cells).map(|(line, cell)| TableRow { line, cells: vec![(*cell).to_owned()] });
        Table { columns: vec!["seen".to_owned()], rows: rows.collect() }
    }

    #[test]
    fn only_what_is_beyond_the_watermark_is_left() {
        let mut all = table(&["9", "10", "", "11"]);
        assert_eq!(newer(&mut all, "seen", Some("9")).unwrap().as_deref(), Some("11"));
        assert_eq!(all.rows.iter().map(|row| row.cells[0].as_str()).collect::<Vec<_>>(), ["10", "11"]);
        assert_eq!(newer(&mut all, "seen", Some("11")).unwrap().as_deref(), Some("11"));
        assert!(all.rows.is_empty());
        let mut days = table(&["2026-11-27T08:00", "2026-11-26T23:00"]);
        assert_eq!(newer(&mut days, "seen", None).unwrap().as_deref(), Some("2026-11-27T08:00"));
        assert_eq!(days.rows.len(), 2);
        assert!(newer(&mut days, "none", None).is_err());
    }
}
