//! Webhooks over HTTP: the product's router on a ledger, the same router with a ledger that keeps nothing, and the plain
//! way, one INSERT a request.

use std::fmt::Write as _;
use std::io::{BufRead as _, stdin};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clap::{Parser, ValueEnum};
use portico_ingress::{CellDoor, IngressConfig, router};
use portico_keys::{CellKeys, DayKey, MasterKey, SeededEntropy};
use portico_ledger::{Intake, LedgerError, SegmentRow};
use portico_telemetry::IngressMetrics;
use portico_vocab::{CellId, Clock as _, CountryCode, PhoneNumberId, WabaId};
use portico_whatsapp::envelope;
use portico_whatsapp::signature::{AppSecret, sign, verify};
use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::net::TcpListener;

use crate::moment::Now;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "106540352242922";
const WABA: &str = "102290129340398";
/// Connections of the plain way; more do not help it.
const PLAIN_POOL: u32 = 16;

#[derive(Clone, Copy, ValueEnum)]
enum Way {
    /// The product's
    Portico,
    /// The product's, on a ledger that keeps nothing
    Nothing,
    /// One INSERT a request
    Insert,
}

#[derive(Parser)]
pub struct Args {
    #[arg(long)]
    way: Way,
    /// Of a database that is there and empty
    #[arg(long, default_value = "memory:")]
    url: String,
}

#[derive(Parser)]
pub struct BodiesArgs {
    file: PathBuf,
}

fn secret() -> Result<AppSecret> {
    Ok(AppSecret::parse(SECRET)?)
}

fn keys() -> Result<CellKeys> {
    let entropy = SeededEntropy::new(1);
    let cell = CellId::of(CountryCode::parse("IN")?);
    Ok(CellKeys::new(cell, MasterKey::generate(&entropy), Arc::new(entropy)))
}

pub async fn serve(args: &Args) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    let (router, writers) = match args.way {
        Way::Nothing => product(Arc::new(Nothing))?,
        Way::Portico => {
            portico_ledger::migrate(&args.url).await?;
            product(Arc::new(Opened(portico_ledger::open(&args.url).await?)))?
        }
        Way::Insert => (plain(&args.url).await?, None),
    };
    let served = async { axum::serve(listener, router).await.context("serving") };
    let written = async {
        match writers {
            Some(writers) => writers.run().await,
            None => std::future::pending().await,
        }
    };
    let ended = tokio::task::spawn_blocking(|| stdin().lock().lines().count());
    tokio::select! {
        served = served => served,
        () = written => Ok(()),
        _ = ended => Ok(()),
    }
}

fn product(ledger: Arc<dyn Intake>) -> Result<(Router, Option<portico_ingress::Writers>)> {
    let keys = keys()?;
    let door = CellDoor {
        cell: keys.cell(),
        phone_number_ids: vec![PhoneNumberId::parse(NUMBER)?],
        waba_ids: vec![WabaId::parse(WABA)?],
        ledger,
        keys,
    };
    let config = IngressConfig::new(vec![secret()?], "token");
    let (router, writers) = router(config, vec![door], Arc::new(Now), IngressMetrics::default())?;
    Ok((router, Some(writers)))
}

/// A ledger's room for webhooks.
struct Opened(Arc<dyn portico_ledger::Ledger>);

/// Keeps nothing, at once.
struct Nothing;

macro_rules! intake {
    ($type:ty, |$it:ident, $segments:ident| $accept:expr, |$day:ident, $wrapped:ident| $key:expr) => {
        #[async_trait]
        impl Intake for $type {
            async fn accept(&self, $segments: &[SegmentRow]) -> Result<(), LedgerError> {
                let $it = self;
                $accept
            }
            async fn day_key(&self, $day: &str, $wrapped: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
                let $it = self;
                $key
            }
            async fn segment(&self, _: [u8; 16]) -> Result<Option<SegmentRow>, LedgerError> {
                Ok(None)
            }
            async fn parked_segments(&self, _: &str, _: u32) -> Result<Vec<SegmentRow>, LedgerError> {
                Ok(Vec::new())
            }
            async fn rewrap_segment(&self, _: [u8; 16], _: &str, _: &str, _: &[u8]) -> Result<bool, LedgerError> {
                Ok(false)
            }
            async fn destroy_day_keys(&self, _: &str) -> Result<u64, LedgerError> {
                Ok(0)
            }
        }
    };
}

