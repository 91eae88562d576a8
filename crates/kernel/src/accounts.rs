//! Accounts and sessions: who may sign in. Nothing of it is ever in the log.

use crate::{Actor, Kernel, Refusal};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use model::{Instant, Urn};
use proof::{Chance, Digest, hex};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::{Account, Clock, Session, Vault};

/// How long a session lasts.
const SESSION_SECS: i64 = 8 * 3600;
/// Attempts with one name before it must wait.
const ATTEMPTS_MAX: u32 = 5;
/// How long it must wait then.
const WAIT_SECS: u32 = 60;
/// Names remembered. Beyond it, all are forgotten: a flood of names must not grow memory.
const NAMES_MAX: usize = 10_000;
/// Hashes at once: each takes 19 MiB for some tens of milliseconds.
const HASHES_MAX: usize = 2;
/// Letters of made passwords: none that is easily taken for another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Attempts by name: when the last one was, and how many failed in a row.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<String, (Instant, u32)>>);

impl Attempts {
    fn wait(&self, login: &str, now: Instant) -> u32 {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match attempts.get(login) {
            Some((last, failed)) if *failed >= ATTEMPTS_MAX => {
                let passed = u32::try_from(now.since(*last) / 1_000_000).unwrap_or(WAIT_SECS);
                WAIT_SECS.saturating_sub(passed)
            }
            _ => 0,
        }
    }

    fn note(&self, login: &str, now: Instant, good: bool) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= NAMES_MAX {
            attempts.clear();
        }
        if good {
            attempts.remove(login);
        } else {
            let entry = attempts.entry(login.to_owned()).or_insert((now, 0));
            *entry = (now, entry.1 + 1);
        }
    }
}

/// A password that a person can type: four groups of four letters, 80 bits.
pub(crate) fn new_password(chance: &dyn Chance) -> String {
    let bytes = chance.id();
    let letters: Vec<u8> = bytes.iter().map(|b| LETTERS[usize::from(b % 32)]).collect();
    let groups: Vec<String> = letters.chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    groups.join("-")
}

/// A device's password: HJ 212 allows six characters.
pub(crate) fn device_password(chance: &dyn Chance) -> String {
    chance.id()[..6].iter().map(|b| char::from(b'0' + b % 10)).collect()
}

/// Keeps an account under its password's hash.
pub(crate) fn put(
    vault: &Vault,
    login: &str,
    party: &Urn,
    password: &str,
    chance: &dyn Chance,
) -> Result<(), Refusal> {
    let password = hash(password, chance)?;
    Ok(vault.account_put(&Account { login: login.to_owned(), party: party.clone(), password })?)
}

/// A hash that no password fits, for names that do not exist.
pub(crate) fn hash_of_nothing(chance: &dyn Chance) -> Result<String, Refusal> {
    hash(&hex(&chance.secret()), chance)
}

fn hash(password: &str, chance: &dyn Chance) -> Result<String, Refusal> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &chance.id())
        .map(|hash| hash.to_string())
        .map_err(|error| Refusal::Unusable(format!("password cannot be hashed: {error}")))
}

fn fits(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

pub(crate) fn digest(token: &str) -> Digest {
    proof::leaf_hash(token.as_bytes())
}

/// A small gate: so many may pass at once, the others wait.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<usize>, std::sync::Condvar);

impl Gate {
    fn pass<T>(&self, work: impl FnOnce() -> T) -> T {
        let inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inside =
            self.1.wait_while(inside, |inside| *inside >= HASHES_MAX).unwrap_or_else(PoisonError::into_inner);
        *inside += 1;
        drop(inside);
        let out = work();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.1.notify_one();
        out
    }
}

impl Kernel {
    /// The account of a login, if the password is its own. After too many wrong ones nobody is asked for a while.
    fn account(&self, login: &str, password: &str) -> Result<Option<Account>, Refusal> {
        let now = self.wall.now();
        let wait_secs = self.attempts.wait(login, now);
        if wait_secs > 0 {
            self.counters.add("sign-in", "wait");
            return Err(Refusal::SignIn { wait_secs });
        }
        let account = self.vault.account(login)?;
        // An unknown name costs the same as a wrong password, so that names cannot be found out by the clock.
        let hash = account.as_ref().map_or(self.no_account.as_str(), |a| a.password.as_str());
        let good = self.gate.pass(|| fits(hash, password));
        self.attempts.note(login, now, good && account.is_some());
        let account = account.filter(|_| good);
        self.counters.add("sign-in", if account.is_some() { "accepted" } else { "refused" });
        Ok(account)
    }

    /// Whether a password is an account's.
    pub(crate) fn knows(&self, login: &str, password: &str) -> Result<bool, Refusal> {
        Ok(self.account(login, password)?.is_some())
    }

    /// Signs in, and returns the token that the browser keeps. Sessions count wall time: log time may be driven.
    pub fn sign_in(&self, login: &str, password: &str) -> Result<String, Refusal> {
        let account = self.account(login, password)?.ok_or(Refusal::SignIn { wait_secs: 0 })?;
        let now = self.wall.now();
        let token = hex(&self.chance.secret());
        let session = Session { party: account.party, expires: now.plus_secs(SESSION_SECS) };
        self.vault.session_put(&digest(&token), &session, now)?;
        Ok(token)
    }

    /// Who holds a token.
    pub fn session(&self, token: &str) -> Result<Option<Actor>, Refusal> {
        match self.vault.session(&digest(token), self.wall.now())? {
            None => Ok(None),
            Some(session) => Actor::load(&*self.store.read()?, &session.party).map(Some),
        }
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) -> Result<(), Refusal> {
        Ok(self.vault.session_end(&digest(token))?)
    }

    /// What a page's form must carry, so that no other site can send it: it follows from the session alone.
    pub fn form_token(&self, token: &str) -> String {
        hex(&digest(&format!("form {token}")))
    }
}
