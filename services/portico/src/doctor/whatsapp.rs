//! Meta's side: the app's secret, the token, each number and account, where webhooks go, and templates.
//!
//! One question after the other, each within its own time; when the first is not answered the rest is not asked.

use portico_graph::{Graph, GraphError, NameState, NumberState, Permission, Quality, TemplateState, TokenStatus};
use portico_vocab::{PhoneNumberId, WabaId};

use super::{LIMIT, Line};
use crate::assemble::parts;
use crate::config::{CellConfig, Config};

const APP_SECRET_CHARS: usize = 32;
const VERIFY_TOKEN_CHARS: usize = 16;

pub(super) async fn look(config: &Config) -> Vec<Line> {
    let mut lines = secrets(config);
    let graph = match parts::graph(config) {
        Ok(graph) => graph,
        Err(error) => {
            lines.push(Line::fail("-", "graph", error.to_string(), "mend the section [whatsapp]"));
            return lines;
        }
    };
    let token = match ask(graph.token()).await {
        Ok(token) => token,
        Err(error) => {
            lines.push(Line::fail("-", "token", said(&error), mend(&error)));
            return lines;
        }
    };
    lines.push(standing(&token));
    for section in &config.cells {
        for waba in &section.waba_ids {
            lines.extend(account(config, section, &graph, &token, waba).await);
        }
        lines.extend(numbers(config, section, &graph).await);
    }
    lines
}

/// What Meta's dashboard shows is 32 hex digits; a verify token is our own, and only has to be hard to guess.
fn secrets(config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    for secret in config.whatsapp.app_secrets.iter().filter_map(|secret| secret.read().ok()) {
        let sane = secret.len() == APP_SECRET_CHARS && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        lines.push(if sane {
            Line::ok("-", "app secret", "has the form of one")
        } else {
            let mend = "copy it from the app's dashboard: Settings, Basic, App secret";
            Line::warn("-", "app secret", "is not 32 hex digits, as Meta's are", mend)
        });
    }
    if let Ok(token) = config.whatsapp.verify_token.read() {
        lines.push(if token.chars().count() >= VERIFY_TOKEN_CHARS {
            Line::ok("-", "verify token", "long enough not to be guessed")
        } else {
            let found = format!("shorter than {VERIFY_TOKEN_CHARS} characters");
            Line::warn("-", "verify token", found, "choose a random one, here and in Meta's dashboard")
        });
    }
    lines
}

/// One question within its time.
async fn ask<T>(question: impl Future<Output = Result<T, GraphError>>) -> Result<T, GraphError> {
    let late = GraphError::Unreachable(portico_graph::Unreachable::TimedOut);
    tokio::time::timeout(LIMIT, question).await.unwrap_or(Err(late))
}

fn said(error: &GraphError) -> String {
    match error {
        GraphError::Refused(error) if error.code == 190 => {
            String::from("the access token is dead or expired (code 190)")
        }
        GraphError::Refused(error) => format!("WhatsApp refused the question (code {})", error.code),
        other => other.to_string(),
    }
}

const fn mend(error: &GraphError) -> &'static str {
    match error {
        GraphError::Unreachable(_) => "see that whatsapp.graph_url is right and the way there open",
        GraphError::Refused(_) => "make a new token of the system user and set whatsapp.access_token",
        GraphError::NotVisible => "check the id, and that the system user is assigned to the account",
        _ => "see that whatsapp.graph_url is the Graph API",
    }
}

fn standing(token: &TokenStatus) -> Line {
    if !token.valid {
        let mend = "make a new token of the system user and set whatsapp.access_token";
        return Line::fail("-", "token", "WhatsApp says that it is not valid", mend);
    }
    let never = "make one of a system user that never expires";
    match (token.kind.as_deref(), token.expires_at) {
        (_, Some(at)) => Line::warn("-", "token", format!("it ends at {}", at.to_rfc3339()), never),
        (Some(kind), None) if kind != "SYSTEM_USER" => {
            Line::warn("-", "token", format!("it is of the kind {kind}, somebody's own"), never)
        }
        _ => Line::ok("-", "token", "works and does not expire"),
    }
}

/// What the token may do there, who gets its webhooks, and its templates.
async fn account(
    config: &Config,
    section: &CellConfig,
    graph: &Graph,
    token: &TokenStatus,
    waba: &WabaId,
) -> Vec<Line> {
    let place = section.country.as_str();
    let mut lines = Vec::new();
    for permission in Permission::ALL.into_iter().filter(|permission| !token.may(*permission, waba)) {
        let found = format!("the token lacks {} on the account {waba}", permission.as_str());
        lines.push(Line::fail(place, "token", found, "assign the account to the system user and make a new token"));
    }
    lines.push(match ask(graph.subscriptions(waba)).await {
        Ok(apps) => {
            let ours = apps.iter().find(|app| token.app_id.as_ref().is_none_or(|id| *id == app.app_id));
            let found = ours.map(|app| app.override_callback_uri.as_deref());
            subscription(config, place, waba, found)
        }
        Err(error) => Line::fail(place, "webhooks", format!("account {waba}: {}", said(&error)), mend(&error)),
    });
    lines.push(match ask(graph.templates(waba)).await {
        Ok(templates) => {
            let unusable = |state: &TemplateState| !matches!(state, TemplateState::Approved);
            let named: Vec<_> = templates
                .iter()
                .filter(|t| unusable(&t.state))
                .map(|t| format!("{} {} {}", t.name, t.language, t.state))
                .collect();
            let found = format!(
                "no text of this build needs one; {} of {} approved",
                templates.len() - named.len(),
                templates.len()
            );
            if named.is_empty() {
                Line::ok(place, "templates", found)
            } else {
                Line::warn(place, "templates", format!("{found}; {}", named.join(", ")), "see Meta's template manager")
            }
        }
        Err(error) => Line::fail(place, "templates", format!("account {waba}: {}", said(&error)), mend(&error)),
    });
    lines
}

