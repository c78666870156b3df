//! This machine and this build: what stands between an applicant's bytes and us, and what no machine judges yet.

use std::fs;

use super::Line;

const HERE: &str = "-";

pub(super) fn look() -> Vec<Line> {
    let mut lines = vec![sandbox(), models()];
    if is_root() {
        let found = "this process runs as root";
        lines.push(Line::warn(HERE, "user", found, "give it an account of its own"));
    }
    lines
}

/// This build decodes in its own process. Whoever reads this should know, and what the kernel would offer.
fn sandbox() -> Line {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let layers = [
        ("seccomp", !read("/proc/sys/kernel/seccomp/actions_avail").is_empty()),
        ("Landlock", read("/sys/kernel/security/lsm").contains("landlock")),
        ("user namespaces", read("/proc/sys/user/max_user_namespaces").trim().parse::<u64>().is_ok_and(|max| max > 0)),
    ];
    let offered: Vec<_> = layers.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
    let offered = if offered.is_empty() { String::from("none that can be seen") } else { offered.join(", ") };
    let found =
        format!("pictures are decoded in this process, not in a child of their own (this kernel offers: {offered})");
    Line::warn(HERE, "sandbox", found, "confine the whole process: the container or the systemd unit does")
}

fn models() -> Line {
    let found = "this build reads no text, codes or faces by machine: these checks are `unavailable`";
    Line::warn(HERE, "models", found, "reviewers attest them, case by case")
}

/// By the effective user id, the second of four.
fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.and_then(|ids| ids.split_whitespace().nth(1)).is_some_and(|id| id == "0")
}
