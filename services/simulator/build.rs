//! Lists the specimen pictures at build time, so that the phone page needs no folder at run time and a picture drawn
//! later is found without a line of code. No folder, no specimens: the page does without the strip.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

const FOLDER: &str = "../../fixtures/images/specimens";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut names: Vec<String> = fs::read_dir(FOLDER)
        .map(|entries| entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "jpg"));
    names.sort();

    let mut table = String::from("&[\n");
    for name in &names {
        let stem = name.trim_end_matches(".jpg");
        let file = format!(r#"concat!(env!("CARGO_MANIFEST_DIR"), "/{FOLDER}/{name}")"#);
        // Writing to a string cannot fail.
        let _ = writeln!(table, "    ({stem:?}, include_bytes!({file})),");
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR for build scripts"))?;
    fs::write(Path::new(&out).join("specimens.rs"), table)
}