intake!(Opened, |it, segments| it.0.accept(segments).await, |day, wrapped| it.0.day_key(day, wrapped).await);
intake!(
    Nothing,
    |_it, segments| {
        std::hint::black_box(segments);
        Ok(())
    },
    |_day, wrapped| Ok(Some(wrapped.to_vec()))
);

#[derive(Clone)]
struct Plain {
    pool: PgPool,
    secrets: Arc<[AppSecret]>,
    key: DayKey,
}

/// Verified, routed and sealed as the product does it; then a row of its own, committed before the answer.
async fn plain(url: &str) -> Result<Router> {
    let pool = PgPoolOptions::new().max_connections(PLAIN_POOL).connect(url).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS plain_inbox (id BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL)")
        .execute(&pool)
        .await?;
    let (key, _) = keys()?.new_day_key(&Now.now().to_date());
    let plain = Plain { pool, secrets: Arc::from([secret()?]), key };
    Ok(Router::new().route("/webhooks/whatsapp", post(insert)).with_state(plain))
}

async fn insert(State(plain): State<Plain>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = headers.get("x-hub-signature-256").and_then(|header| header.to_str().ok());
    if verify(&plain.secrets, header, &body).is_err() || envelope::slices(&body).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let sealed = plain.key.seal("inbox", &[], &body);
    let row = sqlx::query("INSERT INTO plain_inbox (body) VALUES ($1)").bind(sealed);
    match row.execute(&plain.pool).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// How many different webhooks a load has.
const BODIES: usize = 1_000;

/// Webhooks of the shape and size Meta posts, each signed, as a script for wrk.
pub fn bodies(args: &BodiesArgs) -> Result<()> {
    let secret = secret()?;
    let mut script = String::from("local posts = {\n");
    for number in 0..BODIES {
        let body = body(number);
        let signature = sign(&secret, body.as_bytes());
        let _ = writeln!(script, "  {{[==[{body}]==], \"{signature}\"}},");
    }
    script.push_str(concat!(
        "}\nlocal next = 0\nrequest = function()\n  next = next % #posts + 1\n  local post = posts[next]\n",
        "  return wrk.format(\"POST\", \"/webhooks/whatsapp\", ",
        "{[\"Content-Type\"] = \"application/json\", [\"X-Hub-Signature-256\"] = post[2]}, post[1])\nend\n",
        "done = function(summary, latency, requests)\n",
        "  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write",
        " + summary.errors.timeout\n",
        "  io.write(string.format('{\"requests\":%d,\"micros\":%d,\"p50\":%d,\"p99\":%d,\"errors\":%d}\\n', ",
        "summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors))\nend\n",
    ));
    std::fs::write(&args.file, script)?;
    Ok(())
}

fn body(number: usize) -> String {
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": WABA,
            "changes": [{
                "field": "messages",
                "value": {
                    "messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
                    "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": format!("1650555{number:04}"),
                                  "user_id": format!("US.1349120865530274{number:04}")}],
                    "messages": [{
                        "from": format!("1650555{number:04}"),
                        "from_user_id": format!("US.1349120865530274{number:04}"),
                        "id": format!("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTAyMDcyQjlDMzQyRDZFM{number:08}A="),
                        "timestamp": "1795338000",
                        "type": "image",
                        "image": {
                            "caption": "This is my passport, front page, I hope it can be read well enough",
                            "mime_type": "image/jpeg",
                            "sha256": "29ed500fa64eb55fc19dc4124acb300e5dcca0f822a301ae99944db50a6d7f05",
                            "id": format!("13784{number:010}"),
                            "url": format!("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=13784{number:010}\
                                            &ext=1795338300&hash=ARmokeAbCdEfGhIjKlMnOpQrStUvWxYz0123456789"),
                        }
                    }]
                }
            }]
        }]
    })
    .to_string()
}
