//! Which of our numbers Meta refuses to serve, as those who call Meta have last seen it.
//!
//! Nothing is asked for its own sake: a dead token shows at the first send, and each held send tries again once a
//! minute, so a number that works again is known within that.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_vocab::{CellId, PhoneNumberId, Timestamp};

/// A number that Meta refuses as a whole: token, payment, policy or registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    pub number: PhoneNumberId,
    /// Meta's error code.
    pub code: i64,
    pub since: Timestamp,
}

/// Shared by every caller of Meta in a process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Arc<Mutex<BTreeMap<(CellId, String), Stopped>>>);

impl Numbers {
    /// Meta refused the number; the first refusal's time is kept until it is served again.
    pub fn refused(&self, cell: CellId, number: &PhoneNumberId, code: i64, now: Timestamp) {
        let mut stopped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = stopped.entry((cell, number.as_str().to_owned()));
        entry.or_insert_with(|| Stopped { number: number.clone(), code, since: now }).code = code;
    }

    /// Meta did what was asked for this number.
    pub fn served(&self, cell: CellId, number: &PhoneNumberId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(cell, number.as_str().to_owned()));
    }

    #[must_use]
    pub fn stopped(&self, cell: CellId) -> Vec<Stopped> {
        let stopped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.iter().filter(|((of, _), _)| *of == cell).map(|(_, stopped)| stopped.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portico_vocab::CountryCode;

    #[test]
    fn a_number_is_stopped_from_its_first_refusal_until_it_is_served() {
        let numbers = Numbers::default();
        let (india, brazil) =
            (CellId::of(CountryCode::parse("IN").unwrap()), CellId::of(CountryCode::parse("BR").unwrap()));
        let number = PhoneNumberId::parse("106540352242922").unwrap();
        numbers.refused(india, &number, 190, Timestamp::from_seconds(5));
        numbers.refused(india, &number, 131_042, Timestamp::from_seconds(9));
        let expected = Stopped { number: number.clone(), code: 131_042, since: Timestamp::from_seconds(5) };
        assert_eq!(numbers.stopped(india), [expected]);
        assert_eq!(numbers.stopped(brazil), []);
        numbers.served(india, &number);
        assert_eq!(numbers.stopped(india), []);
    }
}
