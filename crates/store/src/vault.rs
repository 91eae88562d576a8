//! The vault: subject keys, the log's signing key with the receipts of its rotations, credentials, sessions, and the lists that
//! somebody keeps, in a file of their own.
//!
//! It is small and seldom written, so one connection behind a lock serves it. Erased keys are overwritten in the file
//! (`secure_delete`) and in every copy of it that this vault knows of.

use crate::StoreError;
use model::{Instant, Urn};
use proof::{Chance, Digest, KeyRotation, LogId, LogKey, SubjectKey};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const FORM: i64 = 3;
/// What a vault of form 1 lacks of form 2, and what that lacks of form 3.
const SINCE: [&str; 2] = [
    "CREATE TABLE kept (party TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, \
     PRIMARY KEY (party, name)) WITHOUT ROWID;",
    "CREATE TABLE key_rotation (number INTEGER PRIMARY KEY, receipt TEXT NOT NULL);",
];
/// The secret of the key that signs the log's heads, and that of the one which will when the log has named it.
const LOG_KEY: &str = "log-key";
const NEXT_LOG_KEY: &str = "next-log-key";

/// The vault of one tenant.
pub struct Vault {
    connection: Mutex<Connection>,
}

/// Who signs in with a name, and the password's hash in PHC form.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// What is typed.
    pub login: String,
    /// Who it is.
    pub party: Urn,
    /// Argon2id in PHC form.
    pub password: String,
}

/// A signed-in browser. Only the digest of its token is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Who it is.
    pub party: Urn,
    /// Until when, in wall time.
    pub expires: Instant,
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    // A rollback journal that is deleted, not a write-ahead log: an erased key must not linger in a second file.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    let form: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables = match form {
        0 => include_str!("vault.sql").to_owned(),
        1 => SINCE.concat(),
        2 => SINCE[1].to_owned(),
        FORM => String::new(),
        _ => {
            let why = format!("the vault has form {form}; this program knows form {FORM}");
            return Err(StoreError::Unusable(why));
        }
    };
    if form != FORM {
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {tables} PRAGMA user_version = {FORM}; COMMIT;"))?;
    }
    private(path)?;
    Ok(connection)
}

/// Only the owner reads the vault.
fn private(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
            .map_err(|source| StoreError::file(path, source))?;
    }
    Ok(())
}

impl Vault {
    /// Opens, or makes, the vault at a path.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(open(path)?) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A secret by name, made when first asked for.
    pub fn secret(&self, name: &str, chance: &dyn Chance) -> Result<[u8; 32], StoreError> {
        let connection = self.lock();
        connection
            .execute("INSERT OR IGNORE INTO secret VALUES (?1, ?2)", params![name, &chance.secret()[..]])?;
        Ok(connection.query_row("SELECT value FROM secret WHERE name = ?1", [name], |row| row.get(0))?)
    }

    /// The key that signs this log's heads.
    pub fn log_key(&self, log: LogId, chance: &dyn Chance) -> Result<LogKey, StoreError> {
        Ok(LogKey::new(log, &self.secret(LOG_KEY, chance)?))
    }

    /// A key made to sign this log's heads next, in place of one that was made and never taken.
    pub fn make_next_log_key(&self, log: LogId, chance: &dyn Chance) -> Result<LogKey, StoreError> {
        let secret = chance.secret();
        self.lock()
            .execute("INSERT OR REPLACE INTO secret VALUES (?1, ?2)", params![NEXT_LOG_KEY, &secret[..]])?;
        Ok(LogKey::new(log, &secret))
    }

    /// The key that was made to sign this log's heads next.
    pub fn next_log_key(&self, log: LogId) -> Result<Option<LogKey>, StoreError> {
        let text = "SELECT value FROM secret WHERE name = ?1";
        let found: Option<[u8; 32]> =
            self.lock().query_row(text, [NEXT_LOG_KEY], |row| row.get(0)).optional()?;
        Ok(found.map(|secret| LogKey::new(log, &secret)))
    }

