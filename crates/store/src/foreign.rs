//! Databases that are not ours: what a query of a department's PostgreSQL gives, as a table of text. It is only read.

use postgres::{Client, NoTls};
use std::io::Read;
use std::time::Duration;
use thiserror::Error;

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// What is asked for before anything is read.
const READ_ONLY: &str =
    "SET default_transaction_read_only = on; SET statement_timeout = '60s'; SET client_encoding = 'UTF8'";

/// Why nothing could be read. An address holds a password and is never repeated.
#[derive(Debug, Error)]
pub enum ForeignError {
    /// The address cannot be read.
    #[error("its address is none of a database")]
    Address,
    /// The server did not like something.
    #[error("{0}")]
    Said(String),
    /// The server could not be reached, or went.
    #[error("{0}")]
    Lost(#[source] postgres::Error),
    /// What came could not be read.
    #[error("{0}")]
    Broken(#[from] std::io::Error),
}

impl From<postgres::Error> for ForeignError {
    fn from(error: postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => Self::Said(said.message().to_owned()),
            None => Self::Lost(error),
        }
    }
}

/// The rows of a query as CSV with a row of names, only those beyond a value of a column where one is given: the column's own type
/// decides what is beyond it. At most one byte more than `most` is read.
pub fn read(
    address: &str,
    query: &str,
    beyond: Option<(&str, &str)>,
    most: usize,
) -> Result<Vec<u8>, ForeignError> {
    let mut config: postgres::Config = address.parse().map_err(|_| ForeignError::Address)?;
    config.connect_timeout(CONNECT_MAX);
    let mut client: Client = config.connect(NoTls)?;
    client.batch_execute(READ_ONLY)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    client.copy_out(&copy(query, beyond))?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn copy(query: &str, beyond: Option<(&str, &str)>) -> String {
    let query = query.trim().trim_end_matches(';');
    let beyond = beyond.map(|(column, last)| {
        let (column, last) = (column.replace('"', "\"\""), last.replace('\'', "''"));
        format!(" WHERE q.\"{column}\" > '{last}'")
    });
    let beyond = beyond.unwrap_or_default();
    format!("COPY (SELECT * FROM ({query}) AS q{beyond}) TO STDOUT WITH (FORMAT csv, HEADER)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_cannot_leave_its_quotes() {
        let copied = copy("SELECT a FROM b;", Some(("se\"en", "x' OR '1'='1")));
        let wanted = "COPY (SELECT * FROM (SELECT a FROM b) AS q WHERE q.\"se\"\"en\" > 'x'' OR ''1''=''1') TO STDOUT WITH (FORMAT csv, HEADER)";
        assert_eq!(copied, wanted);
        assert!(!copy("SELECT 1", None).contains("WHERE"));
    }

    #[test]
    fn an_address_is_never_repeated() {
        let refused = read("host=127.0.0.1 port=nine password=secret", "SELECT 1", None, 1).unwrap_err();
        assert!(!refused.to_string().contains("secret"), "{refused}");
        let refused = read("host=127.0.0.1 port=9 user=x password=secret", "SELECT 1", None, 1).unwrap_err();
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}
