//! A back-up taken while the city works, and the city that goes on from it: what was before it is kept, what came after
//! is void and says so, and outsiders can tell the two by the epoch.

use anyhow::{Context, Result, ensure};
use e2e::{
    City, Logger, Person, Remains, Report, Rng, SOURCES, Witness, local_now, run, run_and_kill, say, seed,
};
use proof::Receipt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Reading;

/// Starts of a command that are killed.
const KILLS: u64 = 20;

/// What the city's own page says of a receipt.
fn verdict(visitor: &Person, receipt: &str) -> Result<(String, String)> {
    let page = visitor.post("/verify?lang=en", &[("receipt", receipt)])?;
    ensure!(page.status == 200, "the page answered with {}", page.status);
    let from = page.text.split("class=\"verdict ").nth(1).context("no verdict on the page")?;
    let (class, rest) = from.split_once("\">").context("no verdict on the page")?;
    let sentences = rest.split("</div>").next().unwrap_or_default();
    Ok((class.to_owned(), sentences.replace("</p>", " ").replace("<p>", "")))
}

fn epoch_of(receipt: &str) -> Result<u32> {
    let receipt: Receipt = serde_json::from_str(receipt)?;
    let key = proof::VerifyKey::parse(&receipt.key).context("the receipt's key")?;
    Ok(receipt.verify(&key)?.leaf.epoch)
}

#[test]
fn what_a_restore_keeps_and_what_it_voids() -> Result<()> {
    let city = City::begin("restore", false)?;
    let served = city.serve()?;
    let visitor = Person::visitor(served.http);
    let mut witness = Witness::new(&visitor)?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    let inspector = Person::sign_in(served.http, "inspector-1", city.password("inspector-1")?)?;
    let case = city.open_case(&served, &officer)?;
    let confirmed = officer.act(&case, "confirm", &[("opinion", "valid; look on site")])?;
    let kept = officer.text(&format!("/receipts/{confirmed}.json"))?;
    let old_head = witness.look(&visitor)?;

    let never = |said: &str| said.contains("没有备份过");
    ensure!(never(&visitor.text("/status")?), "no back-up was made yet");
    let reports = back_up_under_load(&city, served.hj212)?;
    ensure!(!never(&visitor.text("/status")?), "a back-up was made");
    let verified = [("opinion", "measured on site"), ("measurement", "57")];
    let reported = inspector.act(&case, "report-verification", &verified)?;
    let voided = inspector.text(&format!("/receipts/{reported}.json"))?;
    let lost_head = witness.look(&visitor)?;
    let (from, data) = (city.folder.text("back-up"), city.folder.text("data"));
    let refused = run(&["restore", "--data", &data, "--from", &from])?;
    ensure!(!refused.is_good() && refused.err.contains("another process"), "{refused:?}");
    served.stop()?;

    let printed = run(&["restore", "--data", &data, "--from", &from])?.lines()?;
    let epoch = printed.first().and_then(|line| line.get("epoch")?.as_u64()).context("no epoch")?;
    let served = city.serve()?;
    let visitor = Person::visitor(served.http);
    let head = witness.look(&visitor)?;
    ensure!(epoch > 1 && u64::from(head.epoch) == epoch, "the head is of epoch {}, not {epoch}", head.epoch);
    let note = visitor.text("/log/head")?;
    ensure!(note.lines().next().is_some_and(|line| line.ends_with(&format!("/{epoch}"))), "origin: {note}");
    witness.consistent(&visitor, &old_head, &head)?;

    let words = receipts(&city, &visitor, &kept, &voided)?;
    // The city goes on where the back-up was: the same act is open again, and what is sent again is stored again, once.
    let mut inspector = inspector;
    inspector.go_to(served.http);
    inspector.act(&case, "report-verification", &verified)?;
    let mut logger = Logger::connect(served.hj212)?;
    reports.iter().try_for_each(|report| logger.store(report))?;
    let grown = witness.look(&visitor)?;
    witness.consistent(&visitor, &old_head, &grown)?;
    witness.consistent(&visitor, &head, &grown)?;
    let lost = witness.consistent(&visitor, &lost_head, &grown);
    ensure!(
        grown.size > lost_head.size && lost.is_err(),
        "a voided head passes for the beginning of this log"
    );
    served.stop()?;
    audited(&city, &witness, &reports)?;
    ensure!(words.contains(&epoch.to_string()), "the page does not name epoch {epoch}: {words}");
    Ok(())
}

