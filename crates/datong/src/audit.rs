//! `datong audit verify`: the whole log, or one receipt, checked without the node that wrote it.

use crate::settings::{Place, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use model::Urn;
use proof::{LogId, Receipt, SystemChance, VerifyKey};
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
    fn key(&self) -> anyhow::Result<Option<VerifyKey>> {
        let Some(key) = &self.key else { return Ok(None) };
        let text = std::fs::read_to_string(key).unwrap_or_else(|_| key.clone());
        VerifyKey::parse(text.trim())
            .context("--key is neither a log's public key nor a file with one")
            .map(Some)
    }

    fn receipt(&self, path: &PathBuf) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let receipt: Receipt = serde_json::from_str(&text).context("this file is not a receipt")?;
        let given = self.key()?;
        let own = given.is_none();
        let key =
            given.or_else(|| VerifyKey::parse(&receipt.key)).context("the receipt's key cannot be read")?;
        let (valid, line) = match receipt.verify(&key) {
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
        let key = match self.key()? {
            Some(key) => Some(key),
            None if dir.vault().exists() => Some(own_key(&dir)?),
            None => None,
        };
        let report = AuditReport::of(&dir.database(), key.as_ref())?;
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

/// The key of the city's own vault.
fn own_key(dir: &kernel::TenantDir) -> anyhow::Result<VerifyKey> {
    let vault = Vault::open(&dir.vault())?;
    let log = AuditReport::log_of(&dir.database())?;
    Ok(vault.log_key(LogId(log), &SystemChance)?.verify_key())
}

/// A URN from the command line.
pub fn urn(text: &str) -> anyhow::Result<Urn> {
    Ok(Urn::new(text)?)
}
