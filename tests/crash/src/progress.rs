//! How far a site has come, and waiting for it to come further.

use std::collections::BTreeSet;

use anyhow::Result;
use portico::clock::SystemClock;
use portico_e2e::until;
use portico_ledger::Queue;
use portico_simulator::InboxEvent;
use portico_vocab::Clock as _;

use crate::{Person, Site};

/// Jobs leased or put back for a moment are due within this; timers and doubtful sends are not.
const ON_ITS_WAY_SECONDS: i64 = 300;

impl Site {
    /// Lets minutes pass for all that waits, with nobody at work meanwhile: leases run out, doubtful sends come up. The
    /// times that cases have set are not theirs to move.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn minutes_pass(&self, minutes: i64) -> Result<()> {
        let micros = minutes * 60_000_000;
        for (table, column, which) in [
            ("job", "run_at", "queue <> 'timer'"),
            ("delivery", "run_at", "TRUE"),
            ("delivery", "first_at", "TRUE"),
            ("outbound", "state_at", "TRUE"),
        ] {
            self.database.execute(&format!("UPDATE {table} SET {column} = {column} - {micros} WHERE {which}")).await?;
        }
        Ok(())
    }

    /// Lets every lease run out, whoever works meanwhile, and makes due what was put off. What stands in a transaction
    /// at this moment keeps its lease.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn leases_run_out(&self) -> Result<()> {
        let micros = 60_000_000;
        for (table, which) in [("job", "queue <> 'timer'"), ("delivery", "TRUE")] {
            let free = format!("SELECT ctid FROM {table} WHERE {which} FOR UPDATE SKIP LOCKED");
            let past = format!("UPDATE {table} SET run_at = run_at - {micros} WHERE ctid = ANY (ARRAY({free}))");
            self.database.execute(&past).await?;
        }
        Ok(())
    }

    /// How much is on its way: jobs that are due or leased, but for timers, and deliveries.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn on_its_way(&self) -> Result<i64> {
        let horizon = SystemClock.now().plus_seconds(ON_ITS_WAY_SECONDS).as_micros();
        let timer = Queue::Timer.as_str();
        let jobs =
            format!("SELECT COUNT(*) FROM job WHERE parked_at IS NULL AND queue <> '{timer}' AND run_at <= {horizon}");
        let deliveries = "SELECT COUNT(*) FROM delivery WHERE delivered_at IS NULL AND parked_at IS NULL";
        Ok(self.database.number(&jobs).await? + self.database.number(deliveries).await?)
    }

    /// How many jobs of a queue have been tried in vain.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn put_off(&self, queue: Queue) -> Result<i64> {
        let queue = queue.as_str();
        self.database.number(&format!("SELECT COUNT(*) FROM job WHERE queue = '{queue}' AND tries > 0")).await
    }

    /// The same of deliveries.
    ///
    /// # Errors
    /// As [`Self::put_off`].
    pub async fn deliveries_put_off(&self) -> Result<i64> {
        self.database.number("SELECT COUNT(*) FROM delivery WHERE delivered_at IS NULL AND tries > 0").await
    }

    /// Waits until nothing is on its way: no webhook, no receipt, no job but timers, no delivery.
    ///
    /// # Errors
    /// When something never ends.
    pub async fn quiet(&self) -> Result<()> {
        until("nothing is on its way any more", async || {
            self.simulator.settle().await;
            Ok((self.on_its_way().await? == 0).then_some(()))
        })
        .await
    }

    /// What the account inbox has of this country, newest first.
    #[must_use]
    pub fn events(&self) -> Vec<InboxEvent> {
        let source = self.country.source();
        self.simulator.inbox_events().into_iter().filter(|event| event.body["source"] == source).collect()
    }

    /// Waits until as many cases as `people` complete are decided and announced.
    ///
    /// # Errors
    /// When one never is.
    pub async fn decides(&self, people: &[Person]) -> Result<()> {
        let expected = people.iter().filter(|person| person.plot.completes()).count();
        until("every complete case is decided", async || {
            let decided = self.events().into_iter().filter(|event| event.kind == self.country.event);
            let cases: BTreeSet<_> = decided.filter_map(|event| event.case_id).collect();
            Ok((cases.len() == expected).then_some(()))
        })
        .await
    }
}
