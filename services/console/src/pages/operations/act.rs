//! `POST /console/operations/answer` and `…/enable`: a named person answers for what gave up.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_cell::{Act, Cell};
use portico_ledger::{ChainName, ParkedAct, ParkedItem, Resolved};
use portico_vocab::Timestamp;

use super::page::{ROWS_MAX, back};
use super::record;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::moment::Moment;
use crate::pages::said::{Said, What};
use crate::session::{Reviewer, SignedForm};

const PATH: &str = "/console/operations";
/// Characters of a reason at most.
const REASON_MAX: usize = 300;
/// How far back it is looked who was faster.
const LOOKED_BACK: u32 = 100;

pub(crate) async fn answer(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let cell = cell(&desk, &reviewer, &form)?;
    let (id, act) = (field(&form, "id")?, act(&form)?);
    let why = if act == ParkedAct::Discard { Some(reason(&form)?) } else { None };
    if seen(cell, &form, id).await?.is_none() {
        let notice = faster(cell, id).await?;
        return back(&desk, &reviewer, &headers, StatusCode::CONFLICT, notice).await;
    }
    let note = Act::answer(act, id, Some(by(&reviewer)), why.map(str::to_owned)).note()?;
    match cell.ledger().resolve_parked(id, act, cell.now(), &note).await? {
        Resolved::Done => {
            let what = if act == ParkedAct::Retry { What::Retried } else { What::Discarded };
            Said::operated(what).at(PATH)
        }
        Resolved::NotParked => {
            let notice = faster(cell, id).await?;
            back(&desk, &reviewer, &headers, StatusCode::CONFLICT, notice).await
        }
        Resolved::NeverResent => {
            let notice = "This message may have arrived, so it is never sent again. Nothing was done.".to_owned();
            back(&desk, &reviewer, &headers, StatusCode::UNPROCESSABLE_ENTITY, notice).await
        }
    }
}

pub(crate) async fn enable(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let cell = cell(&desk, &reviewer, &form)?;
    let subscriber = field(&form, "subscriber")?;
    let note = Act::enable(subscriber, by(&reviewer)).note()?;
    if cell.ledger().enable_subscriber(subscriber, cell.now(), &note).await? {
        return Said::operated(What::Enabled).at(PATH);
    }
    let notice = faster(cell, subscriber).await?;
    back(&desk, &reviewer, &headers, StatusCode::CONFLICT, notice).await
}

/// As links name whoever acts in the console.
fn by(reviewer: &Reviewer) -> String {
    format!("reviewer:{}", reviewer.id)
}

/// The cell the form names; one this operator does not work for does not exist.
fn cell<'a>(desk: &'a Desk, reviewer: &'a Reviewer, form: &SignedForm) -> Result<&'a Cell, Error> {
    let country = field(form, "country")?;
    desk.cells_of(reviewer).find(|cell| cell.country().as_str() == country).ok_or(Error::NotFound)
}

fn field<'a>(form: &'a SignedForm, field: &'static str) -> Result<&'a str, Error> {
    form.get(field).ok_or(Error::BadField { field, expected: "what the page was given" })
}

fn act(form: &SignedForm) -> Result<ParkedAct, Error> {
    match form.get("act") {
        Some("retry") => Ok(ParkedAct::Retry),
        Some("discard") => Ok(ParkedAct::Discard),
        _ => Err(Error::BadField { field: "act", expected: "one of the answers on the page" }),
    }
}

fn reason(form: &SignedForm) -> Result<&str, Error> {
    let reason = form.get("reason").unwrap_or_default().trim();
    let fits = (1..=REASON_MAX).contains(&reason.chars().count());
    fits.then_some(reason)
        .ok_or(Error::BadField { field: "reason", expected: "why it is given up, in 1 to 300 characters" })
}

/// The work as the page showed it; work that gave up again since is not what the person saw.
async fn seen(cell: &Cell, form: &SignedForm, id: &str) -> Result<Option<ParkedItem>, Error> {
    let expected = Error::BadField { field: "since", expected: "the number the page was given" };
    let since = field(form, "since")?.parse().map(Timestamp::from_micros).map_err(|_| expected)?;
    let items = cell.ledger().parked(ROWS_MAX).await?;
    Ok(items.into_iter().find(|item| item.id == id && item.since == since))
}

/// Who had answered before this click, told from the record.
async fn faster(cell: &Cell, id: &str) -> Result<String, Error> {
    let links = cell.ledger().newest_links(ChainName::Operations, LOOKED_BACK).await?;
    let mut acts = links.iter().filter_map(|link| Some((link.at, Act::read(link)?)));
    let found = acts.find(|(_, act)| act.id == id);
    Ok(found.map_or_else(
        || "It is not on the list any more. Nothing was done by this click.".to_owned(),
        |(at, act)| {
            let at = Moment::clock(at, cell.now(), &cell.setting().timezone);
            format!("{} {} at {}. Nothing was done by this click.", record::who(&act), record::what(&act), at.words())
        },
    ))
}
