//! What can go wrong on a page, as the person before it reads it.
//!
//! Every answer says what happened, what is safe, and what to do next. Texts hold no personal data and no internals: the
//! log line with the request's id has the cause.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use portico_cell::CellError;
use portico_ledger::LedgerError;
use portico_vocab::Class;

/// A page could not be given, or a form not be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such page or case, or this reviewer may not see it: one answer for both.
    #[error("no such page")]
    NotFound,
    #[error("the form did not come from a page of this console")]
    WrongOrigin,
    #[error("the form does not belong to this session")]
    WrongToken,
    /// A form field is missing or has another form than expected.
    #[error("the field {field} is not as expected: {expected}")]
    BadField { field: &'static str, expected: &'static str },
    #[error("the form cannot be read")]
    BadForm,
    /// Pictures are given to pages of this console only.
    #[error("a picture was asked for by something that is not a picture on a page")]
    NotAPicture,
    /// The case key has been destroyed, and with it everything personal.
    #[error("the data of this case have been erased")]
    Shredded,
    #[error("the cell cannot answer")]
    Cell(#[source] CellError),
    #[error("the ledger cannot answer")]
    Ledger(#[from] LedgerError),
    #[error("a page cannot be drawn")]
    Template(#[from] askama::Error),
    #[error("a stored session cannot be read")]
    Session(#[from] serde_json::Error),
}

impl From<CellError> for Error {
    fn from(error: CellError) -> Self {
        match error {
            CellError::NotFound | CellError::NoPicture => Self::NotFound,
            CellError::Shredded => Self::Shredded,
            other => Self::Cell(other),
        }
    }
}

impl Error {
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Cell(error) => error.class(),
            Self::Ledger(error) => error.class(),
            Self::Template(_) | Self::Session(_) => Class::Bug,
            _ => Class::Permanent,
        }
    }

    const fn status(&self, class: Class) -> StatusCode {
        match (self, class) {
            (Self::NotFound, _) => StatusCode::NOT_FOUND,
            (Self::WrongOrigin | Self::WrongToken | Self::NotAPicture, _) => StatusCode::FORBIDDEN,
            (Self::BadField { .. } | Self::BadForm, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (Self::Shredded, _) => StatusCode::GONE,
            (_, Class::Transient) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened; what is safe; what to do next.
    fn words(&self, class: Class) -> [String; 3] {
        let words = |what: &str, safe: &str, next: &str| [what.to_owned(), safe.to_owned(), next.to_owned()];
        match self {
            Self::NotFound => words(
                "There is nothing here for you.",
                "Nothing was changed.",
                "The case may belong to a country you do not review, or the address is mistyped. Go back to the queue.",
            ),
            Self::WrongOrigin | Self::WrongToken => words(
                "This form was not sent from a page of your session.",
                "Nothing was changed, and the case is as it was.",
                "Open the case again from the queue and send the form from there.",
            ),
            Self::BadField { field, expected } => [
                format!("The field “{field}” could not be read."),
                "Nothing was changed.".to_owned(),
                format!("Expected {expected}. Go back and fill it in again."),
            ],
            Self::BadForm => words(
                "The form could not be read.",
                "Nothing was changed.",
                "Go back to the page, load it again and send the form once more.",
            ),
            Self::NotAPicture => words(
                "Pictures are shown on a case’s page only.",
                "Nothing was read.",
                "Open the case and look at the picture there.",
            ),
            Self::Shredded => words(
                "What this case held has been erased.",
                "Its history still proves what happened; nothing personal is left.",
                "Go back to the queue.",
            ),
            _ if class == Class::Transient => words(
                "The desk cannot reach its records just now.",
                "Nothing was half done: a decision is recorded whole or not at all.",
                "Wait a moment and try again. What you sent is recorded once at most, however often you send it.",
            ),
            _ => words(
                "Something went wrong on our side.",
                "Nothing was half done: a decision is recorded whole or not at all.",
                "Go back to the queue. If it happens again, tell the people who run Portico.",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    status: u16,
    what: String,
    safe: String,
    next: String,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let class = self.class();
        let status = self.status(class);
        if status.is_server_error() {
            tracing::error!(error = %self, cause = std::error::Error::source(&self).map(tracing::field::display), "page failed");
        }
        let [what, safe, next] = self.words(class);
        let page = ErrorPage { status: status.as_u16(), what, safe, next };
        // A page that cannot be drawn is told in plain text: there is nothing left to fall back on.
        page.render().map_or_else(
            |_| (status, "Something went wrong; nothing was half done.").into_response(),
            |html| (status, Html(html)).into_response(),
        )
    }
}
