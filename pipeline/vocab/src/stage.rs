//! Names of stages and outcomes, as contract.md section 4 spells them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;
use crate::evidence::words;

words!(
    /// Where a case stands.
    StageName, "stage", {
        Consenting = "consenting",
        Collecting = "collecting",
        Checking = "checking",
        InReview = "in_review",
        Decided = "decided",
        Withdrawn = "withdrawn",
        Expired = "expired",
    }
);

impl StageName {
    /// Ends absorb: only marks may follow.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Decided | Self::Withdrawn | Self::Expired)
    }
}

words!(
    /// How a decided case ended.
    OutcomeName, "outcome", {
        Approved = "approved",
        ApprovedLimited = "approved_limited",
        Declined = "declined",
        HandedOff = "handed_off",
    }
);

impl OutcomeName {
    /// Whether an account system may open an account on it.
    #[must_use]
    pub const fn is_approval(self) -> bool {
        matches!(self, Self::Approved | Self::ApprovedLimited)
    }
}
