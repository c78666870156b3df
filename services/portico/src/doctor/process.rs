//! The file itself: would `serve` take it, can its secrets be read and by whom, are its addresses free.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Line;
use crate::config::{Config, Secret};
use crate::setting;

const HERE: &str = "-";

pub(super) async fn look(config: &Config) -> Vec<Line> {
    let mut lines = vec![match config.check_for_serve() {
        Ok(()) => Line::ok(HERE, "file", "serve takes it"),
        Err(error) => Line::fail(HERE, "file", format!("serve refuses it: {error}"), "mend the key"),
    }];
    lines.extend(secrets(config));
    lines.push(match setting::texts(config) {
        Ok(texts) => Line::ok(HERE, "texts", format!("in {} languages", texts.languages().count())),
        Err(error) => Line::fail(HERE, "texts", error.to_string(), "mend the file"),
    });
    lines.push(listen("listen", config.listen, "/healthz").await);
    if let Some(address) = config.listen_private {
        lines.push(listen("listen_private", address, "/readyz").await);
    }
    lines
}

/// One line for all that are well, and one for each that is not.
fn secrets(config: &Config) -> Vec<Line> {
    let secrets = config.secrets();
    let mut lines: Vec<_> = secrets.iter().filter_map(|(key, secret)| wrong(key, secret)).collect();
    let well = secrets.len() - lines.len();
    if well > 0 {
        lines.insert(
            0,
            Line::ok(HERE, "secrets", format!("{well} of {} can be read, and by nobody else", secrets.len())),
        );
    }
    lines
}

fn wrong(key: &str, secret: &Secret) -> Option<Line> {
    if let Err(error) = secret.read() {
        return Some(Line::fail(HERE, "secrets", format!("{key}: {error}"), "mend it"));
    }
    let Secret::File { file } = secret else { return None };
    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    // A group is often how a service is let in; everybody never is.
    (mode & 0o007 != 0).then(|| {
        let found = format!("{key}: {} can be read or written by everybody", file.display());
        Line::warn(HERE, "secrets", found, format!("chmod o-rwx {}", file.display()))
    })
}

/// Free, or taken by a Portico that runs already.
async fn listen(key: &'static str, address: SocketAddr, path: &str) -> Line {
    match TcpListener::bind(address).await {
        Ok(_) => Line::ok(HERE, key, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            if is_portico(address, path).await {
                return Line::ok(HERE, key, format!("a Portico listens on {address}"));
            }
            let found = format!("{address} is taken by another process");
            Line::fail(HERE, key, found, "end that one, or choose another address")
        }
        Err(error) => {
            let found = format!("{address} cannot be listened on ({error})");
            Line::fail(HERE, key, found, "choose an address of this machine")
        }
    }
}

/// Whether what listens there answers as ours does: liveness says `ok`, readiness names `ready`.
async fn is_portico(address: SocketAddr, path: &str) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = asked.await.unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    if path == "/healthz" { body.contains("ok") } else { body.contains("\"ready\"") }
}
