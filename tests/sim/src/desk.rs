//! People and systems of the bank acting on a case: the calls that the console's pages and `/v1` make on the cell, in
//! their order, without HTTP.
//!
//! *Invariant:* a form keeps its one-time id and a call its key however often it comes; one that was answered is
//! acknowledged, and counts as one input.

use std::sync::Arc;

use portico_case::{
    AccountReport, AccountStatus, Attestation, Case, Decide, Input, InputKind, ReviewAction, dossier_digest,
    effective_findings,
};
use portico_cell::{Access, Cell, CellError, Which};
use portico_ledger::{ApiAnswer, ApiRequest, ClaimLease};
use portico_policy::Policy;
use portico_vocab::{CaseId, EventId, Finding, FindingResult, OutcomeName, ReasonCode, Sha256, Slot};

use crate::fault::Fault;
use crate::script::Happening;
use crate::world::World;

/// A POST of an account system.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub case: CaseId,
    pub key: String,
    pub kind: InputKind,
}

const CLIENT: &str = "core-banking";
const LEASE_S: i64 = 900;

/// A reviewer takes the case that waits longest, looks at it and fills in a form.
pub async fn review(world: Arc<World>, cell: Cell) -> bool {
    // Whoever is turned away by an error comes again another time.
    let _ = form(&world, &cell).await;
    true
}

async fn form(world: &World, cell: &Cell) -> Result<(), CellError> {
    let (chance, now) = (&world.chance, cell.now());
    let reviewer = (*chance.pick(&["a.reviewer", "b.reviewer"])).to_owned();
    let waiting = cell.ledger().queue(None, 20, now).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let id = waiting[chance.index(waiting.len())].case;
    let lease = ClaimLease { case: id, reviewer: reviewer.clone(), until: now.plus_seconds(LEASE_S) };
    if cell.ledger().claim_case(&lease, now).await?.reviewer != reviewer {
        return Ok(());
    }
    let opened = cell.load_whole(id).await?;
    let policy = cell.policy_of(&opened.case).await?;
    let taken = opened.case.evidence.iter().find(|item| item.taken.is_some()).map(|item| item.id);
    if let Some(evidence) = taken.filter(|_| chance.permille(300)) {
        let purpose = "review".to_owned();
        let access = Access { actor: format!("reviewer:{reviewer}"), purpose, request_id: None };
        let _ = cell.picture(id, evidence, Which::Thumbnail, &access).await;
    }
    let action = action(world, &opened.case, &policy);
    let mut one_time = [0; 16];
    cell.keys().entropy().fill(&mut one_time);
    let input = Input { id: cell.keys().input_id(&[b"form", &one_time]), kind: InputKind::Review { reviewer, action } };
    world.note(|| format!("a reviewer fills in {:?}", input.kind));
    let (input, thinks) = (Arc::new(input), world.now().plus_millis(chance.between(100, 60_000)));
    if world.goes_wrong(world.mood.asked) {
        world.fired(Fault::AskedTwice);
        world.later(thinks, Happening::Click(id, Arc::clone(&input), 0));
    }
    world.later(thinks, Happening::Click(id, input, 0));
    Ok(())
}

fn action(world: &World, case: &Case, policy: &Policy) -> ReviewAction {
    let chance = &world.chance;
    let dossier = dossier_digest(case);
    let any = (!case.evidence.is_empty()).then(|| chance.pick(&case.evidence).id);
    match (chance.below(10), any) {
        (0, _) => {
            let slot = *chance.pick(Slot::ALL);
            ReviewAction::AskPhoto { slot, reason: ReasonCode::PhotoBlurred, dossier }
        }
        (1, Some(evidence)) => ReviewAction::Place { evidence, slot: *chance.pick(Slot::ALL), dossier },
        (2, Some(evidence)) => ReviewAction::AcceptPhoto { evidence, dossier },
        _ => ReviewAction::Decide(decide(world, case, policy)),
    }
}

