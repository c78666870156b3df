//! Desk in memory: reviewers' holds, sessions, API requests.

use async_trait::async_trait;
use portico_vocab::{CaseId, Timestamp};

use super::{MemoryLedger, Request, Result};
use crate::ledger::Desk;
use crate::model::{ApiAnswer, ApiRequest, ClaimLease, REQUEST_KEPT_DAYS, SessionRow};

#[async_trait]
impl Desk for MemoryLedger {
    async fn claim_case(&self, claim: &ClaimLease, now: Timestamp) -> Result<ClaimLease> {
        let mut tables = self.tables();
        let held = tables.claims.get(&claim.case).filter(|held| held.until > now && held.reviewer != claim.reviewer);
        if let Some(held) = held {
            return Ok(held.clone());
        }
        tables.claims.insert(claim.case, claim.clone());
        Ok(claim.clone())
    }

    async fn release_case(&self, case: CaseId, reviewer: &str) -> Result<()> {
        self.tables().claims.retain(|id, claim| *id != case || claim.reviewer != reviewer);
        Ok(())
    }

    async fn claim_of(&self, case: CaseId, now: Timestamp) -> Result<Option<ClaimLease>> {
        Ok(self.tables().claims.get(&case).filter(|claim| claim.until > now).cloned())
    }

    async fn put_session(&self, session: &SessionRow) -> Result<()> {
        self.tables().sessions.insert(session.token, session.clone());
        Ok(())
    }

    async fn session(&self, token: [u8; 32], now: Timestamp) -> Result<Option<SessionRow>> {
        Ok(self.tables().sessions.get(&token).filter(|session| session.expires_at > now).cloned())
    }

    async fn end_session(&self, token: [u8; 32]) -> Result<()> {
        self.tables().sessions.remove(&token);
        Ok(())
    }

    async fn begin_request(&self, request: &ApiRequest) -> Result<ApiAnswer> {
        let mut tables = self.tables();
        let oldest_kept = request.at.plus_days(-REQUEST_KEPT_DAYS);
        let key = (request.client.clone(), request.key.clone());
        let Some(known) = tables.requests.get(&key).filter(|known| known.row.at > oldest_kept) else {
            tables.requests.insert(key, Request { row: request.clone(), answer: None });
            return Ok(ApiAnswer::New);
        };
        Ok(match &known.answer {
            _ if known.row.body != request.body => ApiAnswer::OtherBody,
            Some((status, body)) => ApiAnswer::Before { status: *status, body: body.clone() },
            None => ApiAnswer::Running,
        })
    }

    async fn finish_request(&self, client: &str, key: &str, status: u16, body: &[u8]) -> Result<()> {
        if let Some(known) = self.tables().requests.get_mut(&(client.to_owned(), key.to_owned())) {
            known.answer = Some((status, body.to_vec()));
        }
        Ok(())
    }

    async fn abandon_request(&self, client: &str, key: &str) -> Result<()> {
        let mut tables = self.tables();
        let key = (client.to_owned(), key.to_owned());
        if tables.requests.get(&key).is_some_and(|known| known.answer.is_none()) {
            tables.requests.remove(&key);
        }
        Ok(())
    }

    async fn sweep_desk(&self, now: Timestamp, limit: u32) -> Result<u64> {
        let mut tables = self.tables();
        let oldest_kept = now.plus_days(-REQUEST_KEPT_DAYS);
        let mut over: Vec<_> = tables.sessions.values().filter(|session| session.expires_at <= now).collect();
        over.sort_by_key(|session| (session.expires_at, session.token));
        let over: Vec<_> = over.into_iter().take(limit as usize).map(|session| session.token).collect();
        let mut past: Vec<_> = tables.requests.iter().filter(|(_, known)| known.row.at <= oldest_kept).collect();
        past.sort_by_key(|(key, known)| (known.row.at, (*key).clone()));
        let past: Vec<_> = past.into_iter().take(limit as usize).map(|(key, _)| key.clone()).collect();
        tables.sessions.retain(|token, _| !over.contains(token));
        tables.requests.retain(|key, _| !past.contains(key));
        Ok((over.len() + past.len()) as u64)
    }
}
