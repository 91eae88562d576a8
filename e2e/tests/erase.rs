//! A person is forgotten: the value was never anywhere in clear, the key goes from the city and from its copies, and
//! everything that was proved before stays proved.

use anyhow::{Context, Result, ensure};
use e2e::{City, Person, Remains, Rng, places_of, run, run_and_kill, say, seed};
use kernel::{Kernel, Refusal, TenantClock};
use model::{Name, Sealed, Urn, Value};
use proof::{SubjectKey, SystemChance};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use store::{Reading, Vault};

const PHONE: &str = "演示 138-0000-2741";
const SUBJECT: &str = "urn:ngsi-ld:Person:duty-chimney-1";
const KEY_BYTES: usize = 32;

/// A city with one case of chimney 1, ended politely; receipts of what was done before; a back-up and its keys.
struct Before {
    city: City,
    case: Urn,
    receipts: Vec<PathBuf>,
}

impl Before {
    fn new() -> Result<Self> {
        let city = City::begin("erase", false)?;
        let served = city.serve()?;
        let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
        let auditor = Person::sign_in(served.http, "auditor-1", city.password("auditor-1")?)?;
        let page = city.open_case(&served, &officer)?;
        let confirmed = officer.act(&page, "confirm", &[("opinion", "valid; call the plant")])?;
        // The auditor's receipt of the registration shows the sealed value itself.
        let registered = registration(&city)?;
        let mut receipts = Vec::new();
        for (person, entry) in [(&officer, confirmed), (&auditor, confirmed), (&auditor, registered)] {
            let path = city.folder.join(&format!("receipt-{}.json", receipts.len()));
            std::fs::write(&path, person.text(&format!("/receipts/{entry}.json"))?)?;
            receipts.push(path);
        }
        city.run(&[
            "back-up",
            "--to",
            &city.folder.text("back-up"),
            "--keys",
            &city.folder.text("keys-copy.db"),
        ])?
        .good()?;
        served.stop()?;
        let case = Urn::new(page.strip_prefix("/cases/").context("no case")?)?;
        Ok(Self { city, case, receipts })
    }

    /// Everything that this city has on disk: data, back-up, keys' copy, receipts.
    fn everything(&self) -> Vec<&Path> {
        vec![self.city.folder.path()]
    }

    /// Receipts are valid, for the binary and for the script that needs no binary.
    fn receipts_hold(&self) -> Result<()> {
        for path in &self.receipts {
            let text = path.display().to_string();
            let found = run(&["audit", "verify", "--receipt", &text])?.lines()?;
            ensure!(found.iter().all(|line| line["valid"] == true), "{found:?}");
            let said = python(&[Path::new("../docs/verify_receipt.py"), path])?;
            let last = said.lines().next_back().unwrap_or_default();
            ensure!(last.starts_with("VALID: "), "{}: {said}", path.display());
        }
        Ok(())
    }
}

/// The entry of the log that registered chimney 1: the first that changed it.
fn registration(city: &City) -> Result<u64> {
    let remains = Remains::copy(&city.tenant(), &city.folder.join("copy"))?;
    let source = City::source("chimney-1")?;
    let log = remains.log()?;
    let found = log.iter().find(|(_, items)| {
        items.iter().any(|item| matches!(item, model::Item::Change(change) if change.entity == source))
    });
    std::fs::remove_dir_all(city.folder.join("copy"))?;
    Ok(found.context("chimney 1 is not registered")?.0.sequence)
}

/// The sealed telephone number as a database has it.
fn sealed(database: &Path) -> Result<Sealed> {
    let remains = Remains::open(database)?;
    let source = remains.view()?.entity(&City::source("chimney-1")?)?.context("no chimney 1")?;
    match source.value("dutyPhone") {
        Value::Sealed(sealed) => Ok(sealed.as_ref().clone()),
        other => anyhow::bail!("the telephone number is {other:?}"),
    }
}

