//! Ports and passwords for the servers of the tests.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::Result;

/// Between finding a free port and using it somebody may take it; then others are tried.
pub const PORT_TRIES_MAX: usize = 5;

/// Free ports of the loopback interface, each another one.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    // All are held until the last is found.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// A password nobody can guess: loopback is shared with every account of the machine, and what it opens can run
/// programs (PostgreSQL) or fill the disk.
pub fn password() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ() {
        let ports: [u16; 32] = free_ports().unwrap();
        assert_eq!(ports.iter().collect::<std::collections::BTreeSet<_>>().len(), 32);
    }
}
