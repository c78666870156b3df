//! Message templates of an account and whether they may be sent (Meta: Template management).

use portico_vocab::WabaId;
use serde::Deserialize;

use crate::word::words;
use crate::{Graph, GraphError};

words! {
    /// Where a template stands. Only an approved one can be sent.
    TemplateState {
        Approved = "APPROVED",
        Pending = "PENDING",
        Rejected = "REJECTED",
        /// Too many people blocked or reported it: for hours (code 132015).
        Paused = "PAUSED",
        /// Paused once too often (code 132016).
        Disabled = "DISABLED",
        InAppeal = "IN_APPEAL",
        PendingDeletion = "PENDING_DELETION",
        Deleted = "DELETED",
        LimitExceeded = "LIMIT_EXCEEDED",
        Archived = "ARCHIVED",
    }
}

words! {
    /// What it is billed as. Meta may change it by itself, and utility that became marketing is not delivered everywhere.
    TemplateCategory {
        Utility = "UTILITY",
        Marketing = "MARKETING",
        Authentication = "AUTHENTICATION",
    }
}

/// One template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Template {
    pub name: String,
    /// As Meta spells it, such as `pt_BR`.
    pub language: String,
    #[serde(rename = "status")]
    pub state: TemplateState,
    pub category: TemplateCategory,
}

impl Graph {
    /// `GET /{waba}/message_templates`: all of them, in Meta's order.
    ///
    /// # Errors
    /// [`GraphError::NotVisible`] when there is no such account or the token may not see it.
    pub async fn templates(&self, waba: &WabaId) -> Result<Vec<Template>, GraphError> {
        let query = [("fields", "name,language,status,category"), ("limit", "100")];
        self.ask_all(&[waba.as_str(), "message_templates"], &query, "a list of templates").await
    }
}
