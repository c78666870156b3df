//! The systemd unit of docs/install, read by systemd itself. There is no command for this: it is a test.

use std::path::Path;
use std::process::Command;

use crate::workspace::output;

const UNIT: &str = include_str!("../../docs/install/portico@.service");
const SCHEMA: &str = include_str!("../../docs/config.schema.json");

/// In tenths, as `systemd-analyze security` rates it: 0 cannot do anything, 100 can do everything.
const EXPOSURE_MAX: &str = "12";

/// Writes the unit where systemd reads it, starting a program that is there.
fn installed(folder: &Path) -> std::path::PathBuf {
    let program = std::env::current_exe().unwrap();
    let unit = folder.join("portico@.service");
    std::fs::write(&unit, UNIT.replace("/usr/bin/portico", &program.display().to_string())).unwrap();
    unit
}

fn setting(name: &str) -> &'static str {
    let line = UNIT.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("the unit sets no {name}"))
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let verified = Command::new("systemd-analyze").arg("verify").arg(installed(folder.path())).output();
    let verified = verified.expect("run `cargo xtask test`, which installs systemd's own tools");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.is_empty(), "{said}");
}

#[test]
fn the_unit_is_as_closed_as_we_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--no-pager", "--offline=true"]).arg(format!("--threshold={EXPOSURE_MAX}"));
    output(security.arg(installed(folder.path()))).unwrap();
}

#[test]
fn systemd_waits_for_longer_than_portico_drains() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let drain_ms = schema["$defs"]["Limits"]["properties"]["drain_ms"]["default"].as_u64().unwrap();
    let stop_s: u64 = setting("TimeoutStopSec").strip_suffix('s').unwrap().parse().unwrap();
    assert!(stop_s * 1000 >= 2 * drain_ms, "TimeoutStopSec={stop_s}s, limits.drain_ms={drain_ms}");
}
