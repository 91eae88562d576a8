//! The key that signs the log is rotated: whoever kept either key gets to the other, and nothing that was given out is lost.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::{Kernel, ReceiptState, Refusal, TenantClock};
use model::Name;
use proof::{Chance, CommandId, HeadError, KeyRotation, Keyring, LogKey, SystemChance, VerifyKey};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{AuditReport, Vault};
use testcity::{City, at};

const START: &str = "2026-09-01T16:00";

fn rotate(city: &City) -> KeyRotation {
    let keeper = city.person("accounts-1");
    city.kernel.rotate_key(&keeper, CommandId(SystemChance.id()), "每年轮换").unwrap();
    city.kernel.rotations().pop().unwrap()
}

/// A data directory of its own; gone with the test.
struct Folder(PathBuf);

impl Folder {
    /// The city as it is on disk.
    fn copy_of(city: &City, to: &str) -> Self {
        let from = city.kernel.dir().path();
        let data = from.parent().unwrap().with_extension(to);
        copy(from, &data.join(city.kernel.tenant()));
        Self(data)
    }

    fn file(&self, city: &City, name: &str) -> PathBuf {
        self.0.join(city.kernel.tenant()).join(name)
    }

    fn open(&self, city: &City) -> Result<Kernel, Refusal> {
        let tenant = Name::new(city.kernel.tenant()).unwrap();
        Kernel::open(&self.0, &tenant, TenantClock::stopped_at(at(START)), Arc::new(SystemChance))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Secrets that were given.
struct Given([u8; 32]);

impl Chance for Given {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.0);
    }
}

#[test]
fn what_the_former_key_signed_holds_and_what_it_would_sign_does_not() {
    let city = City::at(START);
    let kernel = &city.kernel;
    let vault = Vault::open(&kernel.dir().vault()).unwrap();
    let log = AuditReport::log_of(&kernel.dir().database()).unwrap();
    let stolen: LogKey = vault.log_key(proof::LogId(log), &SystemChance).unwrap();
    let (first, old) = (kernel.verify_key(), kernel.receipt(1, None).unwrap().receipt);
    let published = kernel.publish_head().unwrap();

    let rotation = rotate(&city);
    let second = kernel.verify_key();
    assert_ne!(first, second);
    assert_eq!((&rotation.former, &rotation.key), (&first, &second));
    assert!(rotation.receipt.verify(&first).is_ok() && rotation.receipt.verify(&second).is_ok());

    // A receipt of before holds by the former key and here; one of now is by the new key alone.
    assert!(old.verify(&first).is_ok() && old.verify(&second).is_err());
    assert!(matches!(kernel.check_receipt(&old).unwrap(), ReceiptState::Kept(_)));
    city.hour("2026-09-01T13:00", 30.0, b'N');
    let new = kernel.receipt(1, None).unwrap().receipt;
    assert!(new.verify(&second).is_ok() && new.verify(&first).is_err());
    assert_eq!(VerifyKey::parse(&new.key), Some(second.clone()));

    // Whoever stole the former key signs in vain.
    let head = kernel.open_head(&kernel.publish_head().unwrap()).unwrap();
    let forged = stolen.sign(head.epoch, head.size, [7; 32], head.signed);
    assert!(first.open(&forged).is_ok());
    assert_eq!(kernel.open_head(&forged), Err(HeadError::Former));
    assert!(kernel.open_head(&published).is_ok());

    // From either key the whole log is audited; from one alone and without the rotation it is not.
    let faults = |keys: &Keyring| AuditReport::of(&kernel.dir().database(), Some(keys)).unwrap().faults.len();
    let rotations = [rotation];
    assert_eq!(faults(&Keyring::of(first.clone(), &rotations)), 0);
    assert_eq!(faults(&Keyring::of(second.clone(), &rotations)), 0);
    assert!(faults(&second.into()) > 0 && faults(&first.into()) > 0);
}

