//! Logs: one line an event on standard error, structured, without personal data (docs/LOGGING.md).

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Libraries log request headers and queries at `info`; ours is the only code trusted to.
const DEFAULT: &str = "info,s3s=warn,s3s_fs=warn,aws=warn,aws_smithy_runtime=warn,hyper=warn,sqlx=warn,tower_http=warn";

/// Starts logging by `filter`, else by `PORTICO_LOG`, else by the default. A second start changes nothing.
pub fn init(filter: Option<&str>) {
    let filter = filter.map(str::to_owned).or_else(|| std::env::var("PORTICO_LOG").ok());
    let filter = filter.unwrap_or_else(|| DEFAULT.to_owned());
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr)
        .try_init();
    // Tests start several processes' worth of Portico in one: the first one's logging serves all.
    drop(started);
}
