//! Logs: one line an event on standard error, structured, without personal data (docs/WATCHING.md).

use std::io::IsTerminal as _;

use portico_telemetry::Traces;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::failure::Failure;

/// Libraries log request headers and queries at `info`; ours is the only code trusted to.
const DEFAULT: &str = "info,s3s=warn,s3s_fs=warn,aws=warn,aws_smithy_runtime=warn,hyper=warn,sqlx=warn,tower_http=warn";

/// `text` for a person, `json` for a machine: one object a line.
const FORMAT: &str = "PORTICO_LOG_FORMAT";

/// Starts logging by `filter`, else by `PORTICO_LOG`, else by the default; with `traces`, spans become traces as well.
/// A second start changes nothing.
///
/// # Errors
/// When the filter or `PORTICO_LOG_FORMAT` is none.
pub fn init(filter: Option<&str>, traces: Option<&Traces>) -> Result<(), Failure> {
    let filter = filter.map(str::to_owned).or_else(|| std::env::var("PORTICO_LOG").ok());
    let filter = filter.unwrap_or_else(|| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(&filter).map_err(|error| {
        Failure::Usage(format!("--log, PORTICO_LOG: expected a filter such as info or portico_workers=debug: {error}"))
    })?;
    // A journal keeps escape codes as rubbish.
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let lines = match std::env::var(FORMAT).as_deref() {
        Err(_) | Ok("" | "text") => lines.with_filter(filter).boxed(),
        Ok("json") => lines.json().flatten_event(true).with_current_span(false).with_filter(filter).boxed(),
        Ok(other) => {
            return Err(Failure::Usage(format!(
                "{FORMAT}: expected text or json, not {other:?}: set it or leave it out"
            )));
        }
    };
    let started = tracing_subscriber::registry().with(lines).with(traces.map(Traces::layer)).try_init();
    // Tests start several processes' worth of Portico in one: the first one's logging serves all.
    drop(started);
    Ok(())
}
