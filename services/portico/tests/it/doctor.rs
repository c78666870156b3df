//! The real binary, asked to look at a configuration with one thing broken at a time.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::sample::Sample;

/// What doctor prints, and its exit status.
fn doctor(config: &Path) -> (String, Option<i32>) {
    let ran = Command::new(env!("CARGO_BIN_EXE_portico")).arg("doctor").arg("--config").arg(config).output();
    ran.map_or_else(
        |error| (error.to_string(), None),
        |output| (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code()),
    )
}

/// A line that begins with `head` and ends in a mend that holds `mend`.
pub fn has(report: &str, head: &str, mend: &str) -> bool {
    report
        .lines()
        .any(|line| line.starts_with(head) && line.rsplit(" -> ").next().is_some_and(|end| end.contains(mend)))
}

/// Breaks one thing in the folder or in the text of the configuration.
type Break = fn(&Sample, String) -> String;

/// What is broken, the beginning of the line that says so, and a word of its mend.
const BROKEN: &[(&str, Break, &str, &str)] = &[
    ("a secret everybody can read", open_secret, "warn  -   secrets", "chmod o-rwx"),
    (
        "a secret that is gone",
        |sample, text| {
            let _ = std::fs::remove_file(sample.file("verify_token"));
            text
        },
        "FAIL  -   secrets",
        "mend",
    ),
    (
        "a short verify token",
        |sample, text| {
            let _ = std::fs::write(sample.file("verify_token"), "short");
            text
        },
        "warn  -   verify token",
        "choose a random one",
    ),
    (
        "no app secret of Meta's",
        |sample, text| {
            let _ = std::fs::write(sample.file("app_secret"), "my secret");
            text
        },
        "warn  -   app secret",
        "dashboard",
    ),
    ("a database that was never migrated", |_, text| text.replace("br.db", "new.db"), "FAIL  BR  database", "see that"),
    (
        "a master key that is none",
        |sample, text| {
            let _ = std::fs::write(sample.file("master"), "c2hvcnQ=");
            text
        },
        "FAIL  BR  master key",
        "restore",
    ),
    (
        "a bucket that is a file",
        |sample, text| {
            let _ = std::fs::write(sample.file("br.objects"), "");
            text
        },
        "FAIL  BR  bucket",
        "mend cell.bucket",
    ),
    (
        "a bucket in another country",
        |sample, text| {
            let keys =
                format!("access_key = {{ file = {0:?} }}\nsecret_key = {{ file = {0:?} }}", sample.file("master"));
            let endpoint = format!("embedded:{}/br.objects\"", sample.path().display());
            text.replace(&endpoint, &format!("https://s3.eu-west-1.amazonaws.com\"\n{keys}"))
        },
        "FAIL  BR  region",
        "in the country",
    ),
    (
        "texts that are none",
        |sample, text| {
            let _ = std::fs::write(sample.file("pt_BR.ftl"), "no text");
            format!("texts_dir = {:?}\n{text}", sample.path())
        },
        "FAIL  -   texts",
        "mend",
    ),
    (
        "a policy there is none of",
        |_, text| text.replace("languages =", "policy = \"lax\"\nlanguages ="),
        "FAIL  BR  policy",
        "name another",
    ),
    (
        "nobody signed the capture off",
        |_, text| text.replace("capture_signoff =", "# "),
        "warn  BR  capture",
        "capture_signoff",
    ),
    ("a subscriber that is not there", |_, text| text, "FAIL  -   subscriber", "subscriber.url"),
    (
        "a subscriber inside our network",
        |_, text| text.replace("allow_private = true", "allow_private = false").replace("http://127", "https://127"),
        "FAIL  -   subscriber",
        "section",
    ),
    (
        "what serve refuses",
        |_, text| text.replace("listen = \"127.0.0.1", "listen = \"0.0.0.0"),
        "FAIL  -   file",
        "mend",
    ),
    (
        "an address of another machine",
        |_, text| format!("listen_private = \"192.0.2.1:9090\"\n{text}"),
        "FAIL  -   listen_private",
        "this machine",
    ),
    ("WhatsApp that does not answer", |_, text| text, "FAIL  -   token", "graph_url"),
];

fn open_secret(sample: &Sample, text: String) -> String {
    let _ = std::fs::set_permissions(sample.file("verify_token"), std::fs::Permissions::from_mode(0o644));
    text
}

/// The sample, with a Graph API and a subscriber at a port where nobody listens.
fn unpeered(sample: &Sample) -> String {
    let text = sample.text().replace("languages =", "capture_signoff = \"Legal\"\nlanguages =");
    let whatsapp = "[whatsapp]\ngraph_url = \"http://127.0.0.1:1/v25.0\"\nallow_http = true";
    let text = text.replace("[whatsapp]", whatsapp);
    text.replace("https://cbs.example/hooks/kyc\"", "http://127.0.0.1:1/hooks\"\nallow_private = true")
}

#[tokio::test]
async fn each_broken_thing_gives_its_line_and_its_mend() {
    for (what, break_it, head, mend) in BROKEN {
        let sample = Sample::new().await.unwrap();
        let text = break_it(&sample, unpeered(&sample));
        let config = sample.file("portico.toml");
        std::fs::write(&config, text).unwrap();
        let (report, status) = doctor(&config);
        assert!(has(&report, head, mend), "{what}: no line `{head} … -> … {mend}` in\n{report}");
        assert_eq!(status, Some(1), "{what}: {report}");
    }
}
