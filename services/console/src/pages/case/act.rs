//! One click: claim, look again, apply, and say what came of it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_case::{Input, InputKind, Outcome, ReviewAction, Why};
use portico_cell::Cell;
use portico_ledger::ClaimLease;
use portico_vocab::{CaseId, StageName};

use super::page::{CasePage, Turn, is_stale};
use super::panel::Returned;
use super::seen::Seen;
use super::sight::Sight;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::frame::{Frame, draw};
use crate::pages::said::{Said, What};
use crate::session::{Reviewer, SignedForm};

/// A form as it came in, with the case as it is now.
pub(crate) struct Click {
    pub desk: Desk,
    pub reviewer: Reviewer,
    pub cell: Cell,
    pub sight: Sight,
    pub seen: Seen,
    frame: Frame,
}

/// What a click came to.
pub(crate) enum Came {
    Done,
    /// A page that says why not, with what was typed.
    Back(Response),
}

impl Click {
    pub(crate) async fn read(
        desk: Desk,
        reviewer: Reviewer,
        id: &str,
        headers: &HeaderMap,
        form: &SignedForm,
    ) -> Result<Self, Error> {
        let id = CaseId::parse(id).map_err(|_| Error::NotFound)?;
        let seen = Seen::read(form)?;
        let frame = Frame { said: None, ..Frame::of(&desk, &reviewer, headers).await? };
        let (cell, sight) = Sight::load(&desk, &reviewer, id, "case page").await?;
        Ok(Self { desk, reviewer, cell, sight, seen, frame })
    }

    fn case(&self) -> CaseId {
        self.sight.case.id
    }

    pub(crate) fn path(&self) -> String {
        format!("/console/case/{}", self.case())
    }

    pub(crate) fn said(&self, what: What) -> Said {
        Said::of(what, &self.sight.case.short())
    }

    /// Takes the case, checks that the reviewer saw what there is, and applies the action as one input. `returned` is
    /// drawn again if it cannot be done, so that nothing typed is lost.
    pub(crate) async fn apply(&mut self, action: ReviewAction, returned: Returned) -> Result<Came, Error> {
        let id = self.seen.input_id(self.cell.keys());
        if self.cell.ledger().input_consumed(id).await? {
            return Ok(Came::Back(self.said(What::Repeated).at(&self.path())?));
        }
        if let Some(holder) = self.take_claim().await? {
            let notice = format!("{holder} is working on this case. Nothing was done.");
            let turn = Turn { returned, notices: vec![notice], stale_since: None };
            return self.back(StatusCode::CONFLICT, turn).map(Came::Back);
        }
        if is_stale(&self.sight, &self.seen) {
            return self.stale(returned);
        }
        let kind = InputKind::Review { reviewer: self.reviewer.id.clone(), action };
        let applied = self.cell.apply(self.case(), Input { id, kind }, None).await?;
        match applied.outcome {
            _ if applied.repeated => Ok(Came::Back(self.said(What::Repeated).at(&self.path())?)),
            Outcome::Applied => {
                if applied.case.stage_name() != StageName::InReview {
                    self.cell.ledger().release_case(self.case(), &self.reviewer.id).await?;
                }
                Ok(Came::Done)
            }
            Outcome::Refused(Why::StaleDossier | Why::WrongStage | Why::Ended) => {
                self.look_again().await?;
                self.stale(returned)
            }
            Outcome::Refused(why) | Outcome::Ignored(why) => {
                let notice = format!("It was not done: {}.", why.as_str().replace('_', " "));
                self.look_again().await?;
                let turn = Turn { returned, notices: vec![notice], stale_since: None };
                self.back(StatusCode::UNPROCESSABLE_ENTITY, turn).map(Came::Back)
            }
        }
    }

    /// The page once more, with a fresh form around what was typed.
    pub(crate) fn back(&self, status: StatusCode, turn: Turn) -> Result<Response, Error> {
        let seen = Seen::now(&self.sight.case, self.cell.keys().entropy().as_ref());
        draw(status, &CasePage::build(&self.sight, self.frame.clone(), &self.reviewer.id, seen, turn))
    }

    fn stale(&self, returned: Returned) -> Result<Came, Error> {
        let stale_since = Some(self.seen.version.0);
        self.back(StatusCode::CONFLICT, Turn { returned, notices: Vec::new(), stale_since }).map(Came::Back)
    }

    /// `None` when the case is ours now; else who holds it.
    async fn take_claim(&mut self) -> Result<Option<String>, Error> {
        self.sight.claim = Some(claim(&self.desk, &self.cell, &self.reviewer, self.case()).await?);
        Ok(self.sight.held_by_other(&self.reviewer.id).map(|claim| claim.reviewer.clone()))
    }

    async fn look_again(&mut self) -> Result<(), Error> {
        (self.cell, self.sight) = Sight::load(&self.desk, &self.reviewer, self.case(), "case page").await?;
        Ok(())
    }
}

/// Takes or prolongs the hold; the answer says who holds it and until when.
pub(crate) async fn claim(desk: &Desk, cell: &Cell, reviewer: &Reviewer, case: CaseId) -> Result<ClaimLease, Error> {
    let now = cell.now();
    let until = now.plus_seconds(desk.config().lease_seconds);
    Ok(cell.ledger().claim_case(&ClaimLease { case, reviewer: reviewer.id.clone(), until }, now).await?)
}
