//! The machine's clock, and ids in the order of time: what `serve` gives its parts.

use portico_vocab::{CaseId, Clock, Timestamp};

pub struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "the shell of this program: what is below gets it as an argument")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Time-ordered, as the shell makes them.
pub fn case_id(at: Timestamp, number: u64) -> CaseId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    CaseId::new(at, random)
}

/// Events a second.
pub fn rate(count: usize, begun: std::time::Instant) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64()
}
