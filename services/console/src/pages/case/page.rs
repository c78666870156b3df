//! The case page.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_case::{Referral, Stage, dossier_digest};
use portico_vocab::{CaseId, Purpose, Slot};

use super::chat::{self, Line};
use super::findings::{self, Findings};
use super::history::{self, CustodyLine, EntryLine};
use super::panel::{self, Panel, Returned};
use super::picture::{self, Picture};
use super::seen::Seen;
use super::sight::Sight;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::frame::{Frame, draw};
use crate::pages::moment::Moment;
use crate::pages::words;
use crate::session::Reviewer;

#[derive(Template)]
#[template(path = "case/page.html")]
pub(crate) struct CasePage {
    frame: Frame,
    head: Head,
    hold: Hold,
    placed: Vec<Picture>,
    others: Vec<Picture>,
    findings: Findings,
    facts: Vec<Fact>,
    chat: Vec<Line>,
    history: Vec<EntryLine>,
    custody: Vec<CustodyLine>,
    panel: Panel,
    seen: Seen,
    /// What changed since the page that sent the form was drawn.
    changed: Option<Vec<EntryLine>>,
    /// Why what was sent was not done.
    notices: Vec<String>,
}

struct Head {
    id: CaseId,
    short: String,
    country: String,
    document: &'static str,
    stage: &'static str,
    in_review: bool,
    waiting: Option<Moment>,
    due: Option<(Moment, bool)>,
}

/// Who works on it.
enum Hold {
    Free,
    Mine { until: Moment, ends_in: i64 },
    Other { who: String, until: Moment },
}

struct Fact {
    label: &'static str,
    value: String,
    /// How far it can be relied on.
    note: &'static str,
}

/// How a page differs from a first look: what a form sent, and why it came back.
#[derive(Default)]
pub(crate) struct Turn {
    pub returned: Returned,
    pub notices: Vec<String>,
    /// The version the stale form was drawn from.
    pub stale_since: Option<u64>,
}

impl CasePage {
    pub(crate) fn build(sight: &Sight, frame: Frame, reviewer: &str, seen: Seen, turn: Turn) -> Self {
        Self {
            head: head(sight),
            hold: hold(sight, reviewer),
            placed: picture::placed(sight),
            others: picture::others(sight),
            findings: findings::findings(sight),
            facts: facts(sight),
            chat: chat::lines(sight),
            history: history::entries(sight),
            custody: history::custody(sight),
            panel: panel::of(sight, reviewer, &frame.csrf, seen.clone(), turn.returned),
            changed: turn.stale_since.map(|version| history::since(sight, version)),
            notices: turn.notices,
            seen,
            frame,
        }
    }
}

/// `GET /console/case/{id}`
pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let id = CaseId::parse(&id).map_err(|_| Error::NotFound)?;
    let (cell, sight) = Sight::load(&desk, &reviewer, id, "case page").await?;
    let seen = Seen::now(&sight.case, cell.keys().entropy().as_ref());
    let frame = Frame::of(&desk, &reviewer, &headers).await?;
    draw(StatusCode::OK, &CasePage::build(&sight, frame, &reviewer.id, seen, Turn::default()))
}

fn head(sight: &Sight) -> Head {
    let case = &sight.case;
    let since = match &case.stage {
        Stage::InReview { since, .. } => Some(*since),
        _ => None,
    };
    let due = since.map(|since| {
        let due = since.plus_seconds(sight.policy.choices.review_minutes * 60);
        (Moment::due(due, sight.now, sight.zone()), due < sight.now)
    });
    Head {
        id: case.id,
        short: case.short(),
        country: case.cell.to_string(),
        document: sight.document(),
        stage: words::stage(case.stage_name()),
        in_review: since.is_some(),
        waiting: since.map(|since| Moment::since(since, sight.now, sight.zone())),
        due,
    }
}

fn hold(sight: &Sight, reviewer: &str) -> Hold {
    let until = |at| Moment::clock(at, sight.now, sight.zone());
    match &sight.claim {
        None => Hold::Free,
        Some(claim) if claim.reviewer == reviewer => {
            Hold::Mine { until: until(claim.until), ends_in: claim.until.seconds_since(sight.now) }
        }
        Some(claim) => Hold::Other { who: claim.reviewer.clone(), until: until(claim.until) },
    }
}

fn facts(sight: &Sight) -> Vec<Fact> {
    let case = &sight.case;
    let mut facts = Vec::new();
    let mut fact = |label, value: String, note| facts.push(Fact { label, value, note });
    if let Some(name) = &case.contact.profile_name {
        fact("Name in WhatsApp", name.expose(Purpose::Show).clone(), "unverified");
    }
    fact("Document", sight.document().to_owned(), "");
    fact("Language", case.language.to_string(), "");
    if let Some(agreed) = case.stage.agreed() {
        let at = Moment::clock(agreed.consent.at, sight.now, sight.zone());
        fact("Consent", format!("{}, notice {}", at.words(), &agreed.consent.notice_hash.to_hex()[..8]), "");
        fact("Policy", format!("{} {}", agreed.policy.id, &agreed.policy.hash.to_hex()[..8]), "");
    }
    for why in case_referrals(&case.stage) {
        fact("Here because", referral(sight, why), "");
    }
    if case.marks.unreachable_since.is_some() {
        fact("Messages", "one could not be brought to the applicant".to_owned(), "");
    }
    facts
}

const fn case_referrals(stage: &Stage) -> &[Referral] {
    match stage {
        Stage::InReview { why, .. } => why.as_slice(),
        _ => &[],
    }
}

fn referral(sight: &Sight, why: &Referral) -> String {
    let slot = match why {
        Referral::AttemptsUsed { slot } => Some(*slot),
        _ => None::<Slot>,
    };
    let place = slot.map(|slot| format!(": {}", sight.slot_label(slot).to_lowercase()));
    format!("{}{}", words::referral(why.as_str()), place.unwrap_or_default())
}

/// Whether what the form was drawn from is still what there is.
pub(crate) fn is_stale(sight: &Sight, seen: &Seen) -> bool {
    dossier_digest(&sight.case) != seen.dossier
}
