//! What each key of the configuration does, seen in the part it is for. What that part then does is its own tests'
//! matter; docs/CONFIGURATION.md names both.

use std::io::Write as _;

use futures::FutureExt as _;
use portico::assemble::parts;
use portico::serve::{self, Listeners, Role};
use portico_console::v1::Scope;
use portico_vocab::{CellId, CountryCode, Language, Sha256};
use portico_whatsapp::texts::{Tell, TextKey};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::sample::Sample;

#[test]
fn the_ingress_gets_secrets_token_ignored_numbers_and_its_limit() {
    let sample = Sample::unmigrated().unwrap();
    let second = sample.file("webhook_secret");
    let config = sample
        .config(
            "app_secrets = [",
            &format!("ignore_phone_number_ids = [\"123456123\"]\napp_secrets = [{{ file = {second:?} }}, "),
        )
        .unwrap();
    let ingress = parts::ingress(&config).unwrap();
    assert_eq!((ingress.app_secrets.len(), ingress.max_body_bytes), (2, 3 * 1024 * 1024));
    assert_eq!(ingress.verify_token, "a-verify-token-of-some-length");
    assert_eq!(ingress.ignore_phone_number_ids.first().map(|id| id.as_str()), Some("123456123"));
    let small = sample.config("\n[whatsapp]", "\n[limits]\nwebhook_bytes = 1000\n[whatsapp]").unwrap();
    assert_eq!(parts::ingress(&small).unwrap().max_body_bytes, 1000);
}

#[test]
fn the_graph_client_gets_address_hosts_token_and_its_limits() {
    let sample = Sample::unmigrated().unwrap();
    let shipped = parts::graph_config(&sample.config("", "").unwrap()).unwrap();
    assert_eq!(shipped.base_url, "https://graph.facebook.com/v25.0");
    assert_eq!((shipped.media_hosts, shipped.allow_http), (vec![String::from("lookaside.fbsbx.com")], false));
    let own = "graph_url = \"http://127.0.0.1:9/v25.0\"\nmedia_hosts = [\"127.0.0.1:9\"]\n";
    let refused = parts::graph(&sample.config("app_secrets", &format!("{own}app_secrets")).unwrap()).err();
    assert!(refused.unwrap().to_string().contains("whatsapp.graph_url"), "http needs allow_http");
    let config = sample.config("app_secrets", &format!("{own}allow_http = true\napp_secrets")).unwrap();
    let graph = parts::graph_config(&config).unwrap();
    assert_eq!((graph.base_url.as_str(), graph.allow_http), ("http://127.0.0.1:9/v25.0", true));
    assert_eq!(graph.media_hosts, ["127.0.0.1:9"]);
    assert!(parts::graph(&config).is_ok());
    let own = "[limits]\nmedia_bytes = 1000\ngraph_timeout_ms = 2000\ngraph_connect_timeout_ms = 300\n[whatsapp]";
    let graph = parts::graph_config(&sample.config("\n[whatsapp]", &format!("\n{own}")).unwrap()).unwrap();
    assert_eq!((graph.max_media_bytes, graph.timeout_ms, graph.connect_timeout_ms), (1_000, 2_000, 300));
    std::fs::write(sample.file("access_token"), "two\nlines").unwrap();
    let refused = parts::graph(&sample.config("", "").unwrap()).err().unwrap().to_string();
    assert!(refused.contains("whatsapp.access_token"), "{refused}");
}

#[test]
fn the_workers_get_their_limits() {
    let sample = Sample::unmigrated().unwrap();
    let own = "[limits]\njobs_at_once = 3\npictures_at_once = 4\njob_lease_ms = 5000\npoll_ms = 6\n[whatsapp]";
    let work = parts::work(&sample.config("[whatsapp]", own).unwrap());
    assert_eq!((work.at_once, work.pictures_at_once, work.lease_ms, work.poll_ms), (3, 4, 5_000, 6));
}

#[test]
fn the_console_gets_its_address_sign_in_and_hold() {
    let sample = Sample::unmigrated().unwrap();
    let console = parts::console(&sample.config("", "").unwrap());
    assert_eq!((console.dev_sign_in, console.is_https(), console.lease_seconds), (false, false, 600));
    let own = "[limits]\nreview_lease_s = 60\n[console]\ndev_sign_in = true\npublic_url = \"https://kyc.example\"\n[whatsapp]";
    let console = parts::console(&sample.config("[whatsapp]", own).unwrap());
    assert_eq!((console.dev_sign_in, console.is_https(), console.lease_seconds), (true, true, 60));
}

