//! `portico doctor`: the configuration, proved against the world.
//!
//! One line a check: `ok`, `warn` or `FAIL`, where, what was looked at, what was found, and the mend. *Invariants:* it
//! changes nothing but a probe object that it deletes again; it works beside a running process; no check takes longer
//! than `LIMIT`; no line holds a secret or anything of an applicant.

mod bucket;
mod cell;
mod line;
mod machine;
mod peer;
mod process;
mod record;
mod whatsapp;

use std::io::Write as _;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use portico_vocab::Clock;

use crate::config::Config;
use crate::failure::Failure;
use line::{Line, Verdict};

/// How long one check may take. Nothing answers later than that where it is to be used.
const LIMIT: Duration = Duration::from_secs(10);

/// Looks at everything and prints it.
///
/// # Errors
/// [`Failure::NotSo`] when any line says `FAIL`.
pub async fn run(config: &Config, clock: &dyn Clock) -> Result<(), Failure> {
    let mut checks: Vec<BoxFuture<'_, Vec<Line>>> = vec![within("-", "process", process::look(config)).boxed()];
    for section in &config.cells {
        let country = section.country.as_str();
        checks.push(within(country, "cell", cell::look(config, section, clock)).boxed());
        checks.push(within(country, "database", record::look(section)).boxed());
        checks.push(within(country, "bucket", bucket::look(section, clock)).boxed());
    }
    checks.push(whatsapp::look(config).boxed());
    checks.extend(peer::look(config, clock).into_iter().map(|(name, check)| within("-", name, check).boxed()));
    checks.push(async { machine::look() }.boxed());
    let lines = join_all(checks).await.concat();
    let count = |verdict| lines.iter().filter(|line| line.verdict() == verdict).count();
    let (ok, warned, failed) = (count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail));
    let mut out = std::io::stdout().lock();
    // A reader that has seen enough is no failure.
    let _ = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
    let _ = writeln!(out, "\n{ok} ok, {warned} warn, {failed} FAIL");
    if failed == 0 { Ok(()) } else { Err(Failure::NotSo(format!("{failed} of the checks say FAIL"))) }
}

/// A check that is cut off, and then says so.
async fn within(place: &str, subject: &'static str, check: impl Future<Output = Vec<Line>>) -> Vec<Line> {
    tokio::time::timeout(LIMIT, check).await.unwrap_or_else(|_| {
        let found = format!("no answer within {} s", LIMIT.as_secs());
        vec![Line::fail(place, subject, found, "see that it runs and can be reached from here")]
    })
}
