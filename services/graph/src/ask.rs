//! Questions about our own account: `GET`, one JSON object or a list in pages.
//!
//! Pages are followed by their cursor alone. Meta's `paging.next` is a whole address that holds the token, and it may
//! lead anywhere; the cursor goes to the address we made ourselves.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::answer;
use crate::media::without_code;
use crate::{Graph, GraphError};

/// More pages than any account has (250 templates by default, 6,000 at most, 100 a page).
const MAX_PAGES: usize = 100;

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    /// There while more follows; only that it is there counts.
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    cursors: Option<Cursors>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

impl<T> Page<T> {
    /// The cursor of the page after this one.
    fn after(&self) -> Option<String> {
        let paging = self.paging.as_ref()?;
        paging.next.as_ref()?;
        paging.cursors.as_ref()?.after.clone()
    }
}

impl Graph {
    /// One object. `expected` names it in [`GraphError::Unreadable`].
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        expected: &'static str,
    ) -> Result<T, GraphError> {
        let mut url = self.address(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let response = self.request(Method::GET, url, self.config().timeout_ms).send().await?;
        let status = response.status();
        let body = answer::read(response).await?.ok_or(GraphError::Unreadable { expected })?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| GraphError::Unreadable { expected });
        }
        Err(refusal(status, &body))
    }

    /// A whole list, page by page.
    pub(crate) async fn ask_all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        expected: &'static str,
    ) -> Result<Vec<T>, GraphError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = query.to_vec();
            query.extend(after.as_deref().map(|cursor| ("after", cursor)));
            let page: Page<T> = self.ask(path, &query, expected).await?;
            after = page.after();
            all.extend(page.data);
            if after.is_none() {
                return Ok(all);
            }
        }
        Err(GraphError::Unreadable { expected: "a list that ends" })
    }
}

/// Meta says "does not exist, cannot be loaded due to missing permissions" in one breath: the two cannot be told apart.
fn refusal(status: StatusCode, body: &[u8]) -> GraphError {
    match answer::error(body, status.as_u16()) {
        Some(_) if status == StatusCode::NOT_FOUND || answer::names_no_object(body) => GraphError::NotVisible,
        Some(error) => GraphError::Refused(error),
        None => without_code(status),
    }
}
