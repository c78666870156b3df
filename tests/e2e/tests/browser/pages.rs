//! Every page on every screen, by day and by night: nothing sticks out, nothing fails to load.
//!
//! The same walk takes the pictures of docs/screenshots when PORTICO_SCREENSHOTS names a folder; the README of this crate
//! says how.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use portico_e2e::browser::{Scheme, View};
use tempfile::TempDir;

use crate::morning::Morning;
use crate::path::decide_with_limits;
use crate::person::{DESK, POCKET, Person};

/// A narrow desk: half a screen, or a small laptop.
const NARROW: View = View { width: 1024, ..DESK };

/// What docs/screenshots holds.
const PICTURES: [&str; 12] = [
    "front-light",
    "front-dark",
    "phone-light",
    "phone-dark",
    "phone-390",
    "console-queue-light",
    "console-queue-dark",
    "console-case-light",
    "console-case-dark",
    "console-case-390",
    "inbox-light",
    "inbox-dark",
];

#[tokio::test]
async fn every_page_fits_every_screen_in_the_browser() -> Result<()> {
    let album = Album::open()?;
    let morning = Morning::dawns(&album.data).await?;
    let ravi = morning.passes().await?;
    let person = Person::sits_down(&morning.url(), DESK).await?;

    person.goes_to("/console").await?;
    album.looks_at(&person, "sign-in", "[name=reviewer]").await?;
    person.clicks("[value='m.souza']").await?;
    person.clicks(".row-link").await?;
    person.clicks(".hold [aria-keyshortcuts=c]").await?;
    person.reads_in(".hold", "claimed by you").await?;
    person.clicks(".top form[action$=sign-out] button").await?;

    // The newest case is Asha's; deciding it gives the reviewer the one that has waited longest.
    person.clicks("[value='a.reviewer']").await?;
    person.clicks(".row-link").await?;
    decide_with_limits(&person).await?;

    let case = format!("/console/case/{}", ravi.case().await?);
    person.goes_to(&case).await?;
    person.clicks(".hold [aria-keyshortcuts=c]").await?;
    person.reads_in(".hold", "claimed by you").await?;
    person.goes_to(&case).await?;
    person.clicks("[name=outcome][value=approved_limited]").await?;
    person.reads_in("text-preview", "Good news").await?;
    album.looks_at(&person, "console-case", ".pictures img").await?;

    for (name, path, shown) in [
        ("console-queue", "/console", ".row-link"),
        ("console-decided", "/console/decided", ".row-link"),
        ("console-search", "/console/search?q=none", ".empty"),
        ("inbox", "/inbox", ".event.good"),
        ("phone", "/phone", "#chat .picture, [data-specimen=passport] img"),
        ("front", "/", "#last .stage"),
    ] {
        person.goes_to(path).await?;
        album.looks_at(&person, name, shown).await?;
    }
    person.is_content().await?;
    morning.ends().await;
    Ok(())
}

/// Where pictures go, when they are wanted, and where the data of this morning lives meanwhile.
struct Album {
    pictures: Option<PathBuf>,
    data: PathBuf,
    _folder: TempDir,
}

impl Album {
    fn open() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("portico-browser-").tempdir()?;
        let Some(pictures) = std::env::var_os("PORTICO_SCREENSHOTS") else {
            return Ok(Self { pictures: None, data: folder.path().to_path_buf(), _folder: folder });
        };
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(pictures);
        std::fs::create_dir_all(&pictures).with_context(|| format!("cannot make {}", pictures.display()))?;
        // The front page names its data folder as it was given, and pictures shall name no folder of this machine.
        std::env::set_current_dir(folder.path())?;
        Ok(Self { pictures: Some(pictures), data: PathBuf::from(".portico"), _folder: folder })
    }

    /// Looks at the page in every view, once what it shows is there.
    async fn looks_at(&self, person: &Person, page: &str, shown: &str) -> Result<()> {
        let dark = View { scheme: Scheme::Dark, ..DESK };
        for (view, name) in [(POCKET, "390"), (NARROW, "1024"), (DESK, "light"), (dark, "dark")] {
            person.browser().look(view).await?;
            person.sees(shown).await.with_context(|| format!("{page} at {name}"))?;
            person.finds_it_fits().await?;
            let file = format!("{page}-{name}");
            if let Some(folder) = self.pictures.as_ref().filter(|_| PICTURES.contains(&file.as_str())) {
                person.browser().screenshot(&folder.join(file).with_extension("png")).await?;
            }
        }
        person.browser().look(DESK).await
    }
}
