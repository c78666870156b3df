//! Kinds of document and the places their pictures take in a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every word of this kind, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as it stands on every wire and in every row.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// # Errors
            /// When `text` is none of the words.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(ParseError::new($what, concat!("one of: ", $($text, " ",)*))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words!(
    /// A document a profile may accept. Reply ids are `document:<kind>`.
    DocumentKind, "document kind", {
        Passport = "passport",
        Aadhaar = "aadhaar",
        Pan = "pan",
        VoterId = "voter_id",
        DrivingLicence = "driving_licence",
        NationalId = "national_id",
        ResidencePermit = "residence_permit",
    }
);

impl DocumentKind {
    /// Whether the back carries data that must be photographed too (chat.md, section 2: rows "Front and back").
    #[must_use]
    pub const fn has_back(self) -> bool {
        matches!(self, Self::Aadhaar | Self::VoterId | Self::DrivingLicence | Self::NationalId | Self::ResidencePermit)
    }

    /// The places this document and a selfie fill, in the order they are asked for.
    #[must_use]
    pub const fn slots(self) -> &'static [Slot] {
        if self.has_back() {
            &[Slot::DocumentFront, Slot::DocumentBack, Slot::Selfie]
        } else {
            &[Slot::DocumentFront, Slot::Selfie]
        }
    }
}

words!(
    /// A place in the case that one picture fills.
    Slot, "slot", {
        DocumentFront = "document_front",
        DocumentBack = "document_back",
        Selfie = "selfie",
    }
);
