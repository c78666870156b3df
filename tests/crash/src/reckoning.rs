//! What must hold when all is over: nothing that was answered 200 is lost, nothing happened twice, everybody is where
//! they would be had nothing failed.
//!
//! It compares what the world outside has seen (the phones, the account inbox) with what the cell has recorded.
//! *Invariant:* it reads the cell by its public doors and changes nothing; each of its findings has a test that brings
//! it about.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use portico_case::InputKind;
use portico_cell::{Cell, Loaded};
use portico_ledger::{CaseFilter, ChainName, EventFilter, OutboundState, ParkedKind};
use portico_simulator::{InboxEvent, SentMessage, Simulator, Tick, Verdict};
use portico_vocab::{CaseId, OutboundId, OutcomeName, StageName};

use crate::{Country, Person, Plot, Site};

/// Everything, read once.
struct Reckoning<'a> {
    cell: Cell,
    country: &'static Country,
    /// What the account inbox has, newest first.
    inbox: Vec<InboxEvent>,
    simulator: &'a Simulator,
    people: &'a [Person],
    cases: Vec<CaseId>,
    findings: Vec<String>,
}

impl Site {
    /// Reckons up with everybody who was here. Nothing of Portico may run meanwhile.
    ///
    /// # Errors
    /// With every finding, one a line.
    pub async fn reckons(&self, people: &[Person]) -> Result<()> {
        let cell = self.cell().await?;
        let cases = cases(&cell).await?;
        let (country, inbox, simulator) = (self.country, self.events(), &self.simulator);
        let mut all = Reckoning { cell, country, inbox, simulator, people, cases, findings: Vec::new() };
        let checked = all.check().await;
        all.cell.vault().close().await;
        checked?;
        ensure!(all.findings.is_empty(), "the reckoning does not come out:\n{}", all.findings.join("\n"));
        Ok(())
    }
}