#[test]
fn a_subscriber_is_where_it_says_and_gets_what_it_wants() {
    let sample = Sample::unmigrated().unwrap();
    let subscribers = parts::subscribers(&sample.config("", "").unwrap()).unwrap();
    let (all, brazil) = (&subscribers[0], CellId::of(CountryCode::parse("BR").unwrap()));
    assert_eq!((all.name(), all.url().as_str()), ("core-banking", "https://cbs.example/hooks/kyc"));
    assert!(all.wants(brazil, "kyc.case.opened") && all.secrets().len() == 1 && !all.allows_private());
    let config = sample
        .config(
            "url = \"https://cbs.example/hooks/kyc\"",
            "events = [\"kyc.account.approved\"]\nallow_private = true\nurl = \"http://127.0.0.1:9/\"",
        )
        .unwrap();
    let some = &parts::subscribers(&config).unwrap()[0];
    assert!(some.allows_private() && some.wants(brazil, "kyc.account.approved"));
    assert!(!some.wants(brazil, "kyc.case.opened"));
    let rules = parts::rules(&config, &config.cells[0]);
    assert_eq!(
        (rules[0].name.as_str(), rules[0].events.as_slice()),
        ("core-banking", &[String::from("kyc.account.approved")][..])
    );
    assert!(
        parts::subscribers(&sample.config("https://cbs.example", "https://10.0.0.1").unwrap()).is_err(),
        "a private address"
    );
}

#[test]
fn a_client_has_its_cells_scopes_and_tokens() {
    let sample = Sample::unmigrated().unwrap();
    let config = sample.config("", "").unwrap();
    let api = parts::api(&config, &[]).unwrap();
    let client = &api.clients[0];
    assert_eq!((client.name.as_str(), client.cells.as_slice()), ("core-banking", &[config.cells[0].country][..]));
    assert_eq!(client.scopes, [Scope::CaseRead]);
    assert_eq!(client.token_hashes, [Sha256::of(b"pk_0123456789abcdef0123456789abcdef")]);
}

#[test]
fn a_bucket_is_named_placed_and_opened_with_its_keys() {
    let sample = Sample::unmigrated().unwrap();
    let (access, secret) = (sample.file("verify_token"), sample.file("access_token"));
    let keys = format!("access_key = {{ file = {access:?} }}\nsecret_key = {{ file = {secret:?} }}\nname = ");
    let bucket = parts::bucket(&sample.config("\nname = ", &format!("\n{keys}")).unwrap().cells[0]).unwrap();
    assert_eq!((bucket.name.as_str(), bucket.region.as_str()), ("kyc-br", "sa-east-1"));
    assert!(bucket.endpoint.starts_with("embedded:"));
    assert_eq!((bucket.access_key.as_str(), bucket.secret_key.as_str()), ("a-verify-token-of-some-length", "EAAtoken"));
}

#[tokio::test]
async fn a_cell_is_what_its_section_says() {
    let sample = Sample::new().await.unwrap();
    let config = sample.config("", "").unwrap();
    let assembly = sample.assembly(&config).await.unwrap();
    let (cell, door) = (&assembly.cells[0], &assembly.doors[0]);
    assert_eq!((cell.id(), door.cell), (CellId::of(config.cells[0].country), CellId::of(config.cells[0].country)));
    let setting = cell.setting();
    let words = [&setting.bank, &setting.contact, &setting.privacy_url, &setting.handoff_url, &setting.timezone];
    let told = ["Banco Exemplo", "privacy@bank.example", "https://bank.example/kyc", "https://bank.example/branch"];
    assert_eq!(words.map(String::as_str), [told[0], told[1], told[2], told[3], "America/Sao_Paulo"]);
    assert_eq!(setting.duty_hours, "Mon-Fri 09:00-18:00");
    assert_eq!(setting.languages, [Language::parse("pt_BR").unwrap()]);
    assert_eq!(door.phone_number_ids.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["10654035226682"]);
    assert_eq!(door.waba_ids.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["10229012936682"]);
    assert_eq!(cell.policy().choices.id, "default");
    assert!(sample.file("br.db").exists() && sample.file("br.objects").exists());
    // The key that is in force is the one in the file.
    let master = parts::master_key(&config.cells[0]).unwrap();
    assert_eq!(master.to_base64(), "bWFzdGVybWFzdGVybWFzdGVybWFzdGVybWFzdGVybWE=");
}

