//! Desk in SQL: reviewers' holds, sessions, API requests.

use async_trait::async_trait;
use portico_vocab::{CaseId, Timestamp};

use super::reader::Reader;
use super::run::{Fault, execute, optional, transaction};
use super::{Conn, Result, SqlLedger};
use crate::ledger::Desk;
use crate::model::{ApiAnswer, ApiRequest, ClaimLease, REQUEST_KEPT_DAYS, SessionRow};
use crate::sql::statement::Statement;
use crate::sql::text::desk as t;
use crate::sql::value::{Value, values};

#[async_trait]
impl Desk for SqlLedger {
    #[tracing::instrument(skip_all)]
    async fn claim_case(&self, claim: &ClaimLease, now: Timestamp) -> Result<ClaimLease> {
        transaction!(self.try_claim_case(claim, now))
    }

    async fn release_case(&self, case: CaseId, reviewer: &str) -> Result<()> {
        self.change(&t::CLAIM_RELEASE, values![case, reviewer]).await
    }

    async fn claim_of(&self, case: CaseId, now: Timestamp) -> Result<Option<ClaimLease>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        Ok(claim_of(&mut conn, case, now).await?)
    }

    async fn put_session(&self, session: &SessionRow) -> Result<()> {
        let values = values![session.token, &session.reviewer, &session.profile, session.expires_at];
        self.change(&t::SESSION_PUT, values).await
    }

    async fn session(&self, token: [u8; 32], now: Timestamp) -> Result<Option<SessionRow>> {
        let mut conn = self.reader().await.map_err(Fault::from)?;
        let row = optional(&mut conn, &t::SESSION, values![token, now]).await.map_err(Fault::from)?;
        row.map(|row| Reader::new("session", &row).session_row()).transpose()
    }

    async fn end_session(&self, token: [u8; 32]) -> Result<()> {
        self.change(&t::SESSION_END, values![token]).await
    }

    async fn begin_request(&self, request: &ApiRequest) -> Result<ApiAnswer> {
        transaction!(self.try_begin_request(request))
    }

    async fn finish_request(&self, client: &str, key: &str, status: u16, body: &[u8]) -> Result<()> {
        self.change(&t::REQUEST_FINISH, values![client, key, status, body]).await
    }

    async fn abandon_request(&self, client: &str, key: &str) -> Result<()> {
        self.change(&t::REQUEST_ABANDON, values![client, key]).await
    }

    async fn sweep_desk(&self, now: Timestamp, limit: u32) -> Result<u64> {
        transaction!(self.try_sweep_desk(now, limit))
    }
}

impl SqlLedger {
    /// One statement whose row count says nothing: what it changes may be gone already.
    async fn change(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<()> {
        transaction!(self.try_change(statement, values.clone()))
    }

    async fn try_change(&self, statement: &'static Statement, values: Vec<Value<'_>>) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        execute(&mut tx, statement, values).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_sweep_desk(&self, now: Timestamp, limit: u32) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let sessions = execute(&mut tx, &t::SESSIONS_SWEEP, values![now, limit]).await?;
        let oldest_kept = now.plus_days(-REQUEST_KEPT_DAYS);
        let requests = execute(&mut tx, &t::REQUESTS_SWEEP, values![oldest_kept, limit]).await?;
        tx.commit().await?;
        Ok(sessions + requests)
    }

    async fn try_claim_case(&self, claim: &ClaimLease, now: Timestamp) -> Result<ClaimLease, Fault> {
        let mut tx = self.begin().await?;
        loop {
            let values = values![claim.case, &claim.reviewer, claim.until, now];
            if execute(&mut tx, &t::CLAIM_TAKE, values).await? == 1 {
                tx.commit().await?;
                return Ok(claim.clone());
            }
            // Nobody found: it was released in between, so try to take it again.
            if let Some(held) = claim_of(&mut tx, claim.case, now).await? {
                return Ok(held);
            }
        }
    }

    async fn try_begin_request(&self, request: &ApiRequest) -> Result<ApiAnswer, Fault> {
        let mut tx = self.begin().await?;
        let oldest_kept = request.at.plus_days(-REQUEST_KEPT_DAYS);
        execute(&mut tx, &t::REQUEST_FORGET, values![&request.client, &request.key, oldest_kept]).await?;
        let answer = loop {
            let begin = values![&request.client, &request.key, request.body, request.at];
            if execute(&mut tx, &t::REQUEST_BEGIN, begin).await? == 1 {
                break ApiAnswer::New;
            }
            // Nothing found: it was abandoned in between, so this one is the first again.
            if let Some(row) = optional(&mut tx, &t::REQUEST, values![&request.client, &request.key]).await? {
                let mut reader = Reader::new("api_request", &row);
                let (body, status, answer) = (reader.digest()?, reader.number_or_null()?, reader.bytes_or_null()?);
                break match status {
                    _ if body != request.body => ApiAnswer::OtherBody,
                    Some(status) => ApiAnswer::Before { status, body: answer.unwrap_or_default() },
                    None => ApiAnswer::Running,
                };
            }
        };
        tx.commit().await?;
        Ok(answer)
    }
}

async fn claim_of(conn: &mut Conn, case: CaseId, now: Timestamp) -> Result<Option<ClaimLease>, Fault> {
    let row = optional(conn, &t::CLAIM, values![case, now]).await?;
    Ok(row.map(|row| Reader::new("claim", &row).claim_lease()).transpose()?)
}
