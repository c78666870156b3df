//! `GET /console/decided?week=`: what was decided, a week of openings at a time, the newest first.
//!
//! The ledger lists cases by opening; a week is a bounded piece of it however many years there are.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_ledger::{CaseFilter, CaseRow, Cursor};
use portico_vocab::{CaseId, CountryCode, DocumentKind, OutcomeName, StageName, Timestamp};
use serde::Deserialize;

use crate::desk::Desk;
use crate::error::Error;
use crate::pages::frame::{Frame, draw};
use crate::pages::moment::Moment;
use crate::pages::words;
use crate::session::Reviewer;

/// Rows of one cell and week at most; the page says when there are more.
const ROWS_MAX: u32 = 1000;
const WEEKS_MAX: i64 = 520;

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// 0 is the last seven days, 1 the seven before.
    #[serde(default)]
    week: i64,
}

#[derive(askama::Template)]
#[template(path = "decided.html")]
pub(crate) struct DecidedPage {
    frame: Frame,
    rows: Vec<Row>,
    from: Moment,
    to: Moment,
    week: i64,
    is_cut: bool,
}

struct Row {
    id: CaseId,
    short: String,
    country: CountryCode,
    document: &'static str,
    /// Class and words.
    outcome: (&'static str, &'static str),
    opened: Moment,
    decided: Moment,
}

#[derive(Debug, Default, Deserialize)]
struct Summary {
    document: Option<DocumentKind>,
}

pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let now = desk.now();
    let week = asked.week.clamp(0, WEEKS_MAX);
    let (from, to) = (now.plus_days(-7 * (week + 1)), now.plus_days(-7 * week));
    let (mut found, mut is_cut) = (Vec::new(), false);
    for cell in desk.cells_of(&reviewer) {
        let after = Some(Cursor { at: from, id: CaseId::from_bytes([0; 16]) });
        let filter = CaseFilter { stage: Some(StageName::Decided), outcome: None, after, limit: ROWS_MAX };
        let page = cell.ledger().cases(&filter).await?;
        is_cut |= page.next.is_some() && page.rows.last().is_some_and(|row| row.opened_at < to);
        let of_week = page.rows.into_iter().filter(|row| row.opened_at <= to);
        found.extend(of_week.map(|case| (cell.country(), cell.setting().timezone.clone(), case)));
    }
    found.sort_by_key(|(_, _, case)| std::cmp::Reverse((case.updated_at, case.id)));
    let zone = desk.home().setting().timezone.clone();
    let rows = found.iter().map(|(country, zone, case)| row(*country, zone, case, now)).collect();
    let (from, to) = (Moment::date(from, &zone), Moment::date(to, &zone));
    let frame = Frame::of(&desk, &reviewer, &headers).await?;
    draw(StatusCode::OK, &DecidedPage { frame, rows, from, to, week, is_cut })
}

fn row(country: CountryCode, zone: &str, case: &CaseRow, now: Timestamp) -> Row {
    let summary: Summary = serde_json::from_str(&case.summary).unwrap_or_default();
    let class = match case.outcome {
        Some(OutcomeName::Approved | OutcomeName::ApprovedLimited) => "clear",
        Some(OutcomeName::Declined) => "fail",
        Some(OutcomeName::HandedOff) | None => "unavailable",
    };
    Row {
        id: case.id,
        short: case.id.short(),
        country,
        document: summary.document.map_or("–", |kind| words::document(kind, country)),
        outcome: (class, case.outcome.map_or("–", words::outcome_done)),
        opened: Moment::clock(case.opened_at, now, zone),
        decided: Moment::clock(case.updated_at, now, zone),
    }
}