    /// Lets the next key sign, destroys the former one, and keeps the receipt of the rotation.
    pub fn rotate_log_key(&self, receipt: &str) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM secret WHERE name = ?1", [LOG_KEY])?;
        transaction.execute("UPDATE secret SET name = ?1 WHERE name = ?2", [LOG_KEY, NEXT_LOG_KEY])?;
        transaction.execute("INSERT INTO key_rotation (receipt) VALUES (?1)", [receipt])?;
        Ok(transaction.commit()?)
    }

    /// Every rotation of the log's key, the first one first.
    pub fn rotations(&self) -> Result<Vec<KeyRotation>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT receipt FROM key_rotation ORDER BY number")?;
        let receipts = statement.query_map([], |row| row.get::<_, String>(0))?;
        let rotation = |receipt: String| {
            KeyRotation::parse(&receipt)
                .map_err(|error| StoreError::Damaged(format!("a key rotation in the vault: {error}")))
        };
        receipts.map(|receipt| rotation(receipt?)).collect()
    }

    /// A subject's key, if it exists and was not erased.
    pub fn subject_key(&self, subject: &Urn) -> Result<Option<SubjectKey>, StoreError> {
        Ok(self
            .lock()
            .query_row("SELECT key FROM subject_key WHERE subject = ?1", [subject.as_str()], |row| row.get(0))
            .optional()?
            .map(SubjectKey::new))
    }

    /// A subject's key, made when first needed. `None`: the subject was erased and gets no key again.
    pub fn subject_key_or_new(
        &self,
        subject: &Urn,
        chance: &dyn Chance,
    ) -> Result<Option<SubjectKey>, StoreError> {
        if self.erased(subject)?.is_some() {
            return Ok(None);
        }
        self.lock().execute(
            "INSERT OR IGNORE INTO subject_key VALUES (?1, ?2)",
            params![subject.as_str(), &chance.secret()[..]],
        )?;
        self.subject_key(subject)
    }

    /// When a subject was erased.
    pub fn erased(&self, subject: &Urn) -> Result<Option<Instant>, StoreError> {
        Ok(self
            .lock()
            .query_row("SELECT at FROM erased WHERE subject = ?1", [subject.as_str()], |row| row.get(0))
            .optional()?
            .map(Instant::from_micros))
    }

    /// Destroys a subject's key here and in every known copy. Returns the copies that could not be reached.
    pub fn erase(&self, subject: &Urn, at: Instant) -> Result<Vec<PathBuf>, StoreError> {
        let copies: Vec<String> = {
            let mut connection = self.lock();
            destroy(&mut connection, subject, at)?;
            let mut statement = connection.prepare("SELECT path FROM copy ORDER BY path")?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        let unreached = copies.into_iter().map(PathBuf::from).filter(|path| {
            let done =
                path.exists() && open(path).and_then(|mut copy| destroy(&mut copy, subject, at)).is_ok();
            !done
        });
        Ok(unreached.collect())
    }

    /// Copies the vault to a new file and remembers it, so that erasures are repeated there.
    pub fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Unusable(format!("{} exists: name a new file", to.display())));
        }
        let connection = self.lock();
        connection.execute("INSERT OR IGNORE INTO copy VALUES (?1)", [to.display().to_string()])?;
        connection.execute("VACUUM INTO ?1", [to.display().to_string()])?;
        private(to)
    }

    /// Keeps an account, replacing one of the same name.
    pub fn account_put(&self, account: &Account) -> Result<(), StoreError> {
        self.lock().execute(
            "INSERT OR REPLACE INTO account VALUES (?1, ?2, ?3)",
            [&account.login, account.party.as_str(), &account.password],
        )?;
        Ok(())
    }

    /// An account by what is typed.
    pub fn account(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let found: Option<(String, String)> = self
            .lock()
            .query_row("SELECT party, password FROM account WHERE login = ?1", [login], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        found
            .map(|(party, password)| {
                let party = Urn::new(party).map_err(|e| StoreError::Damaged(e.to_string()))?;
                Ok(Account { login: login.to_owned(), party, password })
            })
            .transpose()
    }

    /// Every account: what is typed, and who it is.
    pub fn accounts(&self) -> Result<Vec<(String, Urn)>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT login, party FROM account ORDER BY login")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let urn = |text| Urn::new(text).map_err(|e: model::NameError| StoreError::Damaged(e.to_string()));
        rows.map(|row| row.map_err(StoreError::from).and_then(|(login, party)| Ok((login, urn(party)?))))
            .collect()
    }

    /// What somebody types to sign in.
    pub fn accounts_of(&self, party: &Urn) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT login FROM account WHERE party = ?1 ORDER BY login")?;
        let logins = statement.query_map([party.as_str()], |row| row.get(0))?;
        Ok(logins.collect::<Result<_, _>>()?)
    }

    /// Ends somebody's accounts and sessions, and forgets the lists they kept.
    pub fn accounts_end(&self, party: &Urn) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM account WHERE party = ?1", [party.as_str()])?;
        self.lock().execute("DELETE FROM kept WHERE party = ?1", [party.as_str()])?;
        self.sessions_end(party, None)
    }

    /// Keeps an address under a name for somebody, replacing one of the same name.
    pub fn keep(&self, party: &Urn, name: &str, address: &str) -> Result<(), StoreError> {
        let text = "INSERT OR REPLACE INTO kept VALUES (?1, ?2, ?3)";
        self.lock().execute(text, [party.as_str(), name, address])?;
        Ok(())
    }

    /// What somebody keeps: names and addresses.
    pub fn kept(&self, party: &Urn) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT name, address FROM kept WHERE party = ?1 ORDER BY name")?;
        let rows = statement.query_map([party.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps it no longer.
    pub fn keep_not(&self, party: &Urn, name: &str) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM kept WHERE party = ?1 AND name = ?2", [party.as_str(), name])?;
        Ok(())
    }

    /// Ends somebody's sessions, but for one.
    pub fn sessions_end(&self, party: &Urn, but: Option<&Digest>) -> Result<(), StoreError> {
        let but = but.map(|hash| &hash[..]);
        let text = "DELETE FROM session WHERE party = ?1 AND hash IS NOT ?2";
        self.lock().execute(text, params![party.as_str(), but])?;
        Ok(())
    }

    /// Keeps a session under its token's digest, and forgets those that have ended.
    pub fn session_put(&self, hash: &Digest, session: &Session, now: Instant) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.execute("DELETE FROM session WHERE expires <= ?1", [now.micros()])?;
        connection.execute(
            "INSERT OR REPLACE INTO session VALUES (?1, ?2, ?3)",
            params![&hash[..], session.party.as_str(), session.expires.micros()],
        )?;
        Ok(())
    }

    /// A session that has not ended.
    pub fn session(&self, hash: &Digest, now: Instant) -> Result<Option<Session>, StoreError> {
        let found: Option<(String, i64)> = self
            .lock()
            .query_row(
                "SELECT party, expires FROM session WHERE hash = ?1 AND expires > ?2",
                params![&hash[..], now.micros()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        found
            .map(|(party, expires)| {
                let party = Urn::new(party).map_err(|e| StoreError::Damaged(e.to_string()))?;
                Ok(Session { party, expires: Instant::from_micros(expires) })
            })
            .transpose()
    }

    /// Ends a session.
    pub fn session_end(&self, hash: &Digest) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM session WHERE hash = ?1", [&hash[..]])?;
        Ok(())
    }

    /// Keeps a device's password. HJ 212 sends it in clear with every packet; it is a credential all the same.
    pub fn device_put(&self, device: &str, password: &str) -> Result<(), StoreError> {
        self.lock().execute("INSERT OR REPLACE INTO device VALUES (?1, ?2)", [device, password])?;
        Ok(())
    }

    /// A device's password.
    pub fn device(&self, device: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .lock()
            .query_row("SELECT password FROM device WHERE device = ?1", [device], |row| row.get(0))
            .optional()?)
    }
}

fn destroy(connection: &mut Connection, subject: &Urn, at: Instant) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM subject_key WHERE subject = ?1", [subject.as_str()])?;
    transaction
        .execute("INSERT OR IGNORE INTO erased VALUES (?1, ?2)", params![subject.as_str(), at.micros()])?;
    Ok(transaction.commit()?)
}