#[test]
fn the_key_is_rotated_again_and_again_by_the_office_that_may() {
    let city = City::at(START);
    let first = city.kernel.verify_key();
    let rotations: Vec<KeyRotation> = (0..3).map(|_| rotate(&city)).collect();
    assert_eq!(city.kernel.rotations(), rotations);
    let last = city.kernel.verify_key();
    for known in [&first, &rotations[1].key, &last] {
        let ring = Keyring::of(known.clone(), &rotations);
        assert_eq!(*ring.newest(), last);
        assert!(rotations.iter().all(|rotation| ring.holds(&rotation.former)));
    }
    let keeper = city.person("accounts-1");
    assert!(matches!(
        city.kernel.rotate_key(&keeper, CommandId(SystemChance.id()), " "),
        Err(Refusal::Field { field: "reason", .. })
    ));
    let officer = city.person("officer-1");
    assert!(city.kernel.rotate_key(&officer, CommandId(SystemChance.id()), "试试").is_err());

    // Sent again, it is the same rotation.
    let command = CommandId(SystemChance.id());
    let done = city.kernel.rotate_key(&keeper, command, "泄露").unwrap();
    let again = city.kernel.rotate_key(&keeper, command, "泄露").unwrap();
    assert_eq!((again.sequence, again.repeated), (done.sequence, true));
    assert_eq!(city.kernel.rotations().len(), 4);
    let head = city.kernel.open_head(&city.kernel.publish_head().unwrap()).unwrap();
    assert!(head.size > done.sequence, "the key that was named signs");
}

#[test]
fn a_rotation_that_broke_off_is_completed() {
    let city = City::at(START);
    let before = Folder::copy_of(&city, "before");
    let rotation = rotate(&city);
    // As if the power had failed after the entry: the log names a key that the vault has made and not taken.
    let broken = Folder::copy_of(&city, "broken");
    let log = proof::LogId(AuditReport::log_of(&city.kernel.dir().database()).unwrap());
    let secret = Vault::open(&city.kernel.dir().vault()).unwrap().secret("log-key", &SystemChance).unwrap();
    std::fs::copy(before.file(&city, "keys.db"), broken.file(&city, "keys.db")).unwrap();
    let vault = Vault::open(&broken.file(&city, "keys.db")).unwrap();
    assert_eq!(vault.make_next_log_key(log, &Given(secret)).unwrap().verify_key(), rotation.key);
    drop(vault);
    let kernel = broken.open(&city).unwrap();
    assert_eq!(kernel.verify_key(), rotation.key);
    assert_eq!(kernel.rotations()[0].sequence, rotation.sequence);
    assert!(kernel.open_head(&kernel.publish_head().unwrap()).is_ok());
    let faults = AuditReport::of(&kernel.dir().database(), Some(&kernel.keyring())).unwrap().faults;
    assert_eq!(faults, []);
}

#[test]
fn an_older_back_up_of_the_log_goes_on_under_the_new_key_and_an_older_vault_does_not() {
    let city = City::at(START);
    let before = Folder::copy_of(&city, "older");
    let published = city.kernel.publish_head().unwrap();
    let rotation = rotate(&city);

    let vault = before.file(&city, "keys.db");
    let old_vault = std::fs::read(&vault).unwrap();
    std::fs::copy(city.kernel.dir().vault(), &vault).unwrap();
    let kernel = before.open(&city).unwrap();
    assert_eq!(kernel.verify_key(), rotation.key);
    assert!(kernel.open_head(&published).is_ok(), "by the former key, in its time");
    let head = kernel.open_head(&kernel.publish_head().unwrap());
    assert!(head.is_ok(), "{head:?}");
    drop(kernel);

    let newer = Folder::copy_of(&city, "newer");
    std::fs::write(newer.file(&city, "keys.db"), old_vault).unwrap();
    let refused = newer.open(&city).err().unwrap().to_string();
    assert!(refused.contains("lacks the key that signs this log"), "{refused}");
}
