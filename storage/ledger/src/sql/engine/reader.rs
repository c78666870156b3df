//! Reading a row column by column, in the order of the statement, into the types of the domain.
//!
//! *Invariant:* a column that is not what this build can read is `Inconsistent`, named by its table, never a panic and
//! never shown.

use portico_vocab::{CaseId, CaseVersion, EventId, EvidenceId, OutboundId, OutcomeName, Sha256, StageName, Timestamp};
use sqlx::{Decode, Row as _, Type};

use super::super::Db;
use super::Row;
use crate::error::LedgerError;
use crate::model::{
    AliasKind, AliasRow, CaseRow, ChainEntry, ClaimLease, EntryRow, EventRow, JobKey, JobRow, OutboundRow,
    OutboundState, Queue, SegmentRow, SenderId, SessionRow,
};

type Result<T> = std::result::Result<T, LedgerError>;

/// Takes the columns of one row in turn.
pub struct Reader<'r> {
    row: &'r Row,
    table: &'static str,
    next: usize,
}

impl<'r> Reader<'r> {
    pub const fn new(table: &'static str, row: &'r Row) -> Self {
        Self { row, table, next: 0 }
    }

    const fn wrong(&self, what: &'static str) -> LedgerError {
        LedgerError::Inconsistent { table: self.table, what }
    }

    fn column<T: Decode<'r, Db> + Type<Db>>(&mut self) -> Result<T> {
        let place = self.next;
        self.next += 1;
        self.row.try_get(place).map_err(|_| self.wrong("a column has another type"))
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>> {
        self.column()
    }

    pub fn bytes_or_null(&mut self) -> Result<Option<Vec<u8>>> {
        self.column()
    }

    pub fn text(&mut self) -> Result<String> {
        self.column()
    }

    pub fn text_or_null(&mut self) -> Result<Option<String>> {
        self.column()
    }

    fn int(&mut self) -> Result<i64> {
        self.column()
    }

    pub fn number<N: TryFrom<i64>>(&mut self) -> Result<N> {
        let number = self.int()?;
        N::try_from(number).map_err(|_| self.wrong("a number is out of range"))
    }

    pub fn number_or_null<N: TryFrom<i64>>(&mut self) -> Result<Option<N>> {
        let number: Option<i64> = self.column()?;
        number.map(N::try_from).transpose().map_err(|_| self.wrong("a number is out of range"))
    }

    pub fn time(&mut self) -> Result<Timestamp> {
        Ok(Timestamp::from_micros(self.int()?))
    }

    pub fn time_or_null(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.column::<Option<i64>>()?.map(Timestamp::from_micros))
    }

    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.bytes()?.try_into().map_err(|_| self.wrong("an id or digest has another length"))
    }

    pub fn fixed_or_null<const N: usize>(&mut self) -> Result<Option<[u8; N]>> {
        let bytes = self.bytes_or_null()?;
        bytes.map(<[u8; N]>::try_from).transpose().map_err(|_| self.wrong("an id or digest has another length"))
    }

    pub fn case(&mut self) -> Result<CaseId> {
        self.fixed().map(CaseId::from_bytes)
    }

    pub fn case_or_null(&mut self) -> Result<Option<CaseId>> {
        Ok(self.fixed_or_null()?.map(CaseId::from_bytes))
    }

    pub fn event(&mut self) -> Result<EventId> {
        self.fixed().map(EventId::from_bytes)
    }

    pub fn event_or_null(&mut self) -> Result<Option<EventId>> {
        Ok(self.fixed_or_null()?.map(EventId::from_bytes))
    }

    pub fn outbound(&mut self) -> Result<OutboundId> {
        self.fixed().map(OutboundId::from_bytes)
    }

    pub fn evidence(&mut self) -> Result<EvidenceId> {
        self.fixed().map(EvidenceId::from_bytes)
    }

    pub fn sender(&mut self) -> Result<SenderId> {
        self.fixed().map(SenderId)
    }

    pub fn digest(&mut self) -> Result<Sha256> {
        self.fixed().map(Sha256::from_bytes)
    }

    pub fn digest_or_null(&mut self) -> Result<Option<Sha256>> {
        Ok(self.fixed_or_null()?.map(Sha256::from_bytes))
    }

    fn version(&mut self) -> Result<CaseVersion> {
        self.number().map(CaseVersion)
    }

    /// A word, by what reads it.
    fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        let text = self.text()?;
        parse(&text).ok_or_else(|| self.wrong("a word is not one this build knows"))
    }

    pub fn alias_kind(&mut self) -> Result<AliasKind> {
        self.word(AliasKind::parse)
    }

    pub fn queue(&mut self) -> Result<Queue> {
        self.word(Queue::parse)
    }

    pub fn stage(&mut self) -> Result<StageName> {
        self.word(|text| StageName::parse(text).ok())
    }

    pub fn outbound_state(&mut self) -> Result<OutboundState> {
        self.word(OutboundState::parse)
    }

    fn outcome_or_null(&mut self) -> Result<Option<OutcomeName>> {
        let text = self.text_or_null()?;
        let outcome = text.as_deref().map(OutcomeName::parse).transpose();
        outcome.map_err(|_| self.wrong("a word is not one this build knows"))
    }
}