#[tokio::test]
async fn a_banks_own_texts_and_policy_take_the_place_of_the_shipped() {
    let sample = Sample::new().await.unwrap();
    let folder = sample.path();
    let shipped = include_str!("../../../../pipeline/policy/policies/default.toml");
    let own = shipped.replacen("id = \"default\"", "id = \"own\"", 1);
    assert_ne!(shipped, own);
    std::fs::write(folder.join("own.toml"), own).unwrap();
    std::fs::write(folder.join("pt_BR.ftl"), "wait = Palavras do banco.\n").unwrap();
    let dirs = format!("texts_dir = {folder:?}\npolicies_dir = {folder:?}\nlisten =");
    let text = sample.text().replacen("listen =", &dirs, 1).replacen("languages =", "policy = \"own\"\nlanguages =", 1);
    let assembly = sample.assembly(&portico::config::Config::parse(&text).unwrap()).await.unwrap();
    let cell = &assembly.cells[0];
    assert_eq!(cell.policy().choices.id, "own");
    let key = TextKey::parse("wait").unwrap();
    let told = cell.texts().render(&Language::parse("pt_BR").unwrap(), &Tell::of(key), cell.setting()).unwrap();
    let told = serde_json::to_string(&told).unwrap();
    assert!(told.contains("Palavras do banco."), "{told}");
}

/// The status line of a GET, or why there is none.
async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let answered = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = answered.await.unwrap_or_else(|error| error.to_string());
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_for_operators_is_on_the_private_listener_alone() {
    let sample = Sample::new().await.unwrap();
    let config = sample.config("listen =", "listen_private = \"127.0.0.1:0\"\nlisten =").unwrap();
    let assembly = sample.assembly(&config).await.unwrap();
    let public = serve::bind("listen", config.listen).await.unwrap();
    let private = serve::bind("listen_private", config.listen_private.unwrap()).await.unwrap();
    let (at, private_at) = (public.local_addr().unwrap(), private.local_addr().unwrap());
    let listeners = Listeners { public, private: Some(private) };
    let running = serve::start(assembly, &config, &[Role::Ingress, Role::Console], listeners, None).unwrap();
    assert_eq!(get(at, "/healthz").await, "HTTP/1.1 200 OK");
    for path in ["/metrics", "/readyz", "/v1/whoami", "/console"] {
        assert_eq!(get(at, path).await, "HTTP/1.1 404 Not Found", "{path}");
    }
    assert_eq!(get(private_at, "/metrics").await, "HTTP/1.1 200 OK");
    assert_eq!(get(private_at, "/v1/whoami").await, "HTTP/1.1 401 Unauthorized");
    assert_eq!(get(private_at, "/console").await, "HTTP/1.1 404 Not Found", "no way to sign in, no pages");
    running.stop().await;
}

#[tokio::test]
async fn work_that_takes_longer_than_the_drain_is_cut_off() {
    let sample = Sample::new().await.unwrap();
    let config = sample.config("[whatsapp]", "[limits]\ndrain_ms = 1\n[whatsapp]").unwrap();
    let assembly = sample.assembly(&config).await.unwrap();
    let public = serve::bind("listen", config.listen).await.unwrap();
    let at = public.local_addr().unwrap();
    let running = serve::start(assembly, &config, &[Role::Ingress], Listeners { public, private: None }, None).unwrap();
    let mut dawdling = TcpStream::connect(at).await.unwrap();
    let head =
        "POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: sha256=00\r\ncontent-length: 9\r\n\r\n";
    dawdling.write_all(head.as_bytes()).await.unwrap();
    // The listener has taken the request once it serves the next one.
    assert_eq!(get(at, "/healthz").await, "HTTP/1.1 200 OK");
    running.stop().await;
    let answered = dawdling.read_u8().now_or_never();
    assert!(answered.is_none(), "the request was waited for: {answered:?}");
}

#[test]
fn a_secret_comes_from_a_file_with_its_line_end_forgiven() {
    let sample = Sample::unmigrated().unwrap();
    let mut file = std::fs::File::options().append(true).open(sample.file("verify_token")).unwrap();
    file.write_all(b"\n").unwrap();
    assert_eq!(parts::ingress(&sample.config("", "").unwrap()).unwrap().verify_token, "a-verify-token-of-some-length");
}
