//! What an account system reads: one event as a CloudEvents 1.0 envelope in structured JSON (contract.md, section 6).
//!
//! One function makes it, for deliveries and for `/v1/events` alike, so that an event has one form wherever it is met.
//! The row's own `data` comes from the case; what ties the event to its case and its history is added here and cannot
//! be overwritten by it. *Invariant:* no personal data: rows hold none, and nothing else goes in.

use portico_vocab::{CaseId, CellId, CountryCode, EventId, Sha256};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{EventRow, LedgerError};

/// Every type of event there is (contract.md, section 6). Within a schema number this list only grows.
pub const EVENT_TYPES: &[&str] = &[
    "kyc.case.opened",
    "kyc.consent.given",
    "kyc.consent.withdrawn",
    "kyc.retake.requested",
    "kyc.review.requested",
    "kyc.decision.made",
    "kyc.account.approved",
    "kyc.account.opened",
    "kyc.account.failed",
    "kyc.case.expired",
    "kyc.customer.unreachable",
    "kyc.erasure.completed",
    "kyc.decision.superseded",
    "kyc.invitation.opened",
    "kyc.invitation.refused",
];

/// The media type of a delivery's body (CloudEvents HTTP binding, structured mode).
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>
#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: EventId,
    source: String,
    r#type: &'a str,
    subject: CaseId,
    time: String,
    datacontenttype: &'static str,
    dataschema: String,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    case_id: CaseId,
    seq: u64,
    previous: Option<EventId>,
    country: CountryCode,
    #[serde(flatten)]
    own: Map<String, Value>,
    history_digest: String,
}

/// Keys of `data` that only [`envelope`] may set.
const RESERVED: [&str; 5] = ["case_id", "seq", "previous", "country", "history_digest"];

/// The bank's own application, where the case is tied to one; always there, so that a consumer needs no second form.
const OF_THE_BANK: [&str; 3] = ["reference", "product", "branch"];

/// The bytes of `event` for the wire.
///
/// `previous` is the event last delivered to this subscriber for this case; in `/v1/events`, the case's previous event.
/// `history_digest` is that of the entry behind the event. The same arguments give the same bytes.
///
/// # Errors
/// [`LedgerError::Inconsistent`] when the row's `data` is not a JSON object.
pub fn envelope(
    cell: CellId,
    event: &EventRow,
    previous: Option<EventId>,
    history_digest: &Sha256,
) -> Result<Vec<u8>, LedgerError> {
    let unreadable = LedgerError::Inconsistent { table: "event", what: "data is not a JSON object" };
    let Ok(Value::Object(mut own)) = serde_json::from_str(&event.data) else {
        return Err(unreadable);
    };
    for key in RESERVED {
        own.remove(key);
    }
    for key in OF_THE_BANK {
        own.entry(key).or_insert(Value::Null);
    }
    let data = Data {
        case_id: event.case,
        seq: event.seq,
        previous,
        country: cell.country(),
        own,
        history_digest: format!("sha256:{history_digest}"),
    };
    let envelope = Envelope {
        specversion: "1.0",
        id: event.id,
        source: format!("portico/{cell}"),
        r#type: &event.kind,
        subject: event.case,
        time: event.at.to_rfc3339(),
        datacontenttype: "application/json",
        dataschema: format!("https://portico.example/schemas/{}/1", event.kind),
        data,
    };
    serde_json::to_vec(&envelope).map_err(|_| unreadable)
}

#[cfg(test)]
mod tests {
    use portico_vocab::{CaseVersion, Timestamp};

    use super::*;

    fn event(data: &str) -> EventRow {
        EventRow {
            id: EventId::from_bytes([1; 16]),
            case: CaseId::from_bytes([2; 16]),
            seq: 7,
            version: CaseVersion(9),
            kind: String::from("kyc.account.approved"),
            at: Timestamp::parse("2026-11-22T09:30:00Z").unwrap(),
            data: data.to_owned(),
        }
    }

    fn india() -> CellId {
        CellId::of(CountryCode::parse("IN").unwrap())
    }

    #[test]
    fn an_event_reads_as_the_contract_says() {
        let row = event(r#"{"outcome":"approved","reasons":[],"reference":"A7-4419"}"#);
        let bytes = envelope(india(), &row, None, &Sha256::from_bytes([0; 32])).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["specversion"], "1.0");
        assert_eq!(value["id"], row.id.to_string());
        assert_eq!(value["source"], "portico/IN");
        assert_eq!(value["subject"], row.case.to_string());
        assert_eq!(value["time"], "2026-11-22T09:30:00Z");
        assert_eq!(value["dataschema"], "https://portico.example/schemas/kyc.account.approved/1");
        assert_eq!(value["data"]["seq"], 7);
        assert_eq!(value["data"]["previous"], Value::Null);
        assert_eq!(value["data"]["country"], "IN");
        assert_eq!(value["data"]["reference"], "A7-4419");
        assert_eq!(value["data"]["history_digest"], format!("sha256:{}", "0".repeat(64)));
    }

    #[test]
    fn a_row_cannot_overwrite_what_ties_it_to_its_case() {
        let row = event(r#"{"seq":99,"country":"BR","previous":"evt_x","case_id":"case_x","history_digest":"x"}"#);
        let previous = EventId::from_bytes([3; 16]);
        let value: Value =
            serde_json::from_slice(&envelope(india(), &row, Some(previous), &Sha256::of(b"")).unwrap()).unwrap();
        assert_eq!(value["data"]["seq"], 7);
        assert_eq!(value["data"]["country"], "IN");
        assert_eq!(value["data"]["previous"], previous.to_string());
        assert_eq!(value["data"].as_object().unwrap().len(), RESERVED.len() + OF_THE_BANK.len());
    }

    #[test]
    fn data_that_is_no_object_is_an_inconsistency() {
        for data in ["", "[]", "7", "{"] {
            assert!(matches!(
                envelope(india(), &event(data), None, &Sha256::of(b"")),
                Err(LedgerError::Inconsistent { .. })
            ));
        }
    }
}
