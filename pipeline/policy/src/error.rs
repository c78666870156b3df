//! Why a profile or policy is refused.

use portico_vocab::Class;

/// Each names the rule and the mend; none is worth trying again.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the {what} cannot be read: {why}")]
    Unreadable { what: &'static str, why: String },
    #[error("there is no profile for {country}: shipped profiles are {shipped}")]
    NoProfile { country: String, shipped: String },
    #[error("there is no policy named {name}: shipped policies are {shipped}")]
    NoPolicy { name: String, shipped: String },
    #[error("the policy is weaker than the profile of {country}: {rule}")]
    Weaker { country: String, rule: String },
}

impl PolicyError {
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Permanent
    }
}
