//! `/console/sign-in`: on a developer's machine a reviewer signs in by choosing a name.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use portico_vocab::{CaseId, CountryCode};
use serde::Deserialize;

use crate::desk::Desk;
use crate::error::Error;
use crate::session::{self, Reviewer, SignedForm};

struct Colleague {
    id: &'static str,
    name: &'static str,
    /// The countries they review; none means all.
    countries: &'static [&'static str],
    operates: bool,
}

const fn colleague(id: &'static str, name: &'static str, countries: &'static [&'static str]) -> Colleague {
    Colleague { id, name, countries, operates: false }
}

/// Several, so that claims and their borders can be seen.
const COLLEAGUES: &[Colleague] = &[
    colleague("a.reviewer", "A. Reviewer", &[]),
    colleague("p.iyer", "P. Iyer", &["IN"]),
    colleague("m.souza", "M. Souza", &["BR"]),
    Colleague { operates: true, ..colleague("o.operator", "O. Operator", &[]) },
];

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    people: Vec<Person>,
    next: String,
}

struct Person {
    id: &'static str,
    name: &'static str,
    countries: Vec<CountryCode>,
    operates: bool,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

impl Next {
    /// The queue or one case, nothing else: a sign-in page must not lead away.
    fn path(&self) -> String {
        let next = self.next.as_deref().unwrap_or_default();
        let case = next.strip_prefix("/console/case/").and_then(|id| CaseId::parse(id).ok());
        case.map_or_else(|| "/console".to_owned(), |id| format!("/console/case/{id}"))
    }
}

pub(crate) fn page(cells: &[CountryCode], next: &Next) -> SignInPage {
    SignInPage { people: people(cells), next: next.path() }
}

fn people(cells: &[CountryCode]) -> Vec<Person> {
    let countries = |listed: &[&str]| -> Vec<CountryCode> {
        cells.iter().copied().filter(|cell| listed.is_empty() || listed.contains(&cell.as_str())).collect()
    };
    let person = |known: &Colleague| Person {
        id: known.id,
        name: known.name,
        countries: countries(known.countries),
        operates: known.operates,
    };
    COLLEAGUES.iter().map(person).filter(|person| !person.countries.is_empty()).collect()
}

fn countries(desk: &Desk) -> Vec<CountryCode> {
    desk.cells().iter().map(portico_cell::Cell::country).collect()
}

/// `GET /console/sign-in`
pub(crate) async fn get(State(desk): State<Desk>, Query(next): Query<Next>) -> Result<Response, Error> {
    Ok(Html(page(&countries(&desk), &next).render()?).into_response())
}

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    reviewer: String,
    next: Option<String>,
}

/// `POST /console/sign-in`
pub(crate) async fn post(State(desk): State<Desk>, Form(choice): Form<Choice>) -> Result<Response, Error> {
    let people = people(&countries(&desk));
    let unknown = Error::BadField { field: "reviewer", expected: "one of the names on the sign-in page" };
    let person = people.into_iter().find(|person| person.id == choice.reviewer).ok_or(unknown)?;
    let cookie = session::begin(&desk, person.id, person.name, person.countries, person.operates).await?;
    let next = Next { next: choice.next }.path();
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

/// `POST /console/sign-out`
pub(crate) async fn out(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    _form: SignedForm,
) -> Result<Response, Error> {
    let cookie = session::end(&desk, &reviewer).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/console/sign-in")).into_response())
}