/// `found`: none when our app is not subscribed, else its override of this account.
fn subscription(config: &Config, place: &str, waba: &WabaId, found: Option<Option<&str>>) -> Line {
    let Some(callback) = found else {
        let found = format!("this app is not subscribed to the account {waba}: no webhook is sent");
        return Line::fail(place, "webhooks", found, format!("POST /{waba}/subscribed_apps"));
    };
    let Some(callback) = callback else {
        let found = format!("the account {waba} has no override: its messages go to the app's own address");
        let mend = "subscribe it with override_callback_uri, so that a country's bytes are read in the country only";
        return Line::warn(place, "webhooks", found, mend);
    };
    match expected(config) {
        Some(expected) if expected == callback => {
            Line::ok(place, "webhooks", format!("the account {waba} sends to {callback}"))
        }
        Some(expected) => {
            let found = format!("the account {waba} sends to {callback}, not to {expected}");
            Line::fail(place, "webhooks", found, format!("subscribe it with override_callback_uri={expected}"))
        }
        None => {
            let found = format!("the account {waba} sends to {callback}, and whether that is here is not known");
            Line::warn(place, "webhooks", found, "set public_url")
        }
    }
}

/// Where Meta is to post to.
fn expected(config: &Config) -> Option<String> {
    config.public_url.as_ref().map(|url| format!("{}/webhooks/whatsapp", url.trim_end_matches('/')))
}

/// Each number of the cell: of one of its accounts, able to send, its webhooks coming here; and numbers nobody claims.
async fn numbers(config: &Config, section: &CellConfig, graph: &Graph) -> Vec<Line> {
    let place = section.country.as_str();
    let (mut lines, mut owned) = (Vec::new(), Vec::new());
    for waba in &section.waba_ids {
        match ask(graph.numbers_of(waba)).await {
            Ok(numbers) => owned.extend(numbers),
            Err(error) => {
                lines.push(Line::fail(place, "numbers", format!("account {waba}: {}", said(&error)), mend(&error)));
                return lines;
            }
        }
    }
    for number in &section.phone_number_ids {
        if !owned.contains(number) {
            let found = format!("{number} belongs to none of the cell's accounts");
            lines.push(Line::fail(place, "numbers", found, "mend cell.waba_ids or cell.phone_number_ids"));
            continue;
        }
        lines.extend(state(config, place, graph, number).await);
    }
    let claimed = |number: &PhoneNumberId| {
        let ignored = &config.whatsapp.ignore_phone_number_ids;
        ignored.contains(number) || config.cells.iter().any(|cell| cell.phone_number_ids.contains(number))
    };
    for number in owned.iter().filter(|number| !claimed(number)) {
        let found = format!("{number} is of the cell's account and of no cell: its webhooks are answered 503");
        let mend = "add it to the cell, or to whatsapp.ignore_phone_number_ids";
        lines.push(Line::warn(place, "numbers", found, mend));
    }
    lines
}

async fn state(config: &Config, place: &str, graph: &Graph, number: &PhoneNumberId) -> Vec<Line> {
    let status = match ask(graph.number(number)).await {
        Ok(status) => status,
        Err(error) => {
            return vec![Line::fail(place, "numbers", format!("{number}: {}", said(&error)), mend(&error))];
        }
    };
    let mut lines = vec![match &status.state {
        Some(NumberState::Connected) => Line::ok(place, "numbers", format!("{number} sends and receives")),
        Some(state @ (NumberState::Flagged | NumberState::Restricted | NumberState::RateLimited)) => {
            Line::warn(place, "numbers", format!("{number} is {state}"), "see its quality in Meta's manager")
        }
        Some(state) => Line::fail(place, "numbers", format!("{number} is {state}"), "register it with the Cloud API"),
        None => {
            Line::warn(place, "numbers", format!("{number}: WhatsApp does not say its state"), "see Meta's manager")
        }
    }];
    if status.quality == Some(Quality::Red) {
        let found = format!("{number} is rated low: people block or report it");
        lines.push(Line::warn(place, "numbers", found, "see what they are sent"));
    }
    if let Some(name @ (NameState::None | NameState::Declined | NameState::Expired)) = &status.name_state {
        let found = format!("the display name of {number} is {name}: messages are refused");
        lines.push(Line::fail(place, "numbers", found, "have a display name approved in Meta's manager"));
    }
    // A number's own override goes before the account's.
    if let (Some(own), Some(expected)) = (&status.callbacks.phone_number, expected(config))
        && *own != expected
    {
        let found = format!("{number} has an override of its own and sends to {own}");
        lines.push(Line::fail(place, "webhooks", found, format!("set it to {expected}, or remove it")));
    }
    lines
}
