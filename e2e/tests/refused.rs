//! What the binary must refuse, and that each refusal says what to do. None of them may harm the city.

use anyhow::{Context, Result, ensure};
use e2e::{City, Ended, Folder, Person, Rng, run, run_and_kill, say, seed};
use std::net::TcpListener;
use std::time::Duration;

/// A refusal: exit code 1, nothing printed as if it had worked, one line that names what is wrong and what helps.
fn refused(ended: &Ended, words: &[&str]) -> Result<()> {
    ensure!(ended.status.code() == Some(1), "not refused: {ended:?}");
    ensure!(ended.out.is_empty(), "refused, and yet printed: {}", ended.out);
    let errors: Vec<&str> = ended.err.lines().filter(|line| line.contains(" ERROR ")).collect();
    ensure!(errors.len() == 1, "{} messages: {}", errors.len(), ended.err);
    for noise in ["panicked", "RUST_BACKTRACE", "unwrap", "Error {", "Os {"] {
        ensure!(!ended.err.contains(noise), "`{noise}` in: {}", ended.err);
    }
    let missing: Vec<_> = words.iter().filter(|word| !ended.err.contains(**word)).collect();
    ensure!(missing.is_empty(), "{missing:?} not in: {}", ended.err);
    Ok(())
}

#[test]
fn a_living_citys_time_is_not_driven() -> Result<()> {
    let city = City::begin("living", false)?;
    let extra = ["--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"];
    let driven = [&["serve", "--clock", "log"][..], &extra].concat();
    refused(&city.run(&driven)?, &["living city", "cannot be driven"])?;
    let ahead = [&driven[..], &["--from", "2030-01-01T00:00:00+08:00"]].concat();
    refused(&city.run(&ahead)?, &["living city", "cannot be driven"])?;
    city.serve()?.stop()?;
    city.run(&["audit", "verify"])?.good()?;

    let scratch = City::begin("scratch", true)?;
    scratch.start(&["--clock", "log", "--from", "2030-01-01T00:00:00+08:00"])?.ready()?.stop()?;
    let wrong = [&driven[..], &["--from", "tomorrow"]].concat();
    refused(&scratch.run(&wrong)?, &["tomorrow", "is not a time"])
}

#[test]
fn a_city_has_one_process() -> Result<()> {
    let city = City::begin("one", false)?;
    let served = city.serve()?;
    let busy = ["served by another process"];
    refused(&city.run(&["serve", "--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"])?, &busy)?;
    let back_up = city.folder.text("back-up");
    city.run(&["back-up", "--to", &back_up])?.good()?;
    refused(&city.run(&["restore", "--from", &back_up])?, &busy)?;
    let erase = ["erase", "--subject", "urn:ngsi-ld:Person:duty-chimney-1", "--ground", "asked for"];
    refused(&city.run(&erase)?, &busy)?;
    refused(&city.run(&["init"])?, &["a new city needs a new folder"])?;
    // The one that serves has not noticed, and the audit may read beside it.
    city.run(&["audit", "verify"])?.good()?;
    ensure!(Person::visitor(served.http).get("/health")?.status == 200, "the city was disturbed");
    served.stop()
}

#[test]
fn a_city_is_begun_once() -> Result<()> {
    let city = City::begin("once", false)?;
    refused(
        &city.run(&["init", "--register", "cities/datong/demo.toml"])?,
        &["a new city needs a new folder"],
    )?;
    let served = city.serve()?;
    Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    served.stop()
}

#[test]
fn taken_addresses_are_named() -> Result<()> {
    let city = City::begin("taken", false)?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let free = "127.0.0.1:0";
    refused(&city.run(&["serve", "--http", &address, "--hj212", free])?, &["pages", &address, "in use"])?;
    refused(&city.run(&["serve", "--http", free, "--hj212", &address])?, &["HJ 212", &address, "in use"])?;
    refused(&city.run(&["serve", "--http", "nonsense", "--hj212", free])?, &["nonsense"])
}

#[test]
fn wrong_paths_say_what_to_do() -> Result<()> {
    let folder = Folder::new("paths")?;
    let (empty, nowhere, new) = (folder.text("empty"), folder.text("nowhere"), folder.text("new"));
    std::fs::create_dir(&empty)?;
    let free = ["--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"];
    for data in [&empty, &nowhere] {
        for command in [&["serve"][..], &["audit", "verify"], &["back-up", "--to", &new]] {
            let ports = if command == ["serve"] { &free[..] } else { &[] };
            let args = [command, &["--data", data], ports].concat();
            refused(&run(&args)?, &[data, "holds no city", "datong init"]).with_context(|| args.join(" "))?;
        }
    }
    ensure!(!folder.join("nowhere").exists(), "a wrong path was made right by making it");
    let init = |args: &[&str]| run(&[&["init", "--data", &new], args].concat());
    refused(&init(&["--city", &nowhere])?, &["reading", &nowhere])?;
    refused(&init(&["--packs", &nowhere])?, &["reading", &nowhere])?;
    refused(&init(&["--register", &nowhere])?, &["reading", &nowhere])?;
    refused(&init(&["--register", "cities/datong/city.toml"])?, &["cities/datong/city.toml"])?;
    ensure!(!folder.join("new/datong/city.db").exists(), "a refused init left a city");
    // After all these a right one still works.
    init(&["--register", "cities/datong/demo.toml"])?.good()?;
    Ok(())
}

