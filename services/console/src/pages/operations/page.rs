//! `GET /console/operations`, and `…/list`, the part of it that refreshes itself.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use portico_cell::{Act, Cell};
use portico_ledger::{ChainEntry, ChainName, ParkedItem, SubscriberState};
use portico_vocab::{CaseId, CountryCode, Timestamp};

use super::record;
use super::words;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::frame::{Frame, draw};
use crate::pages::moment::Moment;
use crate::session::Reviewer;

/// Rows read from each cell: what is beyond comes up when these are answered.
pub(crate) const ROWS_MAX: u32 = 200;
/// Acts shown, of all cells.
const ACTS_MAX: u32 = 20;

#[derive(Template)]
#[template(path = "operations.html")]
struct OperationsPage {
    frame: Frame,
    board: Board,
    /// Why the last click did nothing.
    notice: Option<String>,
}

/// The part that refreshes itself.
#[derive(Template)]
#[template(path = "operations_board.html")]
struct Board {
    csrf: String,
    parked: Vec<Parked>,
    more: u64,
    subscribers: Vec<Subscriber>,
    acts: Vec<Done>,
}

impl HtmlSafe for Board {}

struct Parked {
    country: CountryCode,
    id: String,
    kind: &'static str,
    what: String,
    why: String,
    since: Moment,
    /// As the form gives it back, so that work which gave up again meanwhile is not taken for this.
    since_micros: i64,
    case: Option<(CaseId, String)>,
    answers: Vec<words::Answer>,
}

struct Subscriber {
    country: CountryCode,
    name: String,
    /// Class and words.
    state: (&'static str, String),
    disabled: bool,
    waiting: u64,
    lag: Option<Moment>,
    next_try: Option<Moment>,
    last_success: Option<Moment>,
    parked: u64,
}

struct Done {
    at: Moment,
    country: CountryCode,
    who: String,
    what: String,
    why: Option<String>,
    case: Option<(CaseId, String)>,
}

/// `GET /console/operations`
pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let frame = Frame::of(&desk, &reviewer, &headers).await?;
    let board = Board::read(&desk, &reviewer).await?;
    draw(StatusCode::OK, &OperationsPage { frame, board, notice: None })
}

/// `GET /console/operations/list`: the lists alone.
pub(crate) async fn fragment(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
) -> Result<Response, Error> {
    Ok(Html(Board::read(&desk, &reviewer).await?.render()?).into_response())
}

/// The page as it is now, for a click that could do nothing.
pub(crate) async fn back(
    desk: &Desk,
    reviewer: &Reviewer,
    headers: &HeaderMap,
    status: StatusCode,
    notice: String,
) -> Result<Response, Error> {
    let frame = Frame { said: None, ..Frame::of(desk, reviewer, headers).await? };
    let board = Board::read(desk, reviewer).await?;
    draw(status, &OperationsPage { frame, board, notice: Some(notice) })
}

impl Board {
    async fn read(desk: &Desk, reviewer: &Reviewer) -> Result<Self, Error> {
        let (mut items, mut subscribers, mut links, mut total) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for cell in desk.cells_of(reviewer) {
            let ledger = cell.ledger();
            total += ledger.unfinished().await?.parked();
            items.extend(ledger.parked(ROWS_MAX).await?.into_iter().map(|item| (cell, item)));
            subscribers.extend(ledger.subscribers().await?.iter().map(|state| subscriber(cell, state)));
            let newest = ledger.newest_links(ChainName::Operations, ACTS_MAX).await?;
            links.extend(newest.into_iter().map(|link| (cell, link)));
        }
        items.sort_by(|(_, one), (_, other)| (one.since, &one.id).cmp(&(other.since, &other.id)));
        links.sort_by_key(|(_, link)| std::cmp::Reverse((link.at, link.seq)));
        links.truncate(ACTS_MAX as usize);
        Ok(Self {
            csrf: reviewer.csrf.clone(),
            more: total.saturating_sub(items.len() as u64),
            parked: items.iter().map(|(cell, item)| parked(cell, item)).collect(),
            subscribers,
            acts: links.iter().map(|(cell, link)| done(cell, link)).collect(),
        })
    }
}

fn parked(cell: &Cell, item: &ParkedItem) -> Parked {
    Parked {
        country: cell.country(),
        id: item.id.clone(),
        kind: words::kind(item.kind),
        what: words::what(item),
        why: item.why.clone(),
        since: Moment::since(item.since, cell.now(), &cell.setting().timezone),
        since_micros: item.since.as_micros(),
        case: item.case.map(|case| (case, case.short())),
        answers: words::answers(item),
    }
}

fn subscriber(cell: &Cell, state: &SubscriberState) -> Subscriber {
    let (now, zone) = (cell.now(), cell.setting().timezone.as_str());
    let ago = |at: Timestamp| Moment::since(at, now, zone);
    let lag = state.oldest_due.filter(|due| *due < now).map(ago);
    Subscriber {
        country: cell.country(),
        name: state.name.clone(),
        state: match (state.disabled_since, &lag) {
            (Some(since), _) => ("fail", format!("stopped for {}: it answered 410", ago(since).words())),
            (None, _) if state.parked > 0 => ("fail", "gave up on some events".to_owned()),
            (None, Some(_)) => ("late", "behind".to_owned()),
            (None, None) => ("clear", "up to date".to_owned()),
        },
        disabled: state.disabled_since.is_some(),
        waiting: state.waiting,
        lag,
        next_try: state.next_try.filter(|_| state.disabled_since.is_none()).map(|at| Moment::clock(at, now, zone)),
        last_success: state.last_success.map(|at| Moment::clock(at, now, zone)),
        parked: state.parked,
    }
}

fn done(cell: &Cell, link: &ChainEntry) -> Done {
    let act = Act::read(link);
    Done {
        at: Moment::clock(link.at, cell.now(), &cell.setting().timezone),
        country: cell.country(),
        who: act.as_ref().map_or_else(|| "–".to_owned(), |act| record::who(act).to_owned()),
        what: act.as_ref().map_or_else(|| "did something this page has no words for".to_owned(), record::what),
        why: act.and_then(|act| act.why),
        case: link.case.map(|case| (case, case.short())),
    }
}
