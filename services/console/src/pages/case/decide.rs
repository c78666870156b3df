//! `POST /console/case/{id}/decide`: the one final decision, by a named person, on what they saw.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_case::{ReviewAction, Why, objections};

use super::act::{Came, Click};
use super::draft::Draft;
use super::page::{Turn, is_stale};
use super::panel::Returned;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::queue;
use crate::pages::said::What;
use crate::session::{Reviewer, SignedForm};

pub(crate) async fn post(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let mut click = Click::read(desk, reviewer, &id, &headers, &form).await?;
    let draft = Draft::read(&form, &click.sight)?;
    let returned = |draft| Returned { draft: Some(draft), ..Returned::default() };
    if form.get("preview").is_some() {
        return click.back(StatusCode::OK, Turn { returned: returned(draft), ..Turn::default() });
    }
    let Some(decide) = draft.decide(click.seen.dossier) else {
        let objections = vec!["Choose an outcome first.".to_owned()];
        let returned = Returned { objections, ..returned(draft) };
        return click.back(StatusCode::UNPROCESSABLE_ENTITY, Turn { returned, ..Turn::default() });
    };
    let against = objections(&click.sight.case, &decide, &click.sight.policy);
    if !against.is_empty() && !is_stale(&click.sight, &click.seen) {
        let wanted = against.iter().filter(|o| o.why == Why::ChecksMissing).filter_map(|o| o.check).collect();
        let objections = against.into_iter().map(|objection| objection.text).collect();
        let returned = Returned { draft: Some(draft), objections, wanted, photo: None };
        return click.back(StatusCode::UNPROCESSABLE_ENTITY, Turn { returned, ..Turn::default() });
    }
    let outcome = decide.outcome;
    match click.apply(ReviewAction::Decide(decide), returned(draft)).await? {
        Came::Back(page) => Ok(page),
        Came::Done => {
            let next = queue::take_next(&click.desk, &click.reviewer).await?;
            click.said(What::Decided(outcome)).at(&next)
        }
    }
}
