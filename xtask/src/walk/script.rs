//! Blocks as one bash script: what a reader would type, with nothing between but where it stands in the document.

use super::pages::{Block, Runs};

/// Says where it stopped and what the other terminals said; waits for a terminal's program to answer, or to die.
const PROLOGUE: &str = r#"#!/usr/bin/env bash
set -euo pipefail
walk_logs=$(mktemp -d)
walk_end() {
  local status=$?
  if [[ $status -ne 0 ]]; then
    echo "stopped at $walk_place" >&2
    for log in "$walk_logs"/*; do echo "── $log"; tail -n 50 "$log"; done >&2
  fi
}
trap walk_end EXIT
walk_until() {
  for _ in {1..600}; do
    curl --silent --fail --output /dev/null "$2" && return
    kill -0 "$1"
    sleep 0.1
  done
  echo "$2 does not answer" >&2
  return 1
}
"#;

/// The script of one document.
pub fn of(blocks: &[Block]) -> String {
    let mut script = PROLOGUE.to_owned();
    for Block { place, commands, runs } in blocks {
        script.push_str(&format!("\nwalk_place='{place}'\necho \"── $walk_place\"\n"));
        match runs {
            Runs::Here => script.push_str(commands),
            Runs::Terminal { until } => {
                script.push_str(&format!("(\n{commands}) > \"$walk_logs/{}.log\" 2>&1 &\n", place.replace('/', "-")));
                script.push_str(&format!("walk_until $! '{until}'\n"));
            }
        }
    }
    script
}

/// Where the sandbox has the binary that stands in for what cargo builds.
pub const BUILT: &str = "/tmp/built";

/// A `cargo` that has built already: it knows the calls that the documents make, and refuses others.
pub fn cargo_that_has_built() -> String {
    format!(
        r#"#!/bin/sh
case "$*" in
  "build --release") mkdir -p target/release && ln -sf {BUILT} target/release/portico ;;
  "run --release -- "*) shift 3; exec {BUILT} "$@" ;;
  *) echo "nothing was built for: cargo $*" >&2; exit 1 ;;
esac
"#
    )
}
