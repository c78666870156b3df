//! Why a job did not end, and whether to try it again.

use portico_cell::CellError;
use portico_graph::GraphError;
use portico_keys::KeyError;
use portico_ledger::LedgerError;
use portico_ledger::segment::SegmentError;
use portico_vault::VaultError;
use portico_vocab::Class;
use portico_whatsapp::compose::ErrorClass;

/// A job that could not end. What is the applicant's to mend is not an error but an input.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Cell(#[from] CellError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error("the message cannot be made: {0}")]
    Text(String),
    #[error("a webhook holds something this build cannot read: {0}")]
    Unreadable(&'static str),
    #[error("the inbox key of this day has been destroyed")]
    DayKeyGone,
    #[error("a job of another kind lies in this queue")]
    WrongKind,
    #[error("the case has no address to send to")]
    NoRecipient,
    #[error("a picture's work was cut off")]
    CutOff,
    #[error("the message that is answered is still being sent")]
    AnswersUnsent,
}

impl JobError {
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Cell(error) => error.class(),
            Self::Ledger(error) => error.class(),
            Self::Vault(error) => error.class(),
            Self::Key(error) => error.class(),
            Self::Segment(error) => error.class(),
            // A dead token is the operator's to mend; the file waits at Meta for seven days.
            Self::Graph(GraphError::Refused(error)) if error.class == ErrorClass::StopNumber => Class::Transient,
            Self::Graph(error) => error.class(),
            Self::CutOff | Self::AnswersUnsent => Class::Transient,
            Self::Unreadable(_) | Self::DayKeyGone | Self::NoRecipient => Class::Permanent,
            Self::Text(_) | Self::WrongKind => Class::Bug,
        }
    }
}
