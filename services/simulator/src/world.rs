//! Everything the outside world remembers: people, chats, files, what was asked of it, what it will do wrong next.
//!
//! Held behind one mutex and never across an await. It only remembers: what happens is decided by its callers.

use std::collections::{HashMap, VecDeque};

use portico_vocab::{MediaId, Wamid};

use crate::Error;
use crate::account::Business;
use crate::applicant::{Applicant, ApplicantId};
use crate::config::Number;
use crate::fault::Fault;
use crate::inbound::Mischief;
use crate::media::Medium;
use crate::requests::{KEPT, Operation, RequestLog};
use crate::standing::Deliveries;
use crate::thread::Thread;
use crate::webhook::Parcel;

/// People at most: a load test's worth, and an end to the memory.
const APPLICANTS: usize = 100_000;

pub(crate) struct World {
    pub business: Business,
    pub deliveries: Deliveries,
    threads: HashMap<ApplicantId, Thread>,
    /// Newest last, as the phone page lists them.
    order: Vec<ApplicantId>,
    /// Phone numbers and user ids, as the business addresses people.
    addresses: HashMap<String, ApplicantId>,
    /// Whose chat a message stands in, both directions.
    messages: HashMap<Wamid, ApplicantId>,
    media: HashMap<MediaId, Medium>,
    requests: VecDeque<RequestLog>,
    faults: Vec<Fault>,
    /// Webhooks held back until the next one has gone out, with how often each is posted.
    pub held: Vec<(Parcel, u8)>,
    /// What happens to receipts on their way.
    pub receipts: Mischief,
}

impl World {
    pub(crate) fn of(numbers: &[Number]) -> Self {
        Self {
            business: Business::of(numbers),
            deliveries: Deliveries::default(),
            threads: HashMap::new(),
            order: Vec::new(),
            addresses: HashMap::new(),
            messages: HashMap::new(),
            media: HashMap::new(),
            requests: VecDeque::new(),
            faults: Vec::new(),
            held: Vec::new(),
            receipts: Mischief::default(),
        }
    }

    pub(crate) fn applicants(&self) -> impl Iterator<Item = &Applicant> {
        self.order.iter().filter_map(|id| self.threads.get(id)).map(|thread| &thread.applicant)
    }

    pub(crate) fn population(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn admit(&mut self, applicant: Applicant) -> Result<(), Error> {
        if self.order.len() >= APPLICANTS {
            return Err(Error::TooManyApplicants(APPLICANTS));
        }
        let id = applicant.id.clone();
        self.addresses.insert(applicant.phone.as_str().to_owned(), id.clone());
        self.addresses.insert(applicant.user_id.as_str().to_owned(), id.clone());
        self.order.push(id.clone());
        self.threads.insert(id, Thread::new(applicant));
        Ok(())
    }

    pub(crate) fn thread(&self, who: &ApplicantId) -> Result<&Thread, Error> {
        self.threads.get(who).ok_or(Error::NoApplicant)
    }

    pub(crate) fn thread_mut(&mut self, who: &ApplicantId) -> Result<&mut Thread, Error> {
        self.threads.get_mut(who).ok_or(Error::NoApplicant)
    }

    /// The person a phone number (digits) or user id reaches.
    pub(crate) fn at_address(&self, address: &str) -> Option<&ApplicantId> {
        self.addresses.get(address)
    }

    pub(crate) fn remember_message(&mut self, wamid: &Wamid, who: &ApplicantId) {
        self.messages.insert(wamid.clone(), who.clone());
    }

    pub(crate) fn chat_of(&self, wamid: &Wamid) -> Option<&ApplicantId> {
        self.messages.get(wamid)
    }

    pub(crate) fn keep(&mut self, id: MediaId, medium: Medium) {
        self.media.insert(id, medium);
    }

    pub(crate) fn medium(&self, id: &MediaId) -> Option<&Medium> {
        self.media.get(id)
    }

    pub(crate) fn forget_medium(&mut self, id: &MediaId) -> bool {
        self.media.remove(id).is_some()
    }

    pub(crate) fn log(&mut self, request: RequestLog) {
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &RequestLog> {
        self.requests.iter()
    }

    pub(crate) fn will_fail(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Uses up the first fault that fits a call of this kind.
    pub(crate) fn fault(&mut self, operation: Operation) -> Option<Fault> {
        let at = self.faults.iter().position(|fault| fault.fits(operation))?;
        Some(self.faults.remove(at))
    }
}
