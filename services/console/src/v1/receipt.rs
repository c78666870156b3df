//! Letting an input of a client happen to its case, and what the client is told of it.

use portico_case::{Case, Input, InputKind, Outcome, Why};
use portico_cell::HistoryItem;
use portico_vocab::{CaseId, OutcomeName, StageName};
use schemars::JsonSchema;
use serde::Serialize;

use super::gate::{Door, Visit};
use super::problem::Problem;
use super::wire::{self, Digest};

/// What a POST came to. No personal data.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Receipt {
    #[schemars(schema_with = "wire::case_id")]
    case_id: CaseId,
    /// Entries of the case so far.
    seq: u64,
    result: Came,
    /// When it was ignored: why nothing changed, in the history's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[schemars(schema_with = "wire::stage")]
    stage: StageName,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::outcome")]
    outcome: Option<OutcomeName>,
    dossier: Digest,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Came {
    Applied,
    Ignored,
}

impl Receipt {
    fn of(case: &Case, why: Option<Why>) -> Self {
        Self {
            case_id: case.id,
            seq: case.version.0,
            result: if why.is_some() { Came::Ignored } else { Came::Applied },
            why: why.map(Why::as_str),
            stage: case.stage_name(),
            outcome: case.stage.decision().map(|decision| decision.outcome),
            dossier: portico_case::dossier_digest(case).into(),
        }
    }
}

/// A client's call as an input, consumed under (client, Idempotency-Key).
pub(crate) fn input(door: &Door, visit: &Visit, key: &str, kind: InputKind) -> Input {
    let id = door.cell.keys().input_id(&[b"api", visit.client.name.as_bytes(), key.as_bytes()]);
    Input { id, kind }
}

/// Lets it happen. A refusal is told by `refused`, from the case as it is.
pub(crate) async fn land<R, F>(door: &Door, input: Input, refused: R) -> Result<Receipt, Problem>
where
    R: FnOnce(Why, Case) -> F,
    F: Future<Output = Problem>,
{
    let applied = door.cell.apply(door.id, input.clone(), None).await?;
    let outcome = if applied.repeated { first_outcome(door, &input).await? } else { applied.outcome };
    match outcome {
        Outcome::Applied => Ok(Receipt::of(&applied.case, None)),
        Outcome::Ignored(why) => Ok(Receipt::of(&applied.case, Some(why))),
        Outcome::Refused(Why::Ended) => Err(Problem::CaseEnded),
        Outcome::Refused(Why::StaleDossier) => Err(Problem::StaleDossier),
        Outcome::Refused(why) => Err(refused(why, applied.case).await),
    }
}

/// What the input came to when it was consumed: its request ended without an answer, or its key was forgotten since.
async fn first_outcome(door: &Door, input: &Input) -> Result<Outcome, Problem> {
    let history = door.cell.history(door.id, 0, u32::MAX).await?;
    let is_ours = |item: &&HistoryItem| item.recorded.as_ref().is_some_and(|recorded| recorded.input == *input);
    // Consumed, but as something else or by another case: nothing of this request has happened or will.
    let entry = &history.iter().rfind(is_ours).ok_or(Problem::KeyReused)?.entry;
    Ok(match entry.outcome.split_once(':').map(|(word, why)| (word, read_why(why))) {
        Some(("refused", Some(why))) => Outcome::Refused(why),
        Some(("ignored", Some(why))) => Outcome::Ignored(why),
        _ => Outcome::Applied,
    })
}

fn read_why(text: &str) -> Option<Why> {
    serde_json::from_value(serde_json::Value::from(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_history_are_read_back() {
        assert_eq!(read_why("stale_dossier"), Some(Why::StaleDossier));
        assert_eq!(read_why(Why::TooManyDigits.as_str()), Some(Why::TooManyDigits));
        assert_eq!(read_why("no_such_why"), None);
    }
}
