//! A busy morning: both countries, and a case for most reasons there are to be in the queue.
//!
//! It began two hours ago by its clock and ends now, so that the queue has waited as long as its rows say.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use portico::dev::{self, Dev, Options, Tuning};
use portico_e2e::{Applicant, TestClock, Walk};
use portico_simulator::{Pace, Shown};
use portico_vocab::{CountryCode, StageName};
use portico_whatsapp::texts::TextKey;
use tokio::net::TcpListener;

/// Brazil's driving licence, complete at the first try.
const CNH: Walk = Walk { document: "document:driving_licence", ..Walk::CARD };

pub struct Morning {
    dev: Dev,
    clock: Arc<TestClock>,
}

impl Morning {
    /// Starts before anybody is up. The pages name `data` as it is given.
    pub async fn dawns(data: &Path) -> Result<Self> {
        let clock = Arc::new(TestClock::default());
        clock.advance_seconds(-125 * 60);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let options = Options { data: data.to_path_buf(), listen, subscriber: None };
        let tuning = Tuning { pace: Pace::instant(), clock: clock.clone(), ..Tuning::default() };
        let dev = dev::start(&options, listener, tuning).await;
        Ok(Self { dev: dev.map_err(|failure| anyhow::anyhow!("portico dev: {failure:?}"))?, clock })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.dev.running.address)
    }

    /// Everybody who writes; the last to come to review is given back, then comes Asha, whose case is complete too.
    pub async fn passes(&self) -> Result<Applicant> {
        CNH.to_review(&self.known("Caio")?).await?;
        self.minutes(33);
        asks_for_a_person(&self.known("Meera")?).await?;
        self.minutes(36);
        uses_up_all_tries(&self.known("João")?).await?;
        self.minutes(22);
        has_no_document(&self.stranger("IN")?).await?;
        self.minutes(25);
        let ravi = self.known("Ravi")?;
        complete_at_the_second_try(&ravi).await?;
        self.minutes(9);
        Walk::PASSPORT.to_review(&self.known("Asha")?).await?;
        Ok(ravi)
    }

    pub async fn ends(self) {
        self.dev.simulator.shutdown().await;
        self.dev.running.stop().await;
    }

    fn minutes(&self, minutes: i64) {
        self.clock.advance_seconds(minutes * 60);
    }

    fn known(&self, name: &str) -> Result<Applicant> {
        let people = self.dev.simulator.applicants();
        let Some(person) = people.into_iter().find(|person| person.name == name) else { bail!("who is {name}?") };
        self.meet(person)
    }

    fn stranger(&self, country: &str) -> Result<Applicant> {
        self.meet(self.dev.simulator.new_applicant(CountryCode::parse(country)?, Shown::Both)?)
    }

    fn meet(&self, person: portico_simulator::Applicant) -> Result<Applicant> {
        let cell = self.dev.running.cells.iter().find(|cell| cell.country() == person.country);
        let cell = cell.context("nobody serves this country")?.clone();
        Ok(Applicant::new(self.dev.simulator.clone(), cell, person))
    }
}

async fn asks_for_a_person(meera: &Applicant) -> Result<()> {
    Walk::PASSPORT.to_first_photo(meera).await?;
    meera.says("help").await?;
    meera.hears(TextKey::Help).await?;
    meera.taps("person:ask").await?;
    meera.reaches(StageName::InReview).await.map(drop)
}

async fn uses_up_all_tries(joao: &Applicant) -> Result<()> {
    Walk { document: "document:passport", ..CNH }.to_first_photo(joao).await?;
    joao.sends_photo("specimens/passport_blurred.jpg").await?;
    joao.hears(TextKey::RetakeBlurred1).await?;
    joao.sends_photo("specimens/passport_dark.jpg").await?;
    joao.hears(TextKey::RetakeDark2).await?;
    joao.sends_photo("specimens/passport_glare.jpg").await?;
    joao.reaches(StageName::InReview).await.map(drop)
}

async fn has_no_document(applicant: &Applicant) -> Result<()> {
    applicant.says("hello").await?;
    applicant.hears(TextKey::Notice).await?;
    applicant.taps("consent:accept").await?;
    applicant.hears(TextKey::DocumentChoose).await?;
    applicant.taps("document:none").await?;
    applicant.reaches(StageName::InReview).await.map(drop)
}

async fn complete_at_the_second_try(ravi: &Applicant) -> Result<()> {
    Walk::PASSPORT.to_first_photo(ravi).await?;
    ravi.sends_photo("specimens/passport_blurred.jpg").await?;
    ravi.hears(TextKey::RetakeBlurred1).await?;
    ravi.sends_photo("specimens/passport.jpg").await?;
    ravi.hears(TextKey::SelfieAsk).await?;
    ravi.sends_photo("specimens/selfie_match.jpg").await?;
    ravi.hears(TextKey::Checking).await?;
    ravi.reaches(StageName::InReview).await.map(drop)
}
