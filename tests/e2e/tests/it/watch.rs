//! What an operator sees: metrics, readiness, and one trace from the webhook to the account system.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use portico_e2e::{Engine, Span, Walk, World, story, traces, until};
use portico_simulator::{Fault, Inbound, Mischief, Shown};
use portico_whatsapp::texts::TextKey;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// What docs/WATCHING.md lists: (name, kind).
fn documented() -> Vec<(String, String)> {
    let guide = include_str!("../../../../docs/WATCHING.md");
    let rows = guide.lines().filter(|line| line.starts_with("| `portico_"));
    let row = |line: &str| {
        let mut cells = line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).skip(1);
        Some((cells.next()?, cells.next()?))
    };
    rows.filter_map(row).collect()
}

/// Counters that a story without our own mistakes and without work given up leaves where they are.
const STILL: &[&str] = &["portico_invariants_broken_total"];

/// Sample → value, of one scrape.
async fn scrape(world: &World) -> Result<BTreeMap<String, f64>> {
    let answer = get(world, "/metrics").await?;
    ensure!(answer.0 == StatusCode::OK);
    let samples = answer.1.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').context("a sample")?;
            Ok((name.to_owned(), value.parse()?))
        })
        .collect()
}

async fn get(world: &World, path: &str) -> Result<(StatusCode, String)> {
    let client = Client::builder().no_proxy().build()?;
    let answer = client.get(format!("{}{path}", world.url()?)).send().await?;
    Ok((answer.status(), answer.text().await?))
}

async fn ready(world: &World) -> Result<(StatusCode, Value)> {
    let (status, body) = get(world, "/readyz").await?;
    Ok((status, serde_json::from_str(&body)?))
}

/// All samples of one metric added up.
fn total(samples: &BTreeMap<String, f64>, name: &str, kind: &str) -> Option<f64> {
    let name = if kind == "histogram" { format!("{name}_count") } else { name.to_owned() };
    let of = samples.iter().filter(|(sample, _)| sample.split('{').next() == Some(&name)).map(|(_, value)| *value);
    let of: Vec<f64> = of.collect();
    (!of.is_empty()).then(|| of.iter().sum())
}

