//! `cargo xtask bench onboarding`: many applicants at once through a whole `dev`, to the reviewer's queue.
//!
//! Everything is real but Meta, and all of it shares this machine's cores: SQLite, embedded S3, the stand-in. Prints one
//! JSON line. The time from a photo to its answer stands beside that of a plain STATUS in the same run: the ratio is what
//! the photo's work costs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use portico::dev::{self, Dev, Options, Tuning};
use portico_simulator::{ApplicantId, Attachment, Pace, SentMessage, Simulator};
use portico_vocab::CountryCode;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Nothing on a machine of this size takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let pictures = args.next().context("usage: onboarding FIXTURES_IMAGES [AT_ONCE] [ROUNDS]")?;
    let at_once: usize = args.next().map_or(Ok(10), |n| n.parse())?;
    let rounds: usize = args.next().map_or(Ok(3), |n| n.parse())?;
    let photos = Arc::new(Photos {
        document: std::fs::read(format!("{pictures}/specimens/passport.jpg"))?,
        selfie: std::fs::read(format!("{pictures}/specimens/selfie_match.jpg"))?,
    });
    let data = tempfile::tempdir()?;
    let dev = start(data.path()).await?;
    let (mut photo_ms, mut status_ms) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for _ in 0..rounds {
        let mut applicants = JoinSet::new();
        for _ in 0..at_once {
            applicants.spawn(one(dev.simulator.clone(), Arc::clone(&photos)));
        }
        while let Some(done) = applicants.join_next().await {
            let times = done??;
            photo_ms.extend(times.photos);
            status_ms.push(times.status);
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let applicants = at_once * rounds;
    println!(
        "{}",
        serde_json::json!({
            "applicants": applicants,
            "at_once": at_once,
            "applicants_a_second": applicants as f64 / seconds,
            "photo_to_reply_ms": { "median": at(&mut photo_ms, 50), "p95": at(&mut photo_ms, 95) },
            "status_to_reply_ms": { "median": at(&mut status_ms, 50), "p95": at(&mut status_ms, 95) },
        })
    );
    dev.simulator.shutdown().await;
    dev.running.stop().await;
    Ok(())
}

struct Photos {
    document: Vec<u8>,
    selfie: Vec<u8>,
}

struct Times {
    photos: Vec<f64>,
    status: f64,
}

async fn start(data: &std::path::Path) -> anyhow::Result<Dev> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let options = Options { data: data.to_owned(), listen: listener.local_addr()?, subscriber: None };
    let tuning = Tuning { pace: Pace::instant(), ..Tuning::default() };
    dev::start(&options, listener, tuning).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))
}

/// One applicant, from hello to the queue.
async fn one(simulator: Simulator, photos: Arc<Photos>) -> anyhow::Result<Times> {
    let who = simulator.new_applicant(CountryCode::parse("IN")?, portico_simulator::Shown::Both)?.id;
    simulator.send_text(&who, "Hello, I want to open an account").await?;
    let notice = next(&simulator, &who, 0, Some("consent:accept")).await?;
    simulator.tap(&who, &notice.wamid, "consent:accept").await?;
    let list = next(&simulator, &who, 1, Some("document:passport")).await?;
    simulator.tap(&who, &list.wamid, "document:passport").await?;
    next(&simulator, &who, 2, None).await?;
    let begun = Instant::now();
    simulator.send_text(&who, "STATUS").await?;
    next(&simulator, &who, 3, None).await?;
    let status = ms(begun);
    let mut times = Vec::new();
    for (place, photo) in [(4, &photos.document), (5, &photos.selfie)] {
        let begun = Instant::now();
        simulator.send_media(&who, Attachment::photo(photo.clone())).await?;
        next(&simulator, &who, place, None).await?;
        times.push(ms(begun));
    }
    Ok(Times { photos: times, status })
}

/// The message at `place`, once it has come; `offers` must be among its buttons.
async fn next(
    simulator: &Simulator,
    who: &ApplicantId,
    place: usize,
    offers: Option<&str>,
) -> anyhow::Result<SentMessage> {
    let begun = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_millis(2));
    loop {
        if let Some(message) = simulator.outbox(who).get(place) {
            match offers {
                Some(id) if !message.offers(id) => bail!("message {place} does not offer {id}"),
                _ => return Ok(message.clone()),
            }
        }
        if begun.elapsed() > PATIENCE {
            bail!("message {place} did not come");
        }
        beat.tick().await;
    }
}

fn ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

/// The value below which `percent` of the others lie, in tenths.
fn at(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(place).map_or(0.0, |value| (value * 10.0).round() / 10.0)
}
