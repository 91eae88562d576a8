//! `datong audit verify`: the whole log, or one receipt, checked without the node that wrote it.

use crate::settings::{Place, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use model::Urn;
use proof::{KeyRotation, Keyring, LogId, Receipt, SystemChance, VerifyKey};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{AuditReport, Vault};

/// What to check.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Checks log, tree, published heads and state; or, with --receipt, one receipt.
    Verify(Verify),
}

#[derive(Debug, Args)]
struct Verify {
    #[command(flatten)]
    place: Place,
    /// A receipt to check. It needs no city, only a key.
    #[arg(long)]
    receipt: Option<PathBuf>,
    /// The log's public key, as text or as a file. Without it: the city's own vault, or the key in the receipt.
    #[arg(long)]
    key: Option<String>,
    /// Rotations of the key, a file from `/log/rotations`. With it any of the log's keys is enough.
    #[arg(long, requires = "key")]
    rotations: Option<PathBuf>,
}

impl Audit {
    /// Prints what was found as JSON; fails if anything is wrong.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let AuditCommand::Verify(verify) = &self.command;
        match &verify.receipt {
            Some(path) => verify.receipt(path),
            None => verify.log(),
        }
    }
}

impl Verify {
    fn keys(&self) -> anyhow::Result<Option<Keyring>> {
        let Some(key) = &self.key else { return Ok(None) };
        let text = std::fs::read_to_string(key).unwrap_or_else(|_| key.clone());
        let key = VerifyKey::parse(text.trim())
            .context("--key is neither a log's public key nor a file with one")?;
        Ok(Some(Keyring::of(key, &self.rotations()?)))
    }

    fn rotations(&self) -> anyhow::Result<Vec<KeyRotation>> {
        let Some(path) = &self.rotations else { return Ok(Vec::new()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let receipts: Vec<Receipt> =
            serde_json::from_str(&text).context("--rotations is no list of receipts")?;
        let read = |receipt| KeyRotation::read(receipt).context("one of --rotations is not accepted");
        receipts.into_iter().map(read).collect()
    }

    fn receipt(&self, path: &PathBuf) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let receipt: Receipt = serde_json::from_str(&text).context("this file is not a receipt")?;
        let given = self.keys()?;
        let own = given.is_none();
        let keys = given
            .or_else(|| VerifyKey::parse(&receipt.key).map(Keyring::from))
            .context("the receipt's key cannot be read")?;
        let (valid, line) = match receipt.verify_by(|checkpoint| keys.open(checkpoint)) {
            Ok(verified) => (
                true,
                json!({
                    "valid": true,
                    "entry": verified.leaf.sequence,
                    "epoch": verified.leaf.epoch,
                    "time": verified.leaf.committed.to_string(),
                    "actor": verified.leaf.actor.as_str(),
                    "act": verified.leaf.act,
                    "size": verified.head.size,
                    "keyFromReceipt": own,
                }),
            ),
            Err(error) => (false, json!({ "valid": false, "why": error.to_string() })),
        };
        say(line);
        Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn log(&self) -> anyhow::Result<ExitCode> {
        let dir = self.place.dir()?;
        let keys = match self.keys()? {
            Some(keys) => Some(keys),
            None if dir.vault().exists() => Some(own_keys(&dir)?),
            None => None,
        };
        let report = AuditReport::of(&dir.database(), keys.as_ref())?;
        let faults: Vec<_> = report
            .faults
            .iter()
            .map(|fault| json!({ "entry": fault.sequence, "what": fault.what }))
            .collect();
        say(json!({
            "entries": report.entries,
            "items": report.items,
            "heads": report.heads,
            "entities": report.entities,
            "dropped": report.dropped,
            "faults": faults,
        }));
        Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The keys of the city's own vault.
fn own_keys(dir: &kernel::TenantDir) -> anyhow::Result<Keyring> {
    let vault = Vault::open(&dir.vault())?;
    let log = AuditReport::log_of(&dir.database())?;
    let key = vault.log_key(LogId(log), &SystemChance)?.verify_key();
    Ok(Keyring::of(key, &vault.rotations()?))
}

/// A URN from the command line.
pub fn urn(text: &str) -> anyhow::Result<Urn> {
    Ok(Urn::new(text)?)
}
