//! `/console`: what waits for a reviewer, the longest waiting first, over every cell they work for.
//!
//! Rows are drawn from the plain summaries of the ledger: no case is opened and nothing personal is read to list them.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use portico_ledger::QueueRow;
use portico_vocab::{CaseId, CountryCode, DocumentKind, Timestamp};
use serde::Deserialize;

use crate::desk::Desk;
use crate::error::Error;
use crate::pages::case::act;
use crate::pages::frame::{Frame, draw};
use crate::pages::moment::Moment;
use crate::pages::words;
use crate::session::{Reviewer, SignedForm};

/// Rows read from each cell: nobody works further down than this, and the count says how many there are.
const ROWS_MAX: u32 = 200;

/// Which tab, which countries; all in the address, so that a link shows the same.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    tab: Tab,
    /// One country; all without it.
    #[serde(default)]
    country: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tab {
    #[default]
    Queue,
    Mine,
    Late,
}

#[derive(Template)]
#[template(path = "queue.html")]
pub(crate) struct QueuePage {
    frame: Frame,
    table: QueueTable,
}

/// The part that refreshes itself.
#[derive(Template)]
#[template(path = "queue_table.html")]
pub(crate) struct QueueTable {
    tabs: Vec<TabLink>,
    countries: Vec<CountryLink>,
    rows: Vec<Row>,
    /// What an empty list says.
    empty: &'static str,
    /// How many more wait than are listed.
    more: u64,
    refresh: String,
}

impl HtmlSafe for QueueTable {}

struct TabLink {
    label: &'static str,
    count: u64,
    href: String,
    here: bool,
}

struct CountryLink {
    label: String,
    href: String,
    here: bool,
}

struct Row {
    id: CaseId,
    short: String,
    country: CountryCode,
    document: &'static str,
    why: String,
    due: Moment,
    late: bool,
    waiting: Moment,
    /// Class and words.
    claimed: (&'static str, String),
}

/// What one cell's ledger says of a case in review.
pub(crate) struct Waiting {
    pub country: CountryCode,
    pub zone: String,
    pub row: QueueRow,
}

/// What `summary` of a queue row holds; a key this build does not know is no harm.
#[derive(Debug, Default, Deserialize)]
struct Summary {
    document: Option<DocumentKind>,
    #[serde(default)]
    why: Vec<String>,
    due_at: Option<Timestamp>,
    #[serde(default)]
    accepted: usize,
    #[serde(default)]
    pictures: usize,
}

/// Totals of the tabs, from every cell the reviewer works for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    pub in_review: u64,
    pub decided: u64,
}

impl QueueTable {
    pub(crate) fn build(
        waiting: &[Waiting],
        totals: Totals,
        countries: &[CountryCode],
        filter: &Filter,
        reviewer: &str,
        now: Timestamp,
    ) -> Self {
        let rows: Vec<(Row, bool)> = waiting.iter().map(|waiting| row(waiting, reviewer, now)).collect();
        let count = |wanted: fn(&(Row, bool)) -> bool| rows.iter().filter(|row| wanted(row)).count() as u64;
        let mine = count(|(_, mine)| *mine);
        let late = count(|(row, _)| row.late);
        let tab = |label, count, tab, name: &str| TabLink {
            label,
            count,
            href: href(name, &filter.country),
            here: filter.tab == tab,
        };
        let mut tabs = vec![
            tab("Queue", totals.in_review, Tab::Queue, ""),
            tab("Mine", mine, Tab::Mine, "mine"),
            tab("Late", late, Tab::Late, "late"),
        ];
        let decided = "/console/decided".to_owned();
        tabs.push(TabLink { label: "Decided", count: totals.decided, href: decided, here: false });
        let listed = waiting.len() as u64;
        let shown = |(row, mine): &(Row, bool)| match filter.tab {
            Tab::Queue => true,
            Tab::Mine => *mine,
            Tab::Late => row.late,
        };
        let of_country = |row: &Row| filter.country.is_empty() || row.country.as_str() == filter.country;
        Self {
            tabs,
            countries: country_links(countries, filter),
            rows: rows.into_iter().filter(shown).map(|(row, _)| row).filter(of_country).collect(),
            empty: match filter.tab {
                Tab::Queue => {
                    "A case appears here as soon as an applicant has sent what is needed, asks for a person, or runs \
                     out of tries. On a developer’s machine: open the phone, say hello, send a passport and a selfie."
                }
                Tab::Mine => "Cases you hold appear here. Take one with “Next”, or press c on a row of the queue.",
                Tab::Late => "Nothing is late. Cases past their time appear here, the latest first.",
            },
            more: totals.in_review.saturating_sub(listed),
            refresh: format!("/console/queue{}", query(filter)),
        }
    }
}