impl Reckoning<'_> {
    async fn check(&mut self) -> Result<()> {
        self.messages_in().await?;
        self.ends().await?;
        self.messages_out().await?;
        self.events().await?;
        self.nothing_given_up().await
    }

    fn finds(&mut self, finding: String) {
        self.findings.push(finding);
    }

    /// Every message that was answered 200 is in the history once: in one case's entries, or in the cell's own chain.
    async fn messages_in(&mut self) -> Result<()> {
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        for case in &self.cases {
            for item in self.cell.history(*case, 0, u32::MAX).await? {
                let recorded = item.recorded.with_context(|| format!("{case}: an entry does not open"))?;
                if let InputKind::Message { message, .. } = recorded.input.kind {
                    *told.entry(message.wamid.as_str().to_owned()).or_default() += 1;
                }
            }
        }
        let (mut strays, mut said) = (0, 0);
        for person in self.people {
            for wamid in &person.said {
                said += 1;
                let place = format!("{} ({:?}), message {said}", person.id, person.plot);
                let taken = self.simulator.tick_of(&person.id, wamid).is_some_and(|tick| tick >= Tick::Delivered);
                if !taken {
                    self.findings.push(format!("{place}: never answered 200"));
                }
                let parts: [&[u8]; 3] =
                    [b"message", self.country.phone_number_id.as_bytes(), wamid.as_str().as_bytes()];
                let consumed = self.cell.ledger().input_consumed(self.cell.keys().input_id(&parts)).await?;
                match (told.remove(wamid.as_str()), consumed) {
                    (Some(1), true) => {}
                    (Some(times), _) => self.findings.push(format!("{place}: in the history {times} times")),
                    (None, true) => strays += 1,
                    (None, false) => self.findings.push(format!("{place}: answered 200 and lost")),
                }
            }
        }
        if !told.is_empty() {
            self.finds(format!("{} messages in the history that nobody said", told.len()));
        }
        let links = self.cell.ledger().chain(ChainName::Stray, 0, u32::MAX).await?.len();
        let expected = self.people.iter().filter(|person| person.plot == Plot::Refuses).count();
        if (strays, links) != (expected, expected) {
            self.finds(format!("{expected} messages without a case expected, {strays} consumed, {links} links"));
        }
        Ok(())
    }

    /// Everybody's case ended as their plot does, and nobody has two.
    async fn ends(&mut self) -> Result<()> {
        let mut known = BTreeSet::new();
        let decision = OutcomeName::parse(self.country.decision)?;
        for person in self.people {
            let hash = self.cell.keys().lookup("phone", person.phone.as_str().as_bytes());
            let sender = self.cell.ledger().senders(&[hash]).await?.pop();
            let case = sender.and_then(|sender| sender.latest_case);
            known.extend(case);
            let end = match case {
                Some(case) => match self.cell.load(case).await? {
                    Some(Loaded::Whole(opened)) => Some((opened.row.stage, opened.row.outcome)),
                    _ => None,
                },
                None => None,
            };
            let expected = match person.plot {
                Plot::Refuses => None,
                Plot::Stops | Plot::Declines => Some((StageName::Withdrawn, None)),
                Plot::Completes | Plot::Stammers | Plot::Retakes => Some((StageName::Decided, Some(decision))),
            };
            if end != expected {
                self.findings.push(format!("{} ({:?}): ended {end:?}, not {expected:?}", person.id, person.plot));
            }
        }
        if known.len() != self.cases.len() {
            self.finds(format!("{} cases of {} people", self.cases.len(), known.len()));
        }
        Ok(())
    }

    /// Nothing was said twice, what was taken is known to be, and what was given up never went out.
    async fn messages_out(&mut self) -> Result<()> {
        let mut on_phones: BTreeMap<String, SentMessage> = BTreeMap::new();
        for person in self.people {
            for sent in self.simulator.outbox(&person.id) {
                let id = sent.callback.clone().unwrap_or_default();
                if on_phones.insert(id.clone(), sent).is_some() {
                    self.finds(format!("{}: {id} was sent twice", person.id));
                }
            }
        }
        for case in self.cases.clone() {
            for row in self.cell.ledger().outbounds(case).await? {
                let (id, state) = (row.id.to_string(), row.state);
                let consistent = match (on_phones.remove(&id).map(|sent| sent.tick), state) {
                    (Some(Tick::Read), OutboundState::Read) | (Some(Tick::Delivered), OutboundState::Delivered) => true,
                    (None, OutboundState::Parked | OutboundState::Held) => true,
                    (Some(_) | None, _) => false,
                };
                if !consistent {
                    self.finds(format!("{case}: {id} ({}) is {} and the phone knows better", row.text, state.as_str()));
                }
            }
        }
        for id in on_phones.keys() {
            let known = OutboundId::parse(id).is_ok();
            self.findings.push(format!("{id} is on a phone and in no case (an id of ours: {known})"));
        }
        Ok(())
    }

    /// The inbox has every event, verified, each case's in order; the same one may have come again.
    async fn events(&mut self) -> Result<()> {
        let mut feed = Vec::new();
        let mut filter = EventFilter { limit: 1_000, ..EventFilter::default() };
        loop {
            let page = self.cell.ledger().events(&filter).await?;
            let Some(last) = page.last() else { break };
            filter.after = last.position;
            feed.extend(page);
        }
        let mut arrived: BTreeMap<String, Vec<InboxEvent>> = BTreeMap::new();
        // The inbox lists the newest first.
        for event in std::mem::take(&mut self.inbox).into_iter().rev() {
            if !matches!(event.verdict, Verdict::Verified { .. }) {
                self.findings.push(format!("{}: its signature does not hold", event.webhook_id));
            }
            arrived.entry(event.case_id.clone().unwrap_or_default()).or_default().push(event);
        }
        for case in self.cases.clone() {
            let announced = feed.iter().filter(|row| row.event.case == case).map(|row| row.event.id.to_string());
            let announced: Vec<String> = announced.collect();
            let came = arrived.remove(&case.to_string()).unwrap_or_default();
            let ids: Vec<String> = came.iter().map(|event| event.webhook_id.clone()).collect();
            if ids != announced {
                self.finds(format!("{case}: announced {announced:?}, arrived {ids:?}"));
            }
            let mut previous = serde_json::Value::Null;
            for (seq, event) in (1..).zip(&came) {
                if event.seq != Some(seq) || event.body["data"]["previous"] != previous {
                    self.finds(format!("{case}: event {seq} does not follow the one before it"));
                }
                previous = event.body["id"].clone();
            }
        }
        if !arrived.is_empty() {
            self.finds(format!("events of {} cases nobody knows", arrived.len()));
        }
        Ok(())
    }

    /// Only sends whose end nobody knows may have been given up.
    async fn nothing_given_up(&mut self) -> Result<()> {
        for item in self.cell.ledger().parked(1_000).await? {
            if item.kind != ParkedKind::Send {
                self.findings.push(format!("given up: {} {}: {}", item.id, item.what, item.why));
            }
        }
        Ok(())
    }
}

async fn cases(cell: &Cell) -> Result<Vec<CaseId>> {
    let mut filter = CaseFilter { limit: 1_000, ..CaseFilter::default() };
    let mut found = Vec::new();
    loop {
        let page = cell.ledger().cases(&filter).await?;
        found.extend(page.rows.iter().map(|row| row.id));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(found),
        }
    }
}
