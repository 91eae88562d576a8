//! A restore, tried: the city is backed up beside its work, the back-up is restored where nobody sees it, and the restored log is
//! checked from its first entry to its last. A back-up that was never restored is a hope.

use crate::{Actor, Kernel, Power, Refusal, name};
use model::{Attribute, Change, Instant, Urn, Value};
use proof::CommandId;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{AuditReport, Clock, Commit, Done, back_up, restore};

/// The largest database that is tried on the node itself: a larger one is restored on another machine, by the commands.
const DATABASE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The attribute of the log that tells of the last one.
const DRILL: &str = "drill";

/// A restore that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// The entry that tells of it.
    pub sequence: u64,
    /// When.
    pub at: Instant,
    /// How many seconds it took, from the back-up to the last check.
    pub secs: u64,
    /// Entries that were restored and checked.
    pub entries: u64,
    /// What was wrong; a hundred at most.
    pub faults: u64,
}

impl Kernel {
    /// Tries a restore, and writes down how it went. One at a time.
    pub fn try_restore(&self, actor: &Actor, command: CommandId) -> Result<Done, Refusal> {
        self.allowed(actor, Power::Accounts)?;
        let _one = match self.drilling.try_lock() {
            Ok(one) => one,
            Err(std::sync::TryLockError::Poisoned(one)) => one.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => {
                let (zh, en) = ("正在进行另一次恢复演练", "another one is under way");
                return Err(Refusal::field("drill", zh, en));
            }
        };
        let database = self.dir.database();
        let size = std::fs::metadata(&database).map_err(|error| unusable(&database, &error))?.len();
        if size > DATABASE_BYTES_MAX {
            let (zh, en) = (
                "数据库超过 1 GiB，请用命令 datong back-up 和 datong restore 在另一台机器上演练",
                "the database has more than 1 GiB: try it on another machine with `datong back-up` and `datong restore`",
            );
            return Err(Refusal::field("drill", zh, en));
        }
        let folder = self.dir.drill();
        clear(&folder)?;
        let tried = self.drill(&folder);
        clear(&folder)?;
        let (secs, report) = tried?;
        let view = self.store.read()?;
        let log = crate::log_urn(&*view)?;
        drop(view);
        let faults = report.faults.len() as u64;
        let told = model::map([
            ("at", self.now().into()),
            ("secs", Value::Int(secs.cast_signed())),
            ("entries", Value::Int(report.entries.cast_signed())),
            ("faults", Value::Int(faults.cast_signed())),
        ]);
        let mut commit = Commit::new(command, actor.urn.clone(), name("try-restore")?, "power accounts");
        commit.changes.push(Change {
            entity: log,
            kind: name("Log")?,
            verb: name("try-restore")?,
            set: BTreeMap::from([(name(DRILL)?, Attribute::plain(told))]),
            note: Value::Null,
            record: None,
        });
        crate::done(self.store.submit(commit)?)
    }

    /// Backs up, restores and checks in a folder. Returns the seconds and the report.
    fn drill(&self, folder: &Path) -> Result<(u64, AuditReport), Refusal> {
        let begun = self.wall.now();
        std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
        let (copy, restored) = (folder.join("back-up.db"), folder.join("city.db"));
        back_up(&self.dir.database(), &copy)?;
        let actor = crate::urn("urn:ngsi-ld:System:datong")?;
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        restore(&copy, &restored, &actor, clock, Arc::clone(&self.chance))?;
        let report = AuditReport::of(&restored, Some(&self.keyring()))?;
        let secs = self.wall.now().since(begun).max(0) / 1_000_000;
        Ok((secs.unsigned_abs(), report))
    }

    /// The last restore that was tried.
    pub(crate) fn last_drill(&self, view: &dyn store::Reading, log: &Urn) -> Result<Option<Drill>, Refusal> {
        let Some(log) = view.entity(log)? else { return Ok(None) };
        let held = name(DRILL).ok().and_then(|id| log.attributes.get(&id));
        Ok(held.and_then(|held| {
            let told = &held.attribute.value;
            let count = |key: &str| told.get(key).and_then(Value::as_int).map(i64::unsigned_abs);
            Some(Drill {
                sequence: held.sequence,
                at: told.get("at")?.as_instant()?,
                secs: count("secs")?,
                entries: count("entries")?,
                faults: count("faults")?,
            })
        }))
    }
}

fn clear(folder: &Path) -> Result<(), Refusal> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(folder, &error)),
        _ => Ok(()),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::Unusable(format!("{}: {error}", path.display()))
}