// Whole rows, each read in the order of its columns.

impl Reader<'_> {
    pub fn segment_row(mut self) -> Result<SegmentRow> {
        Ok(SegmentRow {
            id: self.fixed()?,
            day: self.text()?,
            at: self.time()?,
            bodies: self.number()?,
            custody: self.text()?,
            body: self.bytes()?,
            trace: self.text_or_null()?,
        })
    }

    pub fn job_key(&mut self) -> Result<JobKey> {
        Ok(JobKey { owner: self.fixed()?, version: self.number()?, ordinal: self.number()? })
    }

    pub fn job_row(mut self) -> Result<JobRow> {
        self.next_job_row()
    }

    pub fn next_job_row(&mut self) -> Result<JobRow> {
        let (key, queue, run_at) = (self.job_key()?, self.queue()?, self.time()?);
        Ok(JobRow { key, queue, run_at, payload: self.bytes()?, trace: self.text_or_null()? })
    }

    pub fn case_row(mut self) -> Result<CaseRow> {
        self.next_case_row()
    }

    /// With the end that it is searched by.
    pub fn case_row_and_end(mut self) -> Result<(CaseRow, Vec<u8>)> {
        Ok((self.next_case_row()?, self.bytes()?))
    }

    fn next_case_row(&mut self) -> Result<CaseRow> {
        Ok(CaseRow {
            id: self.case()?,
            sender: self.sender()?,
            version: self.version()?,
            stage: self.stage()?,
            outcome: self.outcome_or_null()?,
            opened_at: self.time()?,
            updated_at: self.time()?,
            review_since: self.time_or_null()?,
            summary: self.text()?,
            head: self.digest()?,
            body: self.bytes()?,
            key: self.bytes_or_null()?,
        })
    }

    pub fn entry_row(mut self) -> Result<EntryRow> {
        Ok(EntryRow {
            case: self.case()?,
            version: self.version()?,
            at: self.time()?,
            stage: self.stage()?,
            kind: self.text()?,
            actor: self.text()?,
            outcome: self.text()?,
            previous: self.digest()?,
            digest: self.digest()?,
            body: self.bytes()?,
        })
    }

    pub fn outbound_row(mut self) -> Result<OutboundRow> {
        self.next_outbound_row()
    }

    pub fn next_outbound_row(&mut self) -> Result<OutboundRow> {
        Ok(OutboundRow {
            id: self.outbound()?,
            case: self.case()?,
            version: self.version()?,
            ordinal: self.number()?,
            at: self.time()?,
            text: self.text()?,
            payload: self.bytes()?,
            state: self.outbound_state()?,
            state_at: self.time()?,
            detail: self.text_or_null()?,
            rendered: self.bytes_or_null()?,
            text_hash: self.digest_or_null()?,
            wamid: self.fixed_or_null()?,
        })
    }

    pub fn event_row(&mut self) -> Result<EventRow> {
        Ok(EventRow {
            id: self.event()?,
            case: self.case()?,
            seq: self.number()?,
            version: self.version()?,
            kind: self.text()?,
            at: self.time()?,
            data: self.text()?,
        })
    }

    pub fn alias_row(mut self) -> Result<AliasRow> {
        Ok(AliasRow { kind: self.alias_kind()?, hash: self.fixed()?, sender: self.sender()? })
    }

    pub fn chain_entry(mut self) -> Result<ChainEntry> {
        Ok(ChainEntry {
            seq: self.number()?,
            at: self.time()?,
            case: self.case_or_null()?,
            body: self.text()?,
            previous: self.digest()?,
            digest: self.digest()?,
        })
    }

    pub fn claim_lease(mut self) -> Result<ClaimLease> {
        Ok(ClaimLease { case: self.case()?, reviewer: self.text()?, until: self.time()? })
    }

    pub fn session_row(mut self) -> Result<SessionRow> {
        Ok(SessionRow { token: self.fixed()?, reviewer: self.text()?, profile: self.text()?, expires_at: self.time()? })
    }
}
