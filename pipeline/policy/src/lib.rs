//! Jurisdiction profiles and bank policies, as data.
//!
//! A [`Profile`] is a country's rules with their legal basis; a [`Choices`] file is what a bank chose within it; a
//! [`Policy`] is both, joined and content-addressed. *Invariant:* a policy weaker than its profile cannot be made.

mod choices;
mod error;
mod keeping;
mod policy;
mod profile;

pub use choices::Choices;
pub use error::PolicyError;
pub use keeping::Keeping;
pub use policy::{Policy, PolicyPin};
pub use profile::{Biometrics, Confidence, Kept, LegalBasis, Limits, Masking, Profile, Retention};
