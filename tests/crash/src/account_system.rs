//! The bank's own system: told of a case before reviewers, it reads it from `/v1` and decides, until it has an answer.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Site;
use crate::site::url;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Decides every case that comes before reviewers, as well for the applicant as the country allows.
pub(crate) struct AccountSystem<'a> {
    pub(crate) site: &'a Site,
}

impl AccountSystem<'_> {
    /// Decides what comes, by the site's API, until it is told to end. A call that fails is made again under the same
    /// key, as the contract says.
    pub(crate) async fn works(&self, end: CancellationToken) {
        let mut decided = BTreeSet::new();
        let mut beat = interval(LOOK_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while end.run_until_cancelled(beat.tick()).await.is_some() {
            for case in self.asked_for() {
                if !decided.contains(&case) && self.decide(&case).await.is_ok_and(|done| done) {
                    decided.insert(case);
                }
            }
        }
    }

    fn asked_for(&self) -> BTreeSet<String> {
        let events = self.site.events().into_iter();
        events.filter(|event| event.kind == "kyc.review.requested").filter_map(|event| event.case_id).collect()
    }

    async fn decide(&self, case: &str) -> Result<bool> {
        let Site { country, http, api, .. } = self.site;
        let path = url(api.address(), &format!("/v1/cases/{case}"));
        let read: Value = http.get(&path).bearer_auth(country.api_token).send().await?.json().await?;
        if read["stage"] != "in_review" {
            return Ok(read["stage"] == "decided");
        }
        let findings = read["findings"].as_array().cloned().unwrap_or_default();
        let open = findings.iter().filter(|row| row["required"] == true && row["result"] == "unavailable");
        let attest: Vec<_> = open.map(|row| json!({ "check": row["check"], "reason": "seen by me" })).collect();
        let decision = json!({
            "outcome": country.decision, "officer": { "id": "k-17", "role": "maker" },
            "attest": attest, "dossier": read["dossier"],
        });
        let key = format!("{case}-{}", read["dossier"].as_str().unwrap_or_default());
        let request = http.post(format!("{path}/decision")).bearer_auth(country.api_token);
        let answer = request.header("idempotency-key", key).json(&decision).send().await?;
        Ok(answer.status().is_success())
    }
}
