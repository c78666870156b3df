//! A canary in every personal field that a webhook, `/v1` or the console takes is in no log at TRACE, metric, trace,
//! error, event, plain column, and name of a file or object; and it is where it belongs, under its case's key. Nor is a
//! secret of the configuration.
//!
//! What lies open by design is no applicant's and has no canary here: who decided (an officer's id and role, a reviewer's
//! id), a client's name, its `X-Request-Id`, `Idempotency-Key` and a finding's `ref` in the form that the API takes, and
//! the note of whoever answers for parked work. Each of them is an operator's or an officer's own word, and the API
//! takes no sentence for any but the last. Digests of pictures are in events, as the contract says.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use portico::clock::SystemClock;
use portico_crash::{
    BRAZIL, Bucket, Chance, Engine, Line, Outside, Person, Plan, Plot, Process, Record, Site, Weather,
};
use portico_e2e::{Reviewer, file, photo, until};
use portico_ledger::Queue;
use portico_proof::{
    Asked, Canaries, Haystack, Lying, Needles, Opened, Spelling, Traces, Webhooks, Writer, posts, shapes,
};
use portico_simulator::{Fault, Inbound, Shown};
use portico_vocab::{CaseId, Clock as _};
use reqwest::StatusCode;
use serde_json::{Value, json};

const OFFICER: &str = "k-17";
const REVIEWER: &str = "a.reviewer";

struct Scene {
    outside: Outside,
    traces: Traces,
    site: Site,
    serve: Process,
    http: reqwest::Client,
    canaries: Canaries,
}

