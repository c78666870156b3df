//! The schema, step by step. A step once released is never changed: the next one adds.

/// One step of the schema.
#[derive(Debug)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    /// One text for both engines; the dialect changes its words.
    pub text: &'static str,
}

/// Every step, in order, numbered from 1.
pub static MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "first", text: include_str!("../../migrations/0001_first.sql") },
    Migration { number: 2, name: "room_for_change", text: include_str!("../../migrations/0002_room_for_change.sql") },
];

/// Where the steps already taken are written down, with the digest of each text.
pub static TABLE: &str = "
CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    digest BYTEA NOT NULL
) /*STRICT*/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_from_one_without_gaps() {
        assert!(MIGRATIONS.iter().zip(1..).all(|(step, number)| step.number == number));
    }
}