#[test]
fn other_cities_and_receipts_that_are_none() -> Result<()> {
    let city = City::begin("none", false)?;
    refused(&city.run(&["audit", "verify", "--tenant", "elsewhere"])?, &["elsewhere", "holds no city"])?;
    let (nowhere, text) = (city.folder.text("nowhere.json"), city.folder.text("text.json"));
    std::fs::write(&text, "{}")?;
    refused(&city.run(&["audit", "verify", "--receipt", &nowhere])?, &["reading", &nowhere])?;
    refused(&city.run(&["audit", "verify", "--receipt", &text])?, &["not a receipt"])?;
    refused(&city.run(&["audit", "verify", "--key", "nonsense"])?, &["--key"])?;
    let erase = |subject: &str| city.run(&["erase", "--subject", subject, "--ground", "asked for"]);
    refused(&erase("urn:ngsi-ld:Person:nobody")?, &["urn:ngsi-ld:Person:nobody", "not found"])?;
    refused(&erase("nobody")?, &["`nobody` is not a URN"])?;
    let blank = ["erase", "--subject", "urn:ngsi-ld:Person:duty-chimney-1", "--ground", " "];
    refused(&city.run(&blank)?, &["ground"])
}

/// Without its keys a city could sign nothing and read nothing: new ones must not be made in silence.
#[test]
fn a_city_without_its_keys_does_not_start() -> Result<()> {
    let city = City::begin("keyless", false)?;
    std::fs::rename(city.tenant().join("keys.db"), city.folder.join("keys.db"))?;
    refused(&city.run(&["serve", "--http", "127.0.0.1:0", "--hj212", "127.0.0.1:0"])?, &["keys.db"])?;
    let (to, keys) = (city.folder.text("back-up"), city.folder.text("keys-copy.db"));
    refused(&city.run(&["back-up", "--to", &to, "--keys", &keys])?, &["keys.db"])?;
    ensure!(!city.tenant().join("keys.db").exists(), "a new vault was made");
    std::fs::rename(city.folder.join("keys.db"), city.tenant().join("keys.db"))?;
    let served = city.serve()?;
    Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    served.stop()
}

#[test]
fn a_back_up_replaces_nothing() -> Result<()> {
    let city = City::begin("replaces", false)?;
    let (to, keys) = (city.folder.text("back-up"), city.folder.text("keys-copy.db"));
    city.run(&["back-up", "--to", &to, "--keys", &keys])?.good()?;
    refused(&city.run(&["back-up", "--to", &to])?, &[&to, "exists", "name a new file"])?;
    let other = city.folder.text("other");
    refused(
        &city.run(&["back-up", "--to", &other, "--keys", &keys])?,
        &[&keys, "exists", "name a new file"],
    )?;
    let restore = ["restore", "--from", &to, "--keys", &keys];
    refused(&city.run(&restore)?, &["keys.db", "exists", "move it aside first"])
}

/// A restore that cannot be done leaves the city as it was.
#[test]
fn a_restore_from_nowhere_takes_nothing_away() -> Result<()> {
    let city = City::begin("nowhere", false)?;
    let (empty, nowhere) = (city.folder.text("empty"), city.folder.text("nowhere"));
    std::fs::create_dir(&empty)?;
    let keys = city.folder.text("keys-copy.db");
    city.run(&["back-up", "--to", &city.folder.text("back-up"), "--keys", &keys])?.good()?;
    let good = city.folder.text("back-up");
    let mut faults = Vec::new();
    for (args, words) in [
        (vec!["--from", &empty], vec![empty.as_str()]),
        (vec!["--from", &nowhere], vec![nowhere.as_str()]),
        (vec!["--from", &good, "--keys", &keys], vec!["keys.db", "exists"]),
    ] {
        let ended = city.run(&[&["restore", "--tenant", "datong"], &args[..]].concat())?;
        faults.extend(refused(&ended, &words).err().map(|error| format!("restore {args:?}: {error}")));
        if !city.tenant().join("city.db").exists() {
            faults.push(format!("restore {args:?} was refused, and the city is gone: {}", ended.err));
            let aside = city.tenant().join("city.db.aside-1");
            std::fs::rename(aside, city.tenant().join("city.db"))?;
        }
        let served = city.serve()?;
        Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
        served.stop()?;
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// An init that was killed is finished, or can be begun again: the folder is no dead end.
#[test]
fn an_init_that_was_killed_is_no_dead_end() -> Result<()> {
    let seed = seed();
    say(format!("seed {seed} (DATONG_SEED={seed} runs it again)"));
    let mut rng = Rng(seed);
    let folder = Folder::new("init")?;
    let entities = |data: &str| {
        let found = run(&["audit", "verify", "--data", data])?.lines()?;
        found[0]["entities"].as_u64().context("no count of entities")
    };
    let right = folder.text("right");
    run(&["init", "--data", &right, "--register", "cities/datong/demo.toml"])?.good()?;
    let expected = entities(&right)?;
    let (mut again, mut whole, mut ends) = (0, 0, Vec::new());
    for kill in 0..20 {
        let data = folder.text(&format!("data-{kill}"));
        let init = ["init", "--data", &data, "--register", "cities/datong/demo.toml"];
        let micros = rng.below(250_000);
        run_and_kill(&init, Duration::from_micros(micros))?;
        let second = run(&init)?;
        if second.is_good() {
            again += 1;
            continue;
        }
        // It holds a city already: then it must be the whole one.
        match entities(&data) {
            Ok(found) if found == expected => whole += 1,
            found => ends
                .push(format!("after {micros} µs: {found:?} entities, and init says {}", second.err.trim())),
        }
    }
    say(format!("20 kills: {again} begun again, {whole} whole, {} dead ends", ends.len()));
    ensure!(ends.is_empty(), "DATONG_SEED={seed}: {}", ends.join("\n"));
    Ok(())
}
