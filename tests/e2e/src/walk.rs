//! The way most stories begin: from hello to the reviewers' queue.

use anyhow::Result;
use portico_vocab::StageName;
use portico_whatsapp::texts::TextKey;

use crate::Applicant;

/// What is said and shown on the way to review.
#[derive(Debug, Clone, Copy)]
pub struct Walk {
    pub hello: &'static str,
    /// Reply id of the document chosen.
    pub document: &'static str,
    pub front: &'static str,
    /// Of documents with two sides.
    pub back: Option<&'static str>,
    pub selfie: &'static str,
}

impl Walk {
    /// A passport and a selfie, in India.
    pub const PASSPORT: Self = Self {
        hello: "hello",
        document: "document:passport",
        front: "specimens/passport.jpg",
        back: None,
        selfie: "specimens/selfie_match.jpg",
    };
    /// A card of two sides and the photograph of a person, in Brazil.
    pub const CARD: Self = Self {
        hello: "oi",
        document: "document:national_id",
        front: "specimens/id_front.jpg",
        back: Some("specimens/id_back.jpg"),
        selfie: "real/portrait_collins.jpg",
    };

    /// Hello, agreed, document chosen: the first photo is asked for.
    ///
    /// # Errors
    /// When the chat goes another way.
    pub async fn to_first_photo(&self, applicant: &Applicant) -> Result<()> {
        applicant.says(self.hello).await?;
        applicant.hears(TextKey::Notice).await?;
        applicant.taps("consent:accept").await?;
        applicant.hears(TextKey::DocumentChoose).await?;
        applicant.taps(self.document).await?;
        applicant.hears(TextKey::DocumentFront).await?;
        Ok(())
    }

    /// As far as the selfie being asked for.
    ///
    /// # Errors
    /// When the chat goes another way.
    pub async fn to_selfie(&self, applicant: &Applicant) -> Result<()> {
        self.to_first_photo(applicant).await?;
        applicant.sends_photo(self.front).await?;
        if let Some(back) = self.back {
            applicant.hears(TextKey::DocumentBack).await?;
            applicant.sends_photo(back).await?;
        }
        applicant.hears(TextKey::SelfieAsk).await?;
        Ok(())
    }

    /// All the way: complete, and before the reviewers.
    ///
    /// # Errors
    /// When the chat goes another way.
    pub async fn to_review(&self, applicant: &Applicant) -> Result<()> {
        self.to_selfie(applicant).await?;
        applicant.sends_photo(self.selfie).await?;
        applicant.hears(TextKey::Checking).await?;
        applicant.reaches(StageName::InReview).await?;
        Ok(())
    }
}
