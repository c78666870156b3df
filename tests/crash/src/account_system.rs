//! The bank's own system: told of a case before reviewers, it reads it from `/v1` and decides, until it has an answer.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use portico_simulator::Simulator;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Line;
use crate::site::url;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Approves every case that comes before reviewers.
pub struct AccountSystem {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: &'static str,
}

impl AccountSystem {
    /// Decides what comes, by the API at the end of `api`, until it is told to end. A call that fails is made again
    /// under the same key, as the contract says.
    pub async fn decides(&self, api: &Line, end: CancellationToken) {
        let mut decided = BTreeSet::new();
        let mut beat = interval(LOOK_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while end.run_until_cancelled(beat.tick()).await.is_some() {
            for case in self.asked_for() {
                if !decided.contains(&case) && self.decide(api, &case).await.is_ok_and(|done| done) {
                    decided.insert(case);
                }
            }
        }
    }

    fn asked_for(&self) -> BTreeSet<String> {
        let events = self.simulator.inbox_events().into_iter();
        events.filter(|event| event.kind == "kyc.review.requested").filter_map(|event| event.case_id).collect()
    }

    async fn decide(&self, api: &Line, case: &str) -> Result<bool> {
        let path = url(api.address(), &format!("/v1/cases/{case}"));
        let read: Value = self.http.get(&path).bearer_auth(self.token).send().await?.json().await?;
        if read["stage"] != "in_review" {
            return Ok(read["stage"] == "decided");
        }
        let findings = read["findings"].as_array().cloned().unwrap_or_default();
        let open = findings.iter().filter(|row| row["required"] == true && row["result"] == "unavailable");
        let attest: Vec<_> = open.map(|row| json!({ "check": row["check"], "reason": "seen by me" })).collect();
        let decision = json!({
            "outcome": "approved", "officer": { "id": "k-17", "role": "maker" },
            "attest": attest, "dossier": read["dossier"],
        });
        let key = format!("{case}-{}", read["dossier"].as_str().unwrap_or_default());
        let request = self.http.post(format!("{path}/decision")).bearer_auth(self.token);
        let answer = request.header("idempotency-key", key).json(&decision).send().await?;
        Ok(answer.status().is_success())
    }
}
