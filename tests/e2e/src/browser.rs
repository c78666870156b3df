//! A headless Chromium for tests: started for one test, gone with it.
//!
//! The driver and the browser are Debian's; `cargo xtask test` says where they are. Pages are driven through
//! [`fantoccini`], which speaks WebDriver; the little that WebDriver lacks (exact size, colour scheme, the console)
//! goes straight to the driver. *Invariant:* neither the driver nor a browser outlives the [`Browser`], and no test
//! shares a profile with another.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the driver may take to end its browsers before it is killed.
const SHUTDOWN_MAX: Duration = Duration::from_secs(5);

/// Chromium without what a test machine lacks (a sandbox for root, a graphics card, a network to phone home) and, as on
/// a phone, without scroll bars that take room.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en-US",
];

/// How a page is looked at: its inner size in CSS pixels and the colour scheme the reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    pub width: u32,
    pub height: u32,
    pub scheme: Scheme,
}

/// The reader's `prefers-color-scheme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// A browser of one test. Dropping it ends the browser and its driver.
pub struct Browser {
    client: Client,
    session: String,
    http: reqwest::Client,
    driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// Starts a driver on a free port and a browser with a fresh profile.
    ///
    /// # Errors
    /// Names the variable that is missing when not run by `cargo xtask test`.
    pub async fn start(view: View) -> Result<Self> {
        let chromium = program("PORTICO_TEST_CHROMIUM")?;
        let driver = Driver::start(&program("PORTICO_TEST_CHROMEDRIVER")?)?;
        let profile = tempfile::Builder::new().prefix("portico-browser-").tempdir()?;
        let mut flags: Vec<String> = FLAGS.map(String::from).to_vec();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let wishes = json!({
            "goog:chromeOptions": {"binary": chromium, "args": flags},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let Value::Object(wishes) = wishes else { bail!("capabilities are an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&driver.url())
            .await
            .context("the browser did not start")?;
        let session = client.session_id().await?.context("the driver opened no session")?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let browser = Self { client, session, http, driver, _profile: profile };
        browser.look(view).await?;
        Ok(browser)
    }

    /// The current tab, to go somewhere, find things and click.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Looks at the current tab in another size or scheme. A new tab starts with the browser's own.
    pub async fn look(&self, View { width, height, scheme }: View) -> Result<()> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        // Without movement a page looks as it will stay, at once.
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
        let features: Vec<_> = features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await
    }

    /// Writes a PNG of what the current tab shows.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        let png = self.client.screenshot().await?;
        std::fs::write(path, png).with_context(|| format!("cannot write {}", path.display()))
    }

    /// What the browser complained about since this was last asked: script errors, refusals by the content security
    /// policy, resources that did not load. A page of ours gives it no cause.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.command("se/log", json!({"type": "browser"})).await?;
        let entries = log.as_array().context("the browser's log is a list")?;
        let is_complaint = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        Ok(entries.iter().filter(is_complaint).map(|entry| entry["message"].to_string()).collect())
    }

    /// Addresses asked over the network since this was last asked, by pages and by the browser for them.
    pub async fn asked(&self) -> Result<Vec<String>> {
        let log = self.command("se/log", json!({"type": "performance"})).await?;
        let mut asked = Vec::new();
        for entry in log.as_array().context("the log of requests is a list")? {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default())?;
            let url = event["message"]["params"]["request"]["url"].as_str();
            let is_request = event["message"]["method"] == "Network.requestWillBeSent";
            // The browser's own pages, and pictures a page made itself, are no network.
            asked.extend(url.filter(|url| is_request && url.starts_with("http")).map(String::from));
        }
        Ok(asked)
    }

    /// A command of the DevTools protocol, in the current tab.
    async fn devtools(&self, command: &str, params: Value) -> Result<()> {
        self.command("goog/cdp/execute", json!({"cmd": command, "params": params})).await.map(|_| ())
    }

    /// A command that WebDriver does not know and this driver does.
    async fn command(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/session/{}/{path}", self.driver.url(), self.session);
        let answer = self.http.post(url).body(body.to_string()).send().await?;
        let status = answer.status();
        let mut answer: Value = serde_json::from_str(&answer.text().await?)?;
        if !status.is_success() {
            bail!("{path}: {}", answer["value"]["message"]);
        }
        Ok(answer["value"].take())
    }
}