fn decide(world: &World, case: &Case, policy: &Policy) -> Decide {
    let declines = world.chance.permille(250);
    let attest = effective_findings(case, policy)
        .into_iter()
        .filter(|row| row.result == FindingResult::Unavailable)
        .map(|row| Attestation { check: row.check, reason: "seen".to_owned() })
        .collect();
    Decide {
        outcome: if declines { OutcomeName::Declined } else { OutcomeName::Approved },
        reasons: if declines { vec![ReasonCode::DocumentUnreadable] } else { Vec::new() },
        note: None,
        attest: if declines { Vec::new() } else { attest },
        dossier: Some(dossier_digest(case)),
    }
}

/// The form comes in.
pub async fn click(world: Arc<World>, cell: Cell, case: CaseId, input: Arc<Input>) -> bool {
    match cell.apply(case, (*input).clone(), None).await {
        Ok(applied) => {
            world.note(|| format!("the form came to {}", applied.outcome));
            world.book.lock().acknowledge(input.id, format!("form on {case}"));
            true
        }
        Err(CellError::Shredded | CellError::NotFound) => true,
        Err(_) => false,
    }
}

/// What the account system does about an event, under the event's id as its key.
pub fn answers(world: &World, kind: &str, case: &str, event: EventId) {
    let Ok(case) = CaseId::parse(case) else { return };
    let chance = &world.chance;
    let kind = match kind {
        "kyc.account.approved" => {
            let status = *chance.pick(&[AccountStatus::Opened, AccountStatus::Opened, AccountStatus::Failed]);
            let report = AccountReport { status, display: None, reason: None, retryable: chance.permille(500) };
            InputKind::ApiAccount { client: CLIENT.to_owned(), report }
        }
        "kyc.review.requested" if chance.permille(300) => finding(),
        "kyc.review.requested" if chance.permille(150) => {
            let reasons = vec![ReasonCode::DocumentUnreadable];
            let decide =
                Decide { outcome: OutcomeName::Declined, reasons, note: None, attest: Vec::new(), dossier: None };
            InputKind::ApiDecide { client: CLIENT.to_owned(), officer: "o.fficer:desk".to_owned(), decide }
        }
        _ => return,
    };
    let call = Arc::new(Call { case, key: event.to_string(), kind });
    let at = world.now().plus_millis(chance.between(100, 30_000));
    if world.goes_wrong(world.mood.asked) {
        world.fired(Fault::AskedTwice);
        world.later(at, Happening::Call(Arc::clone(&call), 0));
    }
    world.later(at, Happening::Call(call, 0));
}

fn finding() -> InputKind {
    let finding = Finding {
        check: portico_vocab::CheckKind::Screening,
        result: FindingResult::Clear,
        evidence: None,
        reasons: Vec::new(),
        score_milli: None,
        clear_from_milli: None,
        source: "bank/1".to_owned(),
    };
    InputKind::ApiFinding { client: CLIENT.to_owned(), finding }
}

/// The call comes in; whether it was answered.
pub async fn call(world: Arc<World>, cell: Cell, call: Arc<Call>) -> bool {
    let done = once(&world, &cell, &call).await;
    if done.is_ok() {
        let id = cell.keys().input_id(&[b"api", CLIENT.as_bytes(), call.key.as_bytes()]);
        world.book.lock().acknowledge(id, format!("call {} on {}", call.key, call.case));
    }
    done.is_ok()
}

async fn once(world: &World, cell: &Cell, call: &Call) -> Result<(), CellError> {
    let ledger = cell.ledger();
    let body = Sha256::of(call.key.as_bytes());
    let request = ApiRequest { client: CLIENT.to_owned(), key: call.key.clone(), body, at: cell.now() };
    match ledger.begin_request(&request).await? {
        ApiAnswer::Before { .. } => return Ok(()),
        ApiAnswer::OtherBody => world.book.lock().finds(format!("{}: taken for another request", call.key)),
        ApiAnswer::New | ApiAnswer::Running => {}
    }
    let id = cell.keys().input_id(&[b"api", CLIENT.as_bytes(), call.key.as_bytes()]);
    match cell.apply(call.case, Input { id, kind: call.kind.clone() }, None).await {
        Ok(_) => Ok(ledger.finish_request(CLIENT, &call.key, 200, b"{}").await?),
        Err(error) => {
            ledger.abandon_request(CLIENT, &call.key).await?;
            Err(error)
        }
    }
}