/// The subject's key as it lies in a vault's file: its row is the subject followed by the key. Only what opens the sealed
/// value is taken for it.
fn key_bytes(vault: &Path, sealed: &Sealed) -> Result<Vec<u8>> {
    let bytes = std::fs::read(vault)?;
    let starts = (0..bytes.len().saturating_sub(SUBJECT.len() + KEY_BYTES))
        .filter(|at| bytes[*at..].starts_with(SUBJECT.as_bytes()));
    for start in starts.map(|at| at + SUBJECT.len()) {
        let key: [u8; KEY_BYTES] = bytes[start..start + KEY_BYTES].try_into()?;
        if SubjectKey::new(key).open(sealed) == Ok(Value::text(PHONE)) {
            return Ok(key.to_vec());
        }
    }
    anyhow::bail!("the key is not in {}", vault.display())
}

/// What an officer who may is told, by the kernel itself: the binary has no page for it yet.
fn reveal(city: &City, data: &Path, case: &Urn) -> Result<Result<Value, Refusal>> {
    let tenant = Name::new("datong")?;
    let kernel = Kernel::open(data, &tenant, TenantClock::System, Arc::new(SystemChance))?;
    let token = kernel.sign_in("officer-1", city.password("officer-1")?)?;
    let officer = kernel.session(&token)?.context("no session")?;
    Ok(kernel.reveal(&officer, &City::source("chimney-1")?, "dutyPhone", case, "call the plant"))
}

