//! docs/examples/portico.br.toml as it stands, against the stand-in WhatsApp: migrated, looked at, and then with one
//! thing of Meta's side broken at a time. The real binary throughout.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::doctor::has;

const WABA: &str = "102290129340409";
const NUMBER: &str = "106540352242933";

/// The example in a folder of its own, with free ports, and the stand-in that runs for it.
struct Stood {
    folder: TempDir,
    listen: u16,
    graph: u16,
    stand_in: Option<Child>,
    /// Held, because whoever prints to a reader that has gone is ended.
    _printed: Option<BufReader<ChildStdout>>,
}

impl Drop for Stood {
    fn drop(&mut self) {
        if let Some(mut child) = self.stand_in.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/portico.br.toml")
}

impl Stood {
    fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut stood = Self { folder, listen: free_port()?, graph: free_port()?, stand_in: None, _printed: None };
        let text =
            std::fs::read_to_string(example())?.replace("127.0.0.1:8080", &format!("127.0.0.1:{}", stood.listen));
        let text = text.replace("127.0.0.1:8090", &format!("127.0.0.1:{}", stood.graph));
        std::fs::write(stood.config(), text.replace("/var/lib/portico", &stood.folder.path().display().to_string()))?;
        let migrated = stood.portico("migrate").output()?;
        anyhow::ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let mut child = stood.portico("stand-in").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        // It prints where it is once it listens.
        let out = child.stdout.take().context("no standard output")?;
        stood.stand_in = Some(child);
        let mut first = String::new();
        let mut printed = BufReader::new(out);
        printed.read_line(&mut first)?;
        anyhow::ensure!(!first.is_empty(), "the stand-in did not start");
        stood._printed = Some(printed);
        Ok(stood)
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("portico.toml")
    }

    fn portico(&self, command: &str) -> Command {
        let mut portico = Command::new(env!("CARGO_BIN_EXE_portico"));
        portico.arg(command).arg("--config").arg(self.config()).envs([
            ("PORTICO_APP_SECRET", "0123456789abcdef0123456789abcdef"),
            ("PORTICO_VERIFY_TOKEN", "a-verify-token-of-some-length"),
            ("PORTICO_ACCESS_TOKEN", "EAAtoken"),
            ("PORTICO_BR_MASTER_KEY", "bWFzdGVybWFzdGVybWFzdGVybWFzdGVybWFzdGVybWE="),
            ("PORTICO_CBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            ("PORTICO_CBS_TOKEN", "pk_0123456789abcdef0123456789abcdef"),
        ]);
        portico
    }

    fn doctor(&self) -> Result<(String, Option<i32>)> {
        let output = self.portico("doctor").output()?;
        Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code()))
    }

    /// Changes what Meta knows of the business.
    fn wish(&self, wish: &Value) -> Result<()> {
        let body = wish.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.graph))?;
        write!(
            stream,
            "POST /stand-in HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.graph,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 204"), "{wish}: {answer}");
        Ok(())
    }
}

/// What is broken at Meta's, how it is mended again, the beginning of doctor's line and a word of its mend.
fn broken(callback: &str) -> Vec<(Value, Value, &'static str, &'static str)> {
    let template = json!([{ "name": "resume", "language": "pt_BR", "status": "PAUSED", "category": "UTILITY" }]);
    vec![
        (json!({ "token_alive": false }), json!({ "token_alive": true }), "FAIL  -   token", "new token"),
        (
            json!({ "waba_id": WABA, "subscribed": false }),
            json!({ "waba_id": WABA, "subscribed": true }),
            "FAIL  BR  webhooks",
            "subscribed_apps",
        ),
        (
            json!({ "waba_id": WABA, "override_callback_uri": "https://elsewhere.example/hooks" }),
            json!({ "waba_id": WABA, "override_callback_uri": callback }),
            "FAIL  BR  webhooks",
            "override_callback_uri=",
        ),
        (
            json!({ "waba_id": WABA, "override_callback_uri": "" }),
            json!({ "waba_id": WABA, "override_callback_uri": callback }),
            "warn  BR  webhooks",
            "override_callback_uri",
        ),
        (
            json!({ "waba_id": WABA, "templates": template }),
            json!({ "waba_id": WABA, "templates": [] }),
            "warn  BR  templates",
            "template manager",
        ),
        (
            json!({ "phone_number_id": NUMBER, "status": "DISCONNECTED" }),
            json!({ "phone_number_id": NUMBER, "status": "CONNECTED" }),
            "FAIL  BR  numbers",
            "register it",
        ),
        (
            json!({ "phone_number_id": NUMBER, "quality_rating": "RED" }),
            json!({ "phone_number_id": NUMBER, "quality_rating": "GREEN" }),
            "warn  BR  numbers",
            "what they are sent",
        ),
    ]
}

#[test]
fn the_example_is_accepted_and_what_breaks_at_metas_is_named() {
    let stood = Stood::start().unwrap();
    let (report, status) = stood.doctor().unwrap();
    assert!(!report.contains("FAIL  ") && status == Some(0), "{report}");
    let callback = format!("http://127.0.0.1:{}/webhooks/whatsapp", stood.listen);
    stood.wish(&json!({ "waba_id": WABA, "override_callback_uri": callback })).unwrap();
    for (breaking, mending, head, mend) in broken(&callback) {
        stood.wish(&breaking).unwrap();
        let (report, status) = stood.doctor().unwrap();
        assert!(has(&report, head, mend), "{breaking}: no line `{head} … -> … {mend}` in\n{report}");
        assert_eq!(status, Some(i32::from(head.starts_with("FAIL"))), "{breaking}: {report}");
        stood.wish(&mending).unwrap();
        let (report, status) = stood.doctor().unwrap();
        assert!(!report.lines().any(|line| line.starts_with(head)) && status == Some(0), "{mending}: {report}");
    }
    let text = std::fs::read_to_string(stood.config()).unwrap();
    std::fs::write(stood.config(), text.replace(NUMBER, "106540352242999")).unwrap();
    let (report, _) = stood.doctor().unwrap();
    assert!(has(&report, "FAIL  BR  numbers", "cell.phone_number_ids"), "{report}");
}