fn row(waiting: &Waiting, reviewer: &str, now: Timestamp) -> (Row, bool) {
    let Waiting { country, zone, row } = waiting;
    let summary: Summary = serde_json::from_str(&row.summary).unwrap_or_default();
    let due_at = summary.due_at.unwrap_or(row.since);
    let (claimed, mine) = match &row.claim {
        None => (("free", "–".to_owned()), false),
        Some(claim) if claim.reviewer == reviewer => (("mine", "you".to_owned()), true),
        Some(claim) => (("other", claim.reviewer.clone()), false),
    };
    let row = Row {
        id: row.case,
        short: row.case.short(),
        country: *country,
        document: summary.document.map_or("–", |kind| words::document(kind, *country)),
        why: why(&summary),
        due: Moment::due(due_at, now, zone),
        late: due_at < now,
        waiting: Moment::since(row.since, now, zone),
        claimed,
    };
    (row, mine)
}

fn why(summary: &Summary) -> String {
    let mut parts: Vec<String> = summary.why.iter().map(|code| words::referral(code)).collect();
    match summary.pictures.saturating_sub(summary.accepted) {
        0 => {}
        1 => parts.push("1 picture not good enough".to_owned()),
        more => parts.push(format!("{more} pictures not good enough")),
    }
    parts.join(" · ")
}

fn country_links(countries: &[CountryCode], filter: &Filter) -> Vec<CountryLink> {
    if countries.len() < 2 {
        return Vec::new();
    }
    let tab = match filter.tab {
        Tab::Queue => "",
        Tab::Mine => "mine",
        Tab::Late => "late",
    };
    let all = CountryLink { label: "All".to_owned(), href: href(tab, ""), here: filter.country.is_empty() };
    let one = |country: &CountryCode| CountryLink {
        label: country.to_string(),
        href: href(tab, country.as_str()),
        here: filter.country == country.as_str(),
    };
    std::iter::once(all).chain(countries.iter().map(one)).collect()
}

fn href(tab: &str, country: &str) -> String {
    let pairs = [("tab", tab), ("country", country)];
    let set: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| format!("{k}={v}")).collect();
    if set.is_empty() { "/console".to_owned() } else { format!("/console?{}", set.join("&")) }
}

/// The same filter for the fragment; a country that is none of ours is dropped.
fn query(filter: &Filter) -> String {
    let tab = match filter.tab {
        Tab::Queue => "",
        Tab::Mine => "mine",
        Tab::Late => "late",
    };
    href(tab, &filter.country).trim_start_matches("/console").to_owned()
}

/// `GET /console`
pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let table = table(&desk, &reviewer, filter).await?;
    let frame = Frame::of(&desk, &reviewer, &headers).await?;
    draw(StatusCode::OK, &QueuePage { frame, table })
}

/// `GET /console/queue`: the table alone.
pub(crate) async fn fragment(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Query(filter): Query<Filter>,
) -> Result<Response, Error> {
    Ok(Html(table(&desk, &reviewer, filter).await?.render()?).into_response())
}

async fn table(desk: &Desk, reviewer: &Reviewer, mut filter: Filter) -> Result<QueueTable, Error> {
    if CountryCode::parse(&filter.country).is_err() {
        filter.country.clear();
    }
    let now = desk.now();
    let (waiting, totals) = read(desk, reviewer).await?;
    Ok(QueueTable::build(&waiting, totals, &reviewer.cells, &filter, &reviewer.id, now))
}

/// Every cell's queue, merged.
async fn read(desk: &Desk, reviewer: &Reviewer) -> Result<(Vec<Waiting>, Totals), Error> {
    let (mut waiting, mut totals) = (Vec::new(), Totals::default());
    for cell in desk.cells_of(reviewer) {
        let now = cell.now();
        let counts = cell.ledger().counts(now).await?;
        totals.in_review += counts.in_review;
        totals.decided += counts.decided;
        let (country, zone) = (cell.country(), &cell.setting().timezone);
        let rows = cell.ledger().queue(None, ROWS_MAX, now).await?;
        waiting.extend(rows.into_iter().map(|row| Waiting { country, zone: zone.clone(), row }));
    }
    waiting.sort_by_key(|waiting| (waiting.row.since, waiting.row.case));
    Ok((waiting, totals))
}

/// `POST /console/next`: takes the longest waiting case that nobody else holds.
pub(crate) async fn next(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    _form: SignedForm,
) -> Result<Response, Error> {
    Ok(Redirect::to(&take_next(&desk, &reviewer).await?).into_response())
}

/// Claims the next case and says where it is; the queue's own page when nothing waits.
pub(crate) async fn take_next(desk: &Desk, reviewer: &Reviewer) -> Result<String, Error> {
    let cells: BTreeMap<CountryCode, _> = desk.cells_of(reviewer).map(|cell| (cell.country(), cell)).collect();
    let (waiting, _) = read(desk, reviewer).await?;
    for Waiting { country, row, .. } in waiting {
        let free = row.claim.is_none_or(|claim| claim.reviewer == reviewer.id);
        let Some(cell) = cells.get(&country).filter(|_| free) else { continue };
        // A colleague may have been faster since the list was read: then the one after it.
        if act::claim(desk, cell, reviewer, row.case).await?.reviewer == reviewer.id {
            return Ok(format!("/console/case/{}", row.case));
        }
    }
    Ok("/console".to_owned())
}