#[tokio::test]
async fn every_documented_metric_is_there_and_moves_with_the_story() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let before = scrape(world).await?;
        let token = world.config()?.whatsapp.verify_token.read()?;
        world.simulator()?.subscribe(&token).await?;
        world.subscriber.answers(500);
        let asha = world.applicant("IN", Shown::Both)?;
        asha.sends(Inbound::text("hello"), &Mischief::forged()).await?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        until("a failed attempt", async || Ok(world.subscriber.deliveries().first().cloned())).await?;
        let late = scrape(world).await?;
        ensure!(late[r#"portico_deliveries_waiting{cell="IN",subscriber="own"}"#] >= 1.0, "{late:#?}");
        world.subscriber.answers(200);
        let anna = world.reviewer("a.reviewer").await?;
        anna.decides(&anna.opens(case).await?, "handed_off").await?;
        asha.hears(TextKey::VerdictHandoff).await?;
        until("everything is delivered", async || {
            world.clock.advance_seconds(400);
            Ok(world.subscriber.deliveries_of("kyc.decision.made", case).pop())
        })
        .await?;
        world.quiet().await?;

        let after = scrape(world).await?;
        let documented = documented();
        ensure!(documented.len() > 20, "the guide lists its metrics");
        for (name, kind) in &documented {
            let now = total(&after, name, kind);
            let now = now.with_context(|| format!("{name} is not scraped"))?;
            let moves = matches!(kind.as_str(), "counter" | "histogram") && !STILL.contains(&name.as_str());
            let moved = now > total(&before, name, kind).unwrap_or(0.0);
            ensure!(moved == moves || kind == "gauge" || kind == "info", "{name}: moved {moved}");
        }
        let listed: BTreeSet<_> = documented.iter().map(|(name, _)| name.as_str()).collect();
        for sample in after.keys() {
            let name = sample.split('{').next().unwrap_or_default();
            let family = ["_bucket", "_count", "_sum"].iter().find_map(|ending| name.strip_suffix(ending));
            ensure!(listed.contains(name) || family.is_some_and(|name| listed.contains(name)), "{name} is not listed");
        }
        for (sample, expected) in [
            (r#"portico_ingress_webhooks_total{answer="forged"}"#, 1.0),
            (r#"portico_decisions_total{cell="IN",outcome="handed_off"}"#, 1.0),
            (r#"portico_decisions_total{cell="BR",outcome="handed_off"}"#, 0.0),
            (r#"portico_invariants_broken_total{cell="IN"}"#, 0.0),
            (r#"portico_ready{cell="IN",part="ledger"}"#, 1.0),
        ] {
            ensure!(after.get(sample) == Some(&expected), "{sample}: {:?}", after.get(sample));
        }
        let person = &asha.person;
        let (_, text) = get(world, "/metrics").await?;
        for personal in [person.phone.as_str(), person.user_id.as_str(), person.name.as_str(), &case.to_string()] {
            ensure!(!text.contains(personal), "a metric names somebody");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn readiness_names_the_part_and_since_when() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (status, body) = ready(world).await?;
        ensure!(status == StatusCode::OK && body["ready"] == true, "{body}");
        for part in ["ledger", "vault", "inbox"] {
            let part = &body["cells"]["IN"][part];
            ensure!(part["state"] == "ok" && part["since"].is_string(), "{body}");
        }

        let asha = world.applicant("IN", Shown::Both)?;
        world.simulator()?.fail_next(Fault::SendRefused(190));
        asha.says("hello").await?;
        let number = &world.config()?.cells.first().context("a cell")?.phone_number_ids[0];
        let number = format!("number:{}", number.as_str());
        let stopped = until("the number is told to be refused", async || {
            let (status, body) = ready(world).await?;
            let part = &body["cells"]["IN"][&number];
            Ok((part["state"] == "degraded").then(|| (status, body.clone())))
        })
        .await?;
        ensure!(stopped.0 == StatusCode::OK && stopped.1["degraded"] == true, "webhooks are taken all the same");
        until("it is served again", async || {
            world.clock.advance_seconds(61);
            Ok((ready(world).await?.1["cells"]["IN"][&number]["state"] == "ok").then_some(()))
        })
        .await?;
        asha.hears(TextKey::Notice).await?;
        Ok(())
    })
    .await
}

/// Photo in, event out, one trace; and nothing of the person in any.
#[tokio::test]
async fn one_trace_goes_from_the_webhook_to_the_account_system() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        let delivery = world.subscriber.receives("kyc.review.requested", case).await?;
        let header = delivery.trace.context("the request carries no traceparent")?;
        let (trace, parent) = (&header[3..35], &header[36..52]);
        let expected = ["webhook", "sort", "take_in", "read", "decide", "tell", "deliver"];
        let spans = until("the whole trace has been sent", async || {
            let spans = traces::spans_of(trace)?;
            let names: BTreeSet<_> = spans.iter().map(|span| span.name.as_str()).collect();
            Ok(expected.iter().all(|name| names.contains(name)).then_some(spans))
        })
        .await?;
        ensure!(way(&spans, parent) == ["webhook", "sort", "take_in", "read", "decide", "deliver"], "{spans:#?}");

        ensure!(traces::sent(&case.to_string()), "what is looked for is found where it is");
        let person = &asha.person;
        for personal in [person.phone.as_str(), person.user_id.as_str(), person.name.as_str(), "wamid"] {
            ensure!(!traces::sent(personal), "a trace names somebody");
        }
        Ok(())
    })
    .await
}

/// Names from the first span of the trace down to the one with this id.
fn way(spans: &[Span], id: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = Some(id.to_owned());
    while let Some(span) = next.and_then(|id| spans.iter().find(|span| span.id == id)) {
        names.insert(0, span.name.clone());
        next = span.parent.clone();
    }
    names
}

/// A trace that a bank's call begins goes on to what comes of the call.
#[tokio::test]
async fn a_call_of_the_bank_goes_on_in_its_own_trace() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        let anna = world.reviewer("a.reviewer").await?;
        anna.decides(&anna.opens(case).await?, "approved_limited").await?;
        asha.hears(TextKey::VerdictLimited).await?;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let bank = world.bank()?.in_trace(&format!("00-{trace}-00f067aa0ba902b7-01"));
        let opened = json!({ "status": "opened", "display": "••4321" });
        let answer = bank.posts(&format!("/v1/cases/{case}/account"), "open-1", &opened).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let delivery = world.subscriber.receives("kyc.account.opened", case).await?;
        ensure!(delivery.trace.as_deref().is_some_and(|header| header.contains(trace)), "{:?}", delivery.trace);
        Ok(())
    })
    .await
}