impl Scene {
    async fn set(engine: Engine, bucket: Bucket) -> Result<Self> {
        let traces = Traces::receive().await?;
        let outside = Outside::of(&[&BRAZIL], &Chance::seeded()).await?;
        let plan =
            Plan { traces: Some(traces.address), sign_in: true, log: "trace", ..Plan::of(&BRAZIL, engine, bucket) };
        let site = Site::build_in(&outside, plan).await?;
        let serve = site.start("serve", &[]).await?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { outside, traces, site, serve, http, canaries: Canaries::default() })
    }

    /// Somebody whose every field is a canary.
    fn somebody(&mut self, who: &str) -> Result<Person> {
        let person = Person::shown(&self.site, Plot::Completes, Shown::Both)?;
        self.site.simulator.call(&person.id, &self.canaries.word(&format!("{who}'s profile name")))?;
        self.canaries.knows(&format!("{who}'s number"), person.phone.as_str());
        let digits = person.user_id.as_str().split('.').next_back().context("a user id")?;
        self.canaries.knows(&format!("{who}'s user id"), digits);
        Ok(person)
    }

    /// Somebody comes as far as a review, with words wherever the chat takes words.
    async fn comes_to_review(&mut self, who: &str) -> Result<CaseId> {
        let mut person = self.somebody(who)?;
        let known = self.reviews().len();
        person.agrees().await?;
        person.says(&self.canaries.word("a text")).await?;
        let (name, caption) = (self.canaries.word("a file name"), self.canaries.word("a caption"));
        let mime = format!("image/jpeg; name={}", self.canaries.plain_word("a declared type"));
        let [front, back, selfie] = person.country.pictures else { bail!("three pictures") };
        let mut sent = file(front, &mime)?.captioned(&caption);
        sent.filename = Some(format!("{name}.jpg"));
        person.sends(Inbound::media(sent)).await?;
        self.site.quiet().await?;
        person.sends(Inbound::media(photo(back)?.captioned(&caption))).await?;
        self.site.quiet().await?;
        person.shows(selfie).await?;
        let case = until("it comes before reviewers", async || Ok(self.reviews().get(known).cloned())).await?;
        self.site.quiet().await?;
        Ok(CaseId::parse(&case)?)
    }

    /// Cases that reviewers were asked for, the oldest first.
    fn reviews(&self) -> Vec<String> {
        let events = self.site.events().into_iter().rev().filter(|event| event.kind == "kyc.review.requested");
        events.filter_map(|event| event.case_id).collect()
    }

    async fn v1(&self, path: &str, key: &str, body: &Value) -> Result<()> {
        let request = self.http.post(format!("http://{}{path}", self.site.api.address()));
        let request = request.bearer_auth(self.site.api_token()).header("idempotency-key", key).json(body);
        let answer = request.send().await?;
        let status = answer.status();
        ensure!(status == StatusCode::OK, "{path}: {status} {}", answer.text().await?);
        Ok(())
    }

    async fn read(&self, path: &str) -> Result<Value> {
        let request = self.http.get(format!("http://{}{path}", self.site.api.address()));
        Ok(request.bearer_auth(self.site.api_token()).send().await?.json().await?)
    }

    /// A decision by the API, and what became of the account, with words wherever it takes words.
    async fn is_decided_by_api(&mut self, case: CaseId) -> Result<()> {
        let path = format!("/v1/cases/{case}");
        let finding = json!({ "check": "screening", "result": "clear", "ref": "run-7" });
        self.v1(&format!("{path}/findings"), "finding", &finding).await?;
        let read = self.read(&path).await?;
        let reason = self.canaries.word("an attestation's reason");
        let findings = read["findings"].as_array().context("findings")?;
        let open = findings.iter().filter(|row| row["required"] == true && row["result"] == "unavailable");
        let attest: Vec<_> = open.map(|row| json!({ "check": row["check"], "reason": reason })).collect();
        ensure!(!attest.is_empty(), "there is something to attest");
        let decision = json!({
            "outcome": "approved", "officer": { "id": OFFICER, "role": "maker" }, "attest": attest,
            "note": self.canaries.word("an officer's note"), "dossier": read["dossier"],
        });
        self.v1(&format!("{path}/decision"), "decision", &decision).await?;
        let failed =
            json!({ "status": "failed", "retryable": true, "reason": self.canaries.word("an account's reason") });
        self.v1(&format!("{path}/account"), "failed", &failed).await?;
        let opened = json!({ "status": "opened", "display": self.canaries.word("an account's display") });
        self.v1(&format!("{path}/account"), "opened", &opened).await?;
        self.site.quiet().await
    }

    async fn reviewer(&self) -> Result<Reviewer> {
        Reviewer::signs_in(format!("http://{}", self.serve.address()), REVIEWER).await
    }

    /// A decision at the console, with words wherever the page takes words.
    async fn is_decided_by_hand(&mut self, case: CaseId) -> Result<()> {
        let reviewer = self.reviewer().await?;
        let mut form = reviewer.opens(case).await?.form("/decide")?.choose("outcome", "approved")?;
        let checks: Vec<String> = form.offers("attest").into_iter().map(str::to_owned).collect();
        let reason = self.canaries.word("a reviewer's attestation");
        form = form.choose_all("attest").fill("note", &self.canaries.word("a reviewer's note"));
        for check in checks {
            form = form.fill(&format!("attest_{check}"), &reason);
        }
        let page = reviewer.submits(&form).await?;
        ensure!(page.status == 200, "{}", page.text());
        self.site.quiet().await
    }

    /// Every shape of webhook, of people with a case and of people nobody knows.
    async fn webhooks(&mut self) -> Result<()> {
        let mut chatty = self.somebody("a talker")?;
        chatty.agrees().await?;
        let now = SystemClock.now().as_seconds();
        for (name, shape) in shapes()? {
            for writer in [Writer::Known(chatty.phone.as_str()), Writer::Stranger] {
                let body = Webhooks { country: &BRAZIL, canaries: &mut self.canaries, now }.of(&shape, writer);
                let status = posts(&self.site, &self.http, &body).await?.status();
                ensure!(status == StatusCode::OK, "{name}: {status}");
            }
        }
        self.site.quiet().await
    }

    /// Every peer fails for a while somebody writes: errors are worded then.
    async fn fails(&mut self) -> Result<()> {
        let mut person = self.somebody("an unlucky one")?;
        person.agrees().await?;
        self.site.quiet().await?;
        for fault in [Fault::LookupGone, Fault::DownloadFails, Fault::SendRefused(131_026), Fault::SendFails] {
            self.site.simulator.fail_next(fault);
        }
        person.shows("specimens/passport_dark.jpg").await?;
        self.site.quiet().await?;
        let events = self.site.events().len();
        for line in [&self.site.graph, &self.site.subscriber] {
            line.set(Weather::Down);
        }
        let mut other = self.somebody("somebody in an outage")?;
        other.says(&self.canaries.word("a text in an outage")).await?;
        until("a message is tried in vain", async || Ok((self.site.put_off(Queue::Tell).await? > 0).then_some(())))
            .await?;
        until("a delivery is tried in vain", async || Ok((self.site.deliveries_put_off().await? > 0).then_some(())))
            .await?;
        ensure!(self.site.events().len() == events, "nothing arrives meanwhile");
        // The longer they are away, the longer the next try waits.
        for line in [&self.site.graph, &self.site.subscriber] {
            line.set(Weather::Fair);
        }
        self.site.quiet().await?;
        if let (Ok(database), Ok(bucket)) = (self.site.database_line(), self.site.bucket_line()) {
            stores_fail(&self.site, &mut person, database, bucket).await?;
        }
        self.site.quiet().await
    }
}

/// Database, then bucket.
async fn stores_fail(site: &Site, person: &mut Person, database: &Line, bucket: &Line) -> Result<()> {
    database.set(Weather::Down);
    person.shows("specimens/id_front.jpg").await?;
    ensure!(!person.is_taken(), "what is not durable is not answered 200");
    bucket.set(Weather::Down);
    database.set(Weather::Fair);
    until("Meta came again", async || Ok(person.is_taken().then_some(()))).await?;
    until("a put is tried in vain", async || Ok((site.put_off(Queue::TakeIn).await? > 0).then_some(()))).await?;
    bucket.set(Weather::Fair);
    Ok(())
}

