//! Somebody at the console, through the pages as a browser gets them.

use anyhow::{Context as _, Result, ensure};
use portico_vocab::{CaseId, EvidenceId, Slot};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, Url};

use crate::{Form, Page};

const REDIRECTS: usize = 5;

/// A signed-in colleague.
pub struct Reviewer {
    http: Client,
    url: String,
    /// `name=value` of the session.
    cookie: Option<String>,
}

impl Reviewer {
    /// # Errors
    /// When the sign-in page of the console at `url` does not know this colleague.
    pub async fn signs_in(url: String, id: &str) -> Result<Self> {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let mut reviewer = Self { http, url, cookie: None };
        let form = reviewer.goes_to("/console/sign-in").await?.form("/console/sign-in")?;
        let response = reviewer.post(&form.choose("reviewer", id)?).send().await?;
        let cookie = response.headers().get(SET_COOKIE).context("signing in set no cookie")?.to_str()?;
        let pair = cookie.split(';').next().context("an empty cookie")?;
        reviewer.cookie = Some(pair.to_owned());
        Ok(reviewer)
    }

    /// # Errors
    /// When there is no answer.
    pub async fn goes_to(&self, path: &str) -> Result<Page> {
        self.follow(self.get(path)).await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn opens(&self, case: CaseId) -> Result<Page> {
        self.goes_to(&format!("/console/case/{case}")).await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn submits(&self, form: &Form) -> Result<Page> {
        self.follow(self.post(form)).await
    }

    /// Takes the hold of a case.
    ///
    /// # Errors
    /// When the page offers none.
    pub async fn claims(&self, case: CaseId) -> Result<Page> {
        let form = self.opens(case).await?.form("/claim")?;
        self.submits(&form).await
    }

    /// Sends the decision of a page, answering for every check no machine made.
    ///
    /// # Errors
    /// When the page does not offer this outcome.
    pub async fn decides(&self, page: &Page, outcome: &str) -> Result<Page> {
        let form = page.form("/decide")?.choose("outcome", outcome)?.choose_all("attest");
        self.submits(&form).await
    }

    /// # Errors
    /// When the page does not offer this reason.
    pub async fn declines(&self, page: &Page, reason: &str) -> Result<Page> {
        let form = page.form("/decide")?.choose("outcome", "declined")?.choose("reason", reason)?;
        self.submits(&form).await
    }

    /// # Errors
    /// When the page does not offer this.
    pub async fn asks_for_photo(&self, page: &Page, slot: Slot, reason: &str) -> Result<Page> {
        let form = page.form("/ask-photo")?.choose("slot", slot.as_str())?.choose("photo_reason", reason)?;
        self.submits(&form).await
    }

    /// Moves a picture to a slot.
    ///
    /// # Errors
    /// When the page offers no such move.
    pub async fn places(&self, page: &Page, evidence: EvidenceId, slot: Slot) -> Result<Page> {
        let of = evidence.to_string();
        let moves = page.forms().into_iter().filter(|form| form.action.ends_with("/place"));
        let mut moves =
            moves.filter(|form| form.holds("evidence", &of) && form.offers("slot").contains(&slot.as_str()));
        let form = moves.next().context("the page does not offer this move")?;
        self.submits(&form.choose("slot", slot.as_str())?).await
    }

    /// The bytes of a picture, as the page shows it.
    ///
    /// # Errors
    /// When it is not shown.
    pub async fn looks_at(&self, src: &str) -> Result<Vec<u8>> {
        let response = self.get(src).send().await?;
        ensure!(response.status().is_success(), "a picture answered {}", response.status());
        Ok(response.bytes().await?.to_vec())
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.with_cookie(self.http.get(format!("{}{path}", self.url)))
    }

    fn post(&self, form: &Form) -> RequestBuilder {
        let request = self.http.post(format!("{}{}", self.url, form.action));
        self.with_cookie(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(form)))
    }

    fn with_cookie(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    async fn follow(&self, request: RequestBuilder) -> Result<Page> {
        let mut response = request.send().await?;
        for _ in 0..REDIRECTS {
            let Some(to) = target(&response)? else { break };
            response = self.get(&to).send().await?;
        }
        Ok(Page { status: response.status().as_u16(), html: response.text().await? })
    }
}

/// Where a redirect leads: a path, or nowhere.
fn target(response: &Response) -> Result<Option<String>> {
    if !response.status().is_redirection() {
        return Ok(None);
    }
    let to = response.headers().get(LOCATION).context("a redirect to nowhere")?.to_str()?;
    ensure!(to.starts_with('/'), "a redirect leads away: {to}");
    Ok(Some(to.to_owned()))
}

fn encoded(form: &Form) -> String {
    // The query of a URL and the body of a form are written the same way (URL standard, section 5).
    let url = Url::parse_with_params("http://form/", form.fields());
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}