/// What the script says. It needs the package `cryptography`, which not every Python has.
fn python(args: &[&Path]) -> Result<String> {
    let able = |python: &&str| {
        let tried = Command::new(python).args(["-c", "import cryptography"]).output();
        tried.is_ok_and(|out| out.status.success())
    };
    let python = ["/usr/bin/python3", "python3"].into_iter().find(|python| able(python));
    let python = python.context("no Python with `cryptography`: install Debian's python3-cryptography")?;
    let out = Command::new(python).args(args).output()?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn a_person_is_forgotten_everywhere_and_proofs_stay() -> Result<()> {
    let before = Before::new()?;
    let Before { city, case, .. } = &before;
    let (keys, copy) = (city.tenant().join("keys.db"), city.folder.join("keys-copy.db"));
    let subject = Urn::new(SUBJECT)?;

    // In clear nowhere, in neither form of its bytes; readable with a case and a reason.
    for plain in [PHONE, "138-0000-2741"] {
        ensure!(places_of(plain.as_bytes(), &before.everything())?.is_empty(), "{plain} lies in clear");
    }
    let sealed_before = sealed(&city.tenant().join("city.db"))?;
    let key = key_bytes(&keys, &sealed_before)?;
    let mut holders = places_of(&key, &before.everything())?;
    holders.sort();
    let mut expected = vec![keys.clone(), copy.clone()];
    expected.sort();
    ensure!(holders == expected, "the key lies in {holders:?}");
    ensure!(reveal(city, &city.data(), case)?? == Value::text(PHONE), "an officer cannot read the number");
    before.receipts_hold()?;

    let printed =
        city.run(&["erase", "--subject", SUBJECT, "--ground", "asked for by the person"])?.lines()?;
    ensure!(printed[0]["unreachedCopies"].as_array().is_some_and(Vec::is_empty), "{printed:?}");

    // The key is nowhere any more, not in a page that SQLite gave back, and nobody can read the value.
    let left = places_of(&key, &before.everything())?;
    ensure!(left.is_empty(), "the key still lies in {left:?}");
    for path in [&keys, &copy] {
        let vault = Vault::open(path)?;
        ensure!(
            vault.subject_key(&subject)?.is_none() && vault.erased(&subject)?.is_some(),
            "{}",
            path.display()
        );
    }
    let read = reveal(city, &city.data(), case)?;
    ensure!(matches!(read, Err(Refusal::Erased(_))), "after the erasure: {read:?}");
    ensure!(
        sealed(&city.tenant().join("city.db"))? == sealed_before,
        "the record itself must stay as it was"
    );

    before.receipts_hold()?;
    let found = city.run(&["audit", "verify"])?.lines()?;
    ensure!(found[0]["faults"].as_array().is_some_and(Vec::is_empty), "{found:?}");
    ensure!(places_of(PHONE.as_bytes(), &before.everything())?.is_empty(), "the number lies in clear");

    // The city goes on, and says in its log that it forgot somebody; asked again, it forgets nobody twice.
    let served = city.serve()?;
    ensure!(Person::visitor(served.http).get("/sources")?.status == 200, "the city does not go on");
    served.stop()?;
    let again = city.run(&["erase", "--subject", SUBJECT, "--ground", "asked again"])?.lines()?;
    ensure!(again[0]["entry"] == printed[0]["entry"], "{printed:?}, then {again:?}");
    Ok(())
}

#[test]
fn an_old_back_up_brings_nobody_back() -> Result<()> {
    let before = Before::new()?;
    let city = &before.city;
    let sealed_before = sealed(&city.tenant().join("city.db"))?;
    let key = key_bytes(&city.tenant().join("keys.db"), &sealed_before)?;
    city.run(&["erase", "--subject", SUBJECT, "--ground", "asked for by the person"])?.good()?;
    // The back-up is older than the erasure; neither the present keys nor their copy of old can read it.
    for (name, keys) in
        [("present", city.tenant().join("keys.db")), ("copy", city.folder.join("keys-copy.db"))]
    {
        let (data, keys) = (city.folder.text(name), keys.display().to_string());
        let from = city.folder.text("back-up");
        run(&["restore", "--data", &data, "--tenant", "datong", "--from", &from, "--keys", &keys])?.good()?;
        ensure!(sealed(&city.folder.join(name).join("datong/city.db"))? == sealed_before, "another value");
        let read = reveal(city, &city.folder.join(name), &before.case)?;
        ensure!(matches!(read, Err(Refusal::Erased(_))), "with the keys of {name}: {read:?}");
    }
    // The same in place: the city's own database goes back to before the erasure.
    city.run(&["restore", "--from", &city.folder.text("back-up")])?.good()?;
    let read = reveal(city, &city.data(), &before.case)?;
    ensure!(matches!(read, Err(Refusal::Erased(_))), "in place: {read:?}");
    ensure!(places_of(&key, &before.everything())?.is_empty(), "the key came back");
    before.receipts_hold()
}

#[test]
fn a_copy_out_of_reach_is_named_and_the_erasure_is_not_finished() -> Result<()> {
    let before = Before::new()?;
    let (city, subject) = (&before.city, Urn::new(SUBJECT)?);
    let (copy, elsewhere) = (city.folder.join("keys-copy.db"), city.folder.join("elsewhere.db"));
    std::fs::rename(&copy, &elsewhere)?;
    let erase = ["erase", "--subject", SUBJECT, "--ground", "asked for by the person"];
    let ended = city.run(&erase)?;
    ensure!(ended.status.code() == Some(1) && ended.out.contains("keys-copy.db"), "{ended:?}");
    ensure!(
        Vault::open(&city.tenant().join("keys.db"))?.subject_key(&subject)?.is_none(),
        "the city's own key"
    );
    std::fs::rename(&elsewhere, &copy)?;
    city.run(&erase)?.good()?;
    ensure!(Vault::open(&copy)?.subject_key(&subject)?.is_none(), "the copy's key");
    Ok(())
}

/// Killed at any instant and asked for again, an erasure is whole: no journal keeps the key either.
#[test]
fn an_erasure_that_was_killed_is_finished_by_asking_again() -> Result<()> {
    let seed = seed();
    say(format!("seed {seed} (DATONG_SEED={seed} runs it again)"));
    let mut rng = Rng(seed);
    let before = Before::new()?;
    let city = &before.city;
    let (keys, subject) = (city.tenant().join("keys.db"), Urn::new(SUBJECT)?);
    let key = key_bytes(&keys, &sealed(&city.tenant().join("city.db"))?)?;
    let data = city.folder.text("data");
    let erase = ["erase", "--data", &data, "--subject", SUBJECT, "--ground", "asked for by the person"];
    let mut kills = 0;
    while kills < 30 && Vault::open(&keys)?.erased(&subject)?.is_none() {
        run_and_kill(&erase, Duration::from_micros(rng.below(60_000)))?;
        kills += 1;
    }
    let left = places_of(&key, &before.everything())?;
    say(format!("{kills} kills; the key then lay in {left:?}"));
    run(&erase)?.good().with_context(|| format!("DATONG_SEED={seed}"))?;
    let left = places_of(&key, &before.everything())?;
    ensure!(left.is_empty(), "the key still lies in {left:?}, DATONG_SEED={seed}");
    ensure!(city.run(&["audit", "verify"])?.is_good(), "the audit, DATONG_SEED={seed}");
    before.receipts_hold()
}