/// One site with canaries in it, told everything and looked at from everywhere.
async fn sings_nowhere(engine: Engine, bucket: Bucket) -> Result<()> {
    let mut scene = Scene::set(engine, bucket).await?;
    let by_api = scene.comes_to_review("an applicant").await?;
    scene.is_decided_by_api(by_api).await?;
    let by_hand = scene.comes_to_review("another applicant").await?;
    let in_review = scene.comes_to_review("an applicant in review").await?;
    scene.is_decided_by_hand(by_hand).await?;
    scene.webhooks().await?;
    scene.fails().await?;
    let kept = scene.canaries.needles()?;

    let reviewer = scene.reviewer().await?;
    let mut asked = Asked { site: &scene.site, http: &scene.http, hay: Haystack::default() };
    asked.everything(&mut scene.canaries, &by_api.to_string()).await?;
    asked.pages(&mut scene.canaries, &reviewer, in_review).await?;
    let errors = asked.straws();
    scene.site.quiet().await?;

    let Scene { outside, traces, site, serve, mut canaries, .. } = scene;
    for entry in std::fs::read_dir(site.folder())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Secrets are nobody's, and lie open as little; the address of a file is none.
        if name.starts_with("PORTICO_") {
            let secret = std::fs::read_to_string(&path)?;
            if !secret.starts_with("sqlite:") {
                canaries.knows(name, &secret);
            }
        }
    }
    let needles = canaries.needles()?;
    let mut lying = Lying::of(&site);
    lying.tells(&serve).await?;
    lying.events();
    lying.add(errors);
    serve.terminate().await?;
    lying.add(traces.straws());
    lying.commands(&[&["fsck"], &["parked", "list"], &["doctor"]]).await?;
    let records = lying.rows().await?;
    let objects = if engine == Engine::Postgres { Some(lying.objects().await?) } else { None };
    lying.files()?;
    let hay = lying.hay;
    for kind in ["row", "log", "metrics", "trace", "error", "event", "command"] {
        ensure!(hay.count(kind) > 0, "nothing of the kind {kind} was gathered");
    }
    let found = needles.within(&hay);
    ensure!(found.is_empty(), "{} canaries got out: {found:#?}", found.len());

    belongs(&site, &kept, &records, objects).await?;
    is_found_where_it_is_planted(&site, &needles, &hay).await?;
    site.close().await;
    outside.close().await;
    traces.close().await;
    Ok(())
}

/// Every canary that was taken is under a key: the search for it elsewhere was for something that was there.
async fn belongs(site: &Site, kept: &Needles, records: &[Record], objects: Option<usize>) -> Result<()> {
    let cell = site.cell().await?;
    let objects = match objects {
        Some(objects) => objects,
        None => cell.vault().list(None).await?.objects.len(),
    };
    let opened = Opened::of(&cell, records, objects).await;
    cell.vault().close().await;
    let found = kept.within(&opened?.hay);
    let lost: Vec<_> =
        kept.names().into_iter().filter(|name| !found.iter().any(|found| found.needle == *name)).collect();
    ensure!(lost.is_empty(), "these canaries went nowhere, so that nothing was proved of them: {lost:?}");
    Ok(())
}

/// A canary in every spelling is found in each kind of place that was searched; and by hand in every column of text.
async fn is_found_where_it_is_planted(site: &Site, needles: &Needles, hay: &Haystack) -> Result<()> {
    let spellings = needles.named("a caption")?.spellings();
    let all: Vec<_> = spellings.iter().map(|(_, text)| text.as_slice()).collect();
    let mut kinds = BTreeMap::new();
    for straw in hay.straws() {
        kinds.entry(straw.place.split(' ').next().unwrap_or_default()).or_insert(straw);
    }
    for (kind, straw) in kinds {
        let mut one = Haystack::default();
        one.add(&straw.place, [&straw.bytes, all.join(&b' ').as_slice()].concat());
        let found = needles.within(&one);
        for (spelling, _) in &spellings {
            ensure!(found.iter().any(|found| found.spelling == *spelling), "{kind}: {spelling:?} is not found");
        }
    }
    let in_base64 = spellings.into_iter().find(|(spelling, _)| *spelling == Spelling::Base64).context("no base64")?;
    let word = String::from_utf8(in_base64.1)?;
    let (mut tried, mut planted) = (BTreeSet::new(), Vec::new());
    for record in site.records().await? {
        for (column, _) in record.values.iter().filter(|(_, value)| !value.is_bytes) {
            let sql = format!("UPDATE \"{0}\" SET \"{column}\" = '{word}' || \"{column}\"", record.table);
            // A column of numbers takes none, and some texts have a form.
            if tried.insert(sql.clone()) && site.tampers(&sql).await.is_ok() {
                planted.push(format!("row {}.{column} ", record.table));
            }
        }
    }
    ensure!(planted.len() > 20, "few columns take a word: {planted:?}");
    let mut lying = Lying::of(site);
    lying.rows().await?;
    let found = needles.within(&lying.hay);
    for place in planted {
        ensure!(found.iter().any(|found| found.place.starts_with(&place)), "{place}: planted and not found");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_sings_on_postgres() -> Result<()> {
    sings_nowhere(Engine::Postgres, Bucket::remote(&BRAZIL)?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_sings_on_sqlite() -> Result<()> {
    sings_nowhere(Engine::Sqlite, Bucket::Embedded).await
}