/// A receipt from before and one from after the back-up, at the city's page and without the city. Returns what the page
/// says of the second.
fn receipts(city: &City, visitor: &Person, kept: &str, voided: &str) -> Result<String> {
    ensure!(verdict(visitor, kept)?.0 == "good", "kept: {:?}", verdict(visitor, kept)?);
    let (class, words) = verdict(visitor, voided)?;
    ensure!(class == "void", "voided: {class}: {words}");
    // Both were given out under epoch 1, and both prove for ever that the record existed.
    for (name, receipt) in [("kept.json", kept), ("voided.json", voided)] {
        std::fs::write(city.folder.join(name), receipt)?;
        let found = run(&["audit", "verify", "--receipt", &city.folder.text(name)])?.lines()?;
        ensure!(
            epoch_of(receipt)? == 1 && found.iter().all(|line| line["valid"] == true),
            "{name}: {found:?}"
        );
    }
    Ok(words)
}

/// The log after everything, read without the process: no fault, and every report once, above the line or below it.
fn audited(city: &City, witness: &Witness, reports: &[Report]) -> Result<()> {
    let found = city.run(&["audit", "verify"])?.lines()?;
    ensure!(found[0]["faults"].as_array().is_some_and(Vec::is_empty), "{found:?}");
    let remains = Remains::copy(&city.tenant(), &city.folder.join("copy"))?;
    ensure!(remains.faults(witness.key())?.is_empty(), "the audit of the copy");
    let log = remains.log()?;
    for report in reports {
        let times = log
            .iter()
            .flat_map(|(_, items)| items)
            .filter(|item| matches!(item, model::Item::Batch(batch) if batch.source == report.evidence));
        ensure!(times.count() == 1, "not once: {}", report.evidence);
    }
    Ok(())
}

/// Takes a back-up while a logger reports. Returns what was acknowledged meanwhile, and a little longer.
fn back_up_under_load(city: &City, door: std::net::SocketAddr) -> Result<Vec<Report>> {
    let mn = SOURCES[1].1;
    let (password, start) = (city.password(mn)?.to_owned(), local_now()?);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reporting = scope.spawn(|| {
            let (mut logger, mut stored) = (Logger::connect(door)?, Vec::new());
            while !stop.load(Ordering::Relaxed) || stored.len() < 30 {
                let sent = start.checked_add(jiff::Span::new().milliseconds(i64::try_from(stored.len())?))?;
                let report = Report::new(mn, &password, sent, sent, 11.0, false)?;
                logger.store(&report)?;
                stored.push(report);
            }
            anyhow::Ok(stored)
        });
        std::thread::sleep(Duration::from_millis(50));
        let (to, keys) = (city.folder.text("back-up"), city.folder.text("keys-copy.db"));
        let done = city.run(&["back-up", "--to", &to, "--keys", &keys])?.good();
        stop.store(true, Ordering::Relaxed);
        let stored = reporting.join().map_err(|_| anyhow::anyhow!("the logger panicked"))??;
        done?;
        Ok(stored)
    })
}

#[test]
fn a_back_up_is_a_whole_city_elsewhere() -> Result<()> {
    let city = City::begin("elsewhere", false)?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    city.open_case(&served, &officer)?;
    let (to, keys) = (city.folder.text("back-up"), city.folder.text("keys-copy.db"));
    city.run(&["back-up", "--to", &to, "--keys", &keys])?.good()?;
    served.stop()?;
    std::fs::remove_dir_all(city.data())?;
    let data = city.folder.text("data");
    run(&["restore", "--data", &data, "--tenant", "datong", "--from", &to, "--keys", &keys])?.good()?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    ensure!(officer.get("/inbox")?.links("/cases/").len() == 1, "the case is not there");
    served.stop()?;
    city.run(&["audit", "verify"])?.good()?;
    Ok(())
}

/// How long a command takes, in microseconds.
fn took(command: impl FnOnce() -> Result<String>) -> Result<u64> {
    let begun = std::time::Instant::now();
    command()?;
    Ok(u64::try_from(begun.elapsed().as_micros())?)
}

