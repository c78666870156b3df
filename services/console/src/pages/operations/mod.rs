//! `/console/operations`: work that gave up, how it stands with each subscriber, and who answered for what.
//!
//! [`page`] shows it, [`act`] takes the answers, [`record`] words what is kept of them, [`words`] says what
//! an answer does before it is given. *Invariant:* an act and its link in the cell's operations chain are one
//! transaction, and nothing on these pages is personal: they show kinds, times and causes.

pub(crate) mod act;
pub(crate) mod page;
pub(crate) mod record;
pub(crate) mod words;
