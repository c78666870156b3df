//! Logs: one line an event on standard error, structured, without personal data (docs/WATCHING.md).

use std::io::IsTerminal as _;

use portico_telemetry::Traces;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::failure::Failure;

const DEFAULT: &str = "info";

/// What the targets of our own code begin with.
const OURS: &str = "portico";

/// `text` for a person, `json` for a machine: one object a line.
const FORMAT: &str = "PORTICO_LOG_FORMAT";

/// What may ever be logged, whatever the filter asks for. Below `warn` libraries log headers, addresses, queries and
/// bodies of requests, and nobody reads their every release for it; ours is the only code held to naming nobody.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::WARN
        || crate_name == OURS
        || crate_name.strip_prefix(OURS).is_some_and(|rest| rest.starts_with('_'))
}

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
    let started = tracing_subscriber::registry()
        .with(lines.with_filter(filter_fn(may_be_logged)))
        .with(traces.map(Traces::layer))
        .try_init();
    // Tests start several processes' worth of Portico in one: the first one's logging serves all.
    drop(started);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn below_warn_only_our_own_code_is_heard() {
        let written = Written::default();
        let writer = written.clone();
        let lines = fmt::layer().with_ansi(false).without_time().with_level(false);
        let lines = lines.with_writer(move || writer.clone()).with_filter(EnvFilter::new("trace"));
        let everything = tracing_subscriber::registry().with(lines.with_filter(filter_fn(may_be_logged)));
        tracing::subscriber::with_default(everything, || {
            tracing::trace!(target: "portico_workers::sort", "ours");
            tracing::trace!(target: "portico", "our binary's");
            tracing::warn!(target: "sqlx::query", "a warning");
            tracing::info!(target: "hyper_util::client", "a header");
            tracing::trace!(target: "porticos", "a namesake's");
        });
        let said = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let heard: Vec<_> = said.lines().collect();
        assert_eq!(heard, ["portico_workers::sort: ours", "portico: our binary's", "sqlx::query: a warning"]);
    }
}
