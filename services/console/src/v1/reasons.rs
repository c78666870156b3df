//! Reasons as a client may read them.
//!
//! A silent reason (a hit on a list, suspected fraud) is `internal` to whoever lacks `reasons:silent`: a name would tip off
//! the applicant through the bank's own channels.

use portico_vocab::ReasonCode;

use super::client::{ApiClient, Scope};

const INTERNAL: &str = "internal";

/// Each reason once; those that may not be told become one `internal`.
pub(crate) fn shown(reasons: &[ReasonCode], client: &ApiClient) -> Vec<&'static str> {
    let may_know = client.holds(Scope::ReasonsSilent);
    let mut words = Vec::with_capacity(reasons.len());
    for reason in reasons {
        let word = if reason.is_silent() && !may_know { INTERNAL } else { reason.as_str() };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(scopes: &[Scope]) -> ApiClient {
        ApiClient { name: String::new(), cells: Vec::new(), scopes: scopes.to_vec(), token_hashes: Vec::new() }
    }

    #[test]
    fn silent_reasons_are_told_to_those_who_may_know() {
        use ReasonCode::{DocumentExpired, FraudSuspected, ScreeningHit};
        let reasons = [DocumentExpired, ScreeningHit, FraudSuspected];
        assert_eq!(shown(&reasons, &client(&[])), ["document_expired", "internal"]);
        let knowing = client(&[Scope::ReasonsSilent]);
        assert_eq!(shown(&reasons, &knowing), ["document_expired", "screening_hit", "fraud_suspected"]);
    }
}
