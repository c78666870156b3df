//! The reckoning finds what it is there to find: each damage here, laid on by hand, makes it red.

use anyhow::{Result, ensure};
use portico_crash::{Bucket, Chance, Engine, Person, Plot, Site};

/// Lays hands on the database and says what the reckoning finds then.
async fn found(site: &Site, people: &[Person], tampering: &str) -> Result<String> {
    ensure!(site.tampers(tampering).await? > 0, "it changes something: {tampering}");
    let reckoned = site.reckons(people).await;
    Ok(reckoned.err().map(|error| error.to_string()).unwrap_or_default())
}

#[tokio::test]
async fn what_is_lost_or_changed_is_found() -> Result<()> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    let mut people = Vec::new();
    for plot in [Plot::Completes, Plot::Refuses] {
        people.push(Person::arrives(&site, plot)?);
    }
    site.with_account_system(async {
        for person in &mut people {
            person.lives().await?;
        }
        site.decides(&people).await?;
        site.quiet().await
    })
    .await?;
    serve.terminate().await?;
    site.reckons(&people).await?;

    // Taken by a process that does not work, so that it lies in the inbox alone; then it is gone.
    let ingress = site.start("ingress", &["ingress"]).await?;
    people[0].says("mais uma coisa").await?;
    ensure!(people[0].is_taken(), "it was answered 200");
    ingress.terminate().await?;
    let inbox = "DELETE FROM segment WHERE id IN (SELECT owner FROM job WHERE queue = 'sort')";
    let said = found(&site, &people, inbox).await?;
    ensure!(said.contains("answered 200 and lost"), "{said}");
    people[0].said.pop();
    ensure!(site.tampers("DELETE FROM job WHERE queue = 'sort'").await? == 1);
    site.reckons(&people).await?;

    for (tampering, finding) in [
        ("DELETE FROM event WHERE kind = 'kyc.account.approved'", "announced"),
        ("UPDATE outbound SET state = 'parked' WHERE text = 'notice'", "the phone knows better"),
        ("UPDATE kase SET outcome = 'declined'", "ended"),
        ("DELETE FROM input WHERE case_id IS NULL", "answered 200 and lost"),
        ("UPDATE job SET parked_at = 1", "given up"),
    ] {
        let said = found(&site, &people, tampering).await?;
        ensure!(said.contains(finding), "{tampering}: {said}");
    }
    site.close().await;
    Ok(())
}
