//! Account systems: is their address allowed, does anything answer there, and do our clocks agree. No event is sent.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use portico_relay::{Courier, CourierConfig, Subscriber};
use portico_vocab::Clock;

use super::Line;
use crate::assemble::parts;
use crate::config::Config;

/// S3 refuses requests whose clock is 15 minutes off, Standard Webhooks deliveries five; seconds are the network's.
const SKEW_WARN_S: i64 = 5;
const SKEW_FAIL_S: i64 = 60;

/// A check for each subscriber, so that a slow one costs only its own line.
pub(super) fn look<'a>(config: &'a Config, clock: &'a dyn Clock) -> Vec<(&'static str, BoxFuture<'a, Vec<Line>>)> {
    let both = parts::subscribers(config).map_err(|error| error.to_string()).and_then(|subscribers| {
        let courier = Courier::new(CourierConfig::default()).map_err(|error| error.to_string())?;
        Ok((subscribers, courier))
    });
    match both {
        Ok((subscribers, courier)) => {
            let check = |subscriber| ("subscriber", reach(courier.clone(), subscriber, clock).boxed());
            subscribers.into_iter().map(check).collect()
        }
        Err(error) => {
            let line = Line::fail("-", "subscriber", error, "mend the section");
            vec![("subscriber", async move { vec![line] }.boxed())]
        }
    }
}

async fn reach(courier: Courier, subscriber: Subscriber, clock: &dyn Clock) -> Vec<Line> {
    let name = subscriber.name();
    match courier.reach(&subscriber).await {
        Ok(reached) => {
            let found = format!("{name} answers (HTTP {} to HEAD)", reached.status);
            let mut lines = vec![Line::ok("-", "subscriber", found)];
            lines.extend(reached.at.map(|at| skew(name, clock.now().seconds_since(at))));
            lines
        }
        Err(why) => {
            let mend = "see that subscriber.url is right, its certificate good, and the way there open";
            vec![Line::fail("-", "subscriber", format!("{name}: {why}"), mend)]
        }
    }
}

fn skew(name: &str, ahead_s: i64) -> Line {
    let found = format!("{} s from that of {name}", ahead_s.abs());
    let mend = "let a time service set this machine's clock";
    if ahead_s.abs() <= SKEW_WARN_S {
        Line::ok("-", "clock", format!("agrees with that of {name}"))
    } else if ahead_s.abs() <= SKEW_FAIL_S {
        Line::warn("-", "clock", found, mend)
    } else {
        Line::fail("-", "clock", found, mend)
    }
}