/// Whoever kills a restore and starts one again, of the same back-up or of another, has that back-up's city and nothing
/// of what the killed one had begun.
#[test]
fn a_restore_that_was_killed_can_be_done_again() -> Result<()> {
    let seed = seed();
    say(format!("seed {seed} (DATONG_SEED={seed} runs it again)"));
    let mut rng = Rng(seed);
    let city = City::begin("restore-killed", false)?;
    let (young, old) = (city.folder.text("young"), city.folder.text("old"));
    city.run(&["back-up", "--to", &young])?.good()?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    city.open_case(&served, &officer)?;
    city.run(&["back-up", "--to", &old])?.good()?;
    served.kill()?;
    let size = |of: &str| anyhow::Ok(Remains::copy(of.as_ref(), &city.folder.join("copy"))?.view()?.size()?);
    let (young_size, old_size) = (size(&young)?, size(&old)?);
    let restore = |from: &str| city.run(&["restore", "--tenant", "datong", "--from", from])?.good();
    let whole = took(|| restore(&young))?;
    for kill in 0..KILLS {
        let again = || format!("after kill {kill}, DATONG_SEED={seed}");
        let (from, size) = if rng.below(2) == 0 { (&young, young_size) } else { (&old, old_size) };
        restore(from).with_context(again)?;
        let served = city.serve().with_context(again)?;
        let visitor = Person::visitor(served.http);
        let found = Witness::new(&visitor)?.look(&visitor)?.size;
        // A hard end leaves a write-ahead log beside the database.
        served.kill()?;
        // The restore and the start after it are entries of their own.
        ensure!(found == size + 2, "{found} entries were restored of {size}, {}", again());
        city.run(&["audit", "verify"])?.good().with_context(again)?;
        let (data, from) = (city.folder.text("data"), if rng.below(2) == 0 { &young } else { &old });
        let args = ["restore", "--data", &data, "--tenant", "datong", "--from", from];
        run_and_kill(&args, Duration::from_micros(rng.below(whole)))?;
    }
    Ok(())
}

/// The same at one instant, without chance: a write-ahead log of another database lies there under a name.
fn restore_beside(left: &str) -> Result<()> {
    let city = City::begin("restore-left", false)?;
    let young = city.folder.text("young");
    city.run(&["back-up", "--to", &young])?.good()?;
    let served = city.serve()?;
    let officer = Person::sign_in(served.http, "officer-1", city.password("officer-1")?)?;
    city.open_case(&served, &officer)?;
    served.kill()?;
    let size = Remains::copy(young.as_ref(), &city.folder.join("copy"))?.view()?.size()?;
    std::fs::rename(city.tenant().join("city.db"), city.tenant().join("city.db.aside-9"))?;
    std::fs::rename(city.tenant().join("city.db-wal"), city.tenant().join(left))?;
    city.run(&["restore", "--tenant", "datong", "--from", &young])?.good()?;
    let found = Remains::copy(&city.tenant(), &city.folder.join("copy"))?.view()?.size()?;
    ensure!(found == size + 1, "{found} entries were restored of {size}");
    city.run(&["audit", "verify"])?.good()?;
    Ok(())
}

/// Killed after the database was set aside, and before its write-ahead log was.
#[test]
fn what_was_half_set_aside_does_not_come_back() -> Result<()> {
    restore_beside("city.db-wal")
}

/// Killed while the next epoch was being opened.
#[test]
fn what_was_half_restored_does_not_come_back() -> Result<()> {
    restore_beside("city.restoring-wal")
}

/// A back-up that was killed is refused or whole, and never taken for a city that it is not.
#[test]
fn a_back_up_that_was_killed_is_no_back_up() -> Result<()> {
    let seed = seed();
    say(format!("seed {seed} (DATONG_SEED={seed} runs it again)"));
    let mut rng = Rng(seed);
    let city = City::begin("back-up-killed", false)?;
    let (mut whole, mut refused) = (0, 0);
    // The restore is an entry of its own.
    let expected = Remains::copy(&city.tenant(), &city.folder.join("copy"))?.view()?.size()? + 1;
    let other = city.folder.text("back-up");
    let duration = took(|| city.run(&["back-up", "--to", &other])?.good())?;
    for kill in 0..KILLS {
        let (to, data) =
            (city.folder.text(&format!("back-up-{kill}")), city.folder.text(&format!("data-{kill}")));
        let from = city.folder.text("data");
        run_and_kill(&["back-up", "--data", &from, "--to", &to], Duration::from_micros(rng.below(duration)))?;
        let restored = run(&["restore", "--data", &data, "--tenant", "datong", "--from", &to])?;
        if !restored.is_good() {
            refused += 1;
            continue;
        }
        let remains = Remains::open(&city.folder.join(&format!("data-{kill}/datong/city.db")))?;
        let size = remains.view()?.size()?;
        ensure!(size == expected, "kill {kill}: {size} entries from a broken back-up, DATONG_SEED={seed}");
        whole += 1;
    }
    say(format!("{KILLS} kills: {whole} whole back-ups, {refused} refused"));
    Ok(())
}