/// A running ChromeDriver.
struct Driver {
    process: Child,
    port: u16,
    // Kept open, so that the driver can go on printing.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    fn start(program: &Path) -> Result<Self> {
        let mut driver = Command::new(program);
        driver.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = driver.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut output = BufReader::new(process.stdout.take().context("the driver has no output")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some(port) = announced_port(&line) {
                return Ok(Self { process, port, _output: output });
            }
            line.clear();
        }
        process.wait()?;
        bail!("{} ended before it said its port", program.display())
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks the driver to end all browsers and itself, and waits for its answer.
    fn shut_down(&self) -> std::io::Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let mut stream = TcpStream::connect_timeout(&address, SHUTDOWN_MAX)?;
        stream.set_read_timeout(Some(SHUTDOWN_MAX))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read(&mut [0; 64]).map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killing the driver would orphan its browsers, so that comes only when it does not listen any more.
        if self.shut_down().is_err() {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }
}

/// The port in `ChromeDriver was started successfully on port 42229.`
fn announced_port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim().trim_end_matches('.').parse().ok()
}

fn program(variable: &str) -> Result<std::path::PathBuf> {
    let path = std::env::var_os(variable);
    let path = path.with_context(|| format!("{variable} is not set: run the tests by `cargo xtask test`"))?;
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use fantoccini::Locator;

    use super::*;

    const PAGE: &str = "<!doctype html><title>A page</title><meta name=color-scheme content='light dark'>\
        <meta http-equiv=Content-Security-Policy content=\"img-src 'none'\"><img src=/refused>\
        <button onclick=\"this.textContent = 'pressed'; console.error('ouch')\">press</button>";

    const PHONE: View = View { width: 390, height: 640, scheme: Scheme::Light };

    /// Serves one page to whoever asks, until the test ends; returns its URL.
    fn serve(page: &'static str) -> Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}/", listener.local_addr()?);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
                let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
            }
        });
        Ok(url)
    }

    /// Width and height, from the header of a PNG file.
    fn png_size(png: &[u8]) -> Option<(u32, u32)> {
        let number = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
        (png.starts_with(b"\x89PNG")).then_some((number(16)?, number(20)?))
    }

    #[tokio::test]
    async fn a_page_is_opened_clicked_and_pictured() -> Result<()> {
        let browser = Browser::start(PHONE).await?;
        let client = browser.client();
        client.goto(&serve(PAGE)?).await?;
        assert_eq!(client.title().await?, "A page");
        let complaints = browser.complaints().await?;
        assert!(complaints.iter().any(|words| words.contains("Content Security Policy")), "{complaints:?}");
        let asked = browser.asked().await?;
        assert!(!asked.is_empty() && asked.iter().all(|url| url.starts_with("http://127.0.0.1:")), "{asked:?}");

        client.find(Locator::Css("button")).await?.click().await?;
        assert_eq!(client.find(Locator::Css("button")).await?.text().await?, "pressed");
        let complaints = browser.complaints().await?;
        assert!(complaints.len() == 1 && complaints[0].contains("ouch"), "{complaints:?}");

        let folder = tempfile::tempdir()?;
        let (light, dark) = (folder.path().join("light.png"), folder.path().join("dark.png"));
        browser.screenshot(&light).await?;
        browser.look(View { scheme: Scheme::Dark, ..PHONE }).await?;
        browser.screenshot(&dark).await?;
        let (light, dark) = (std::fs::read(light)?, std::fs::read(dark)?);
        assert_eq!(png_size(&light), Some((PHONE.width, PHONE.height)));
        assert_ne!(light, dark, "the page follows the scheme");
        Ok(())
    }

    #[tokio::test]
    async fn nothing_outlives_the_browser() -> Result<()> {
        let browser = Browser::start(PHONE).await?;
        let (port, profile) = (browser.driver.port, browser._profile.path().to_path_buf());
        drop(browser);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "the driver is gone");
        assert!(!profile.exists(), "the profile is gone");
        Ok(())
    }

    #[test]
    fn the_port_is_read_from_what_the_driver_says() {
        assert_eq!(announced_port("ChromeDriver was started successfully on port 42229.\n"), Some(42229));
        assert_eq!(announced_port("Starting ChromeDriver 156.0 on port 0\n"), None);
    }
}
