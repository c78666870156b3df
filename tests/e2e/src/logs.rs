//! Everything the process logs, kept, so that a story can prove it tells nobody's number.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use portico_telemetry::Traces;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::traces;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

static KEPT: OnceLock<Kept> = OnceLock::new();

/// As much as our own code ever logs, and of libraries what a bank would see.
const FILTER: &str = "info,portico=debug,s3s=warn,s3s_fs=warn,aws=warn,aws_smithy_runtime=warn,hyper=warn,sqlx=warn";

/// Set to anything, the log is shown as well, for whoever looks for the cause of a failure.
const SHOW: &str = "PORTICO_TEST_LOG";

/// Starts keeping, and tracing; one log serves every story of the process.
pub(crate) fn keep() {
    KEPT.get_or_init(|| {
        let kept = Kept::default();
        let lines = fmt::layer().with_writer(kept.clone()).with_filter(EnvFilter::new(FILTER));
        let traces = traces::start().ok();
        let traces = traces.as_ref().map(Traces::layer);
        let started = tracing_subscriber::registry().with(lines).with(traces).try_init();
        drop(started);
        kept
    });
}

/// The first of `secrets` that stands in the log, with nothing of it but its place in the list.
pub(crate) fn leaked(secrets: &[String]) -> Option<usize> {
    let kept = KEPT.get()?.0.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&kept);
    secrets.iter().position(|secret| text.contains(secret.as_str()))
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::env::var_os(SHOW).is_some() {
            io::stderr().write_all(bytes)?;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
