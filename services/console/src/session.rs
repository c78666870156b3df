//! Who is at the desk.
//!
//! A session is a row in the ledger, found by the keyed hash of a random token that only the cookie holds; so nobody
//! who reads the database can sign in. It ends after a quarter of an hour without a click (looking at a list that
//! refreshes itself is not a click) and ten hours after sign-in.

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form, RequestExt as _};
use portico_cell::Cell;
use portico_ledger::SessionRow;
use portico_vocab::{CountryCode, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ConsoleConfig;
use crate::desk::Desk;
use crate::error::Error;
use crate::security::text;

/// A session is written back at most this often.
const RENEW_SECONDS: i64 = 60;
/// Sent by lists that refresh themselves: such a request does not keep a session alive.
const LIVE: &str = "x-portico-live";

/// A signed-in reviewer.
#[derive(Debug, Clone)]
pub(crate) struct Reviewer {
    /// As histories name them: `a.reviewer`.
    pub id: String,
    /// As colleagues see them: `A. Reviewer`.
    pub name: String,
    pub cells: Vec<CountryCode>,
    /// Answers for work that gave up, too.
    pub operates: bool,
    /// Bound to the session; every form of it carries this.
    pub csrf: String,
    /// How long the session lasts if nothing more is clicked.
    pub expires_in_seconds: i64,
    token: [u8; 32],
}

impl Reviewer {
    pub(crate) fn sees(&self, country: CountryCode) -> bool {
        self.cells.contains(&country)
    }
}

/// What the session row says of its reviewer.
#[derive(Debug, Serialize, Deserialize)]
struct Profile {
    name: String,
    cells: Vec<CountryCode>,
    #[serde(default)]
    operates: bool,
    /// The absolute end.
    ends_at: Timestamp,
}

/// Begins a session and says the cookie that carries it.
pub(crate) async fn begin(
    desk: &Desk,
    id: &str,
    name: &str,
    cells: Vec<CountryCode>,
    operates: bool,
) -> Result<HeaderValue, Error> {
    let home = desk.home();
    let config = desk.config();
    let mut token = [0; 32];
    home.keys().entropy().fill(&mut token);
    let now = desk.now();
    let ends_at = now.plus_seconds(config.session_absolute_seconds);
    let profile = Profile { name: name.to_owned(), cells, operates, ends_at };
    let session = SessionRow {
        token: lookup(home, &token),
        reviewer: id.to_owned(),
        profile: serde_json::to_string(&profile)?,
        expires_at: now.plus_seconds(config.session_idle_seconds).min(ends_at),
    };
    home.ledger().put_session(&session).await?;
    cookie(config, &hex(&token), config.session_absolute_seconds)
}

/// Ends the session and says the cookie that forgets it.
pub(crate) async fn end(desk: &Desk, reviewer: &Reviewer) -> Result<HeaderValue, Error> {
    desk.home().ledger().end_session(reviewer.token).await?;
    cookie(desk.config(), "", 0)
}

/// Puts the reviewer into the request, or sends whoever it is to the sign-in page.
pub(crate) async fn require(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let is_click = request.headers().get(LIVE).is_none();
    match reviewer(&desk, request.headers(), is_click).await {
        Ok(Some(reviewer)) => {
            request.extensions_mut().insert(reviewer);
            next.run(request).await
        }
        Ok(None) => Redirect::to(&sign_in_url(request.uri())).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Lets operators in; for everybody else such a page does not exist.
pub(crate) async fn require_operator(
    Extension(reviewer): Extension<Reviewer>,
    request: Request,
    next: Next,
) -> Response {
    if reviewer.operates { next.run(request).await } else { Error::NotFound.into_response() }
}

/// The reviewer whose session the cookie names; a click prolongs it.
async fn reviewer(desk: &Desk, headers: &HeaderMap, is_click: bool) -> Result<Option<Reviewer>, Error> {
    let Some(secret) = token_in(headers, desk.config()) else { return Ok(None) };
    let (home, now) = (desk.home(), desk.now());
    let token = lookup(home, &secret);
    let Some(mut session) = home.ledger().session(token, now).await? else { return Ok(None) };
    let profile: Profile = serde_json::from_str(&session.profile)?;
    let idle_end = now.plus_seconds(desk.config().session_idle_seconds).min(profile.ends_at);
    if is_click && idle_end.seconds_since(session.expires_at) >= RENEW_SECONDS {
        session.expires_at = idle_end;
        home.ledger().put_session(&session).await?;
    }
    let csrf = hex(&home.keys().lookup("console/csrf", &secret));
    let expires_in_seconds = session.expires_at.seconds_since(now);
    Ok(Some(Reviewer {
        id: session.reviewer,
        name: profile.name,
        cells: profile.cells,
        operates: profile.operates,
        csrf,
        expires_in_seconds,
        token,
    }))
}

/// The fields of a form that this session was given, in the order they stand in it.
#[derive(Debug)]
pub(crate) struct SignedForm(Vec<(String, String)>);

impl FromRequest<Desk> for SignedForm {
    type Rejection = Error;

    async fn from_request(mut request: Request, desk: &Desk) -> Result<Self, Error> {
        let reviewer = request.extensions_mut().get::<Reviewer>().cloned().ok_or(Error::WrongToken)?;
        let Form(fields) =
            request.extract_with_state::<Form<Vec<(String, String)>>, _, _>(desk).await.map_err(|_| Error::BadForm)?;
        let form = Self(fields);
        // Both are the keyed hash of a secret, so that how far they agree tells nothing worth knowing.
        if form.get("csrf") == Some(reviewer.csrf.as_str()) { Ok(form) } else { Err(Error::WrongToken) }
    }
}

impl SignedForm {
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Every value of a field that may stand there more than once.
    pub(crate) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

/// Where to sign in, and then come back to; only pages are come back to, never the target of a form.
fn sign_in_url(uri: &Uri) -> String {
    let path = uri.path();
    let is_case = path.strip_prefix("/console/case/").is_some_and(|id| portico_vocab::CaseId::parse(id).is_ok());
    if is_case { format!("/console/sign-in?next={path}") } else { "/console/sign-in".to_owned() }
}

fn lookup(home: &Cell, secret: &[u8; 32]) -> [u8; 32] {
    home.keys().lookup("console/session", secret)
}

const fn cookie_name(config_is_https: bool) -> &'static str {
    if config_is_https { "__Host-portico" } else { "portico" }
}

/// # Errors
/// Never for hex and numbers.
fn cookie(config: &ConsoleConfig, value: &str, seconds: i64) -> Result<HeaderValue, Error> {
    let https = config.is_https();
    let (name, secure) = (cookie_name(https), if https { "; Secure" } else { "" });
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
        .map_err(|_| Error::BadForm)
}

fn token_in(headers: &HeaderMap, config: &ConsoleConfig) -> Option<[u8; 32]> {
    cookie_value(headers, cookie_name(config.is_https())).and_then(unhex)
}

/// The value of one cookie of the request.
pub(crate) fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = text(headers, &header::COOKIE)?.split(';');
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    // `Sha256` is 32 bytes written as 64 hex digits: the same form.
    portico_vocab::Sha256::parse(text).ok().filter(|_| text.len() == 64).map(|digest| *digest.as_bytes())
}
