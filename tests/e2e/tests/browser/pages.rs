//! Every page on every screen, by day and by night: nothing sticks out, nothing fails to load.
//!
//! The same walk takes the pictures in docs/screenshots, when PORTICO_SCREENSHOTS names a folder (README.md beside
//! this crate says how).

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use portico_e2e::browser::{Scheme, View};
use tempfile::TempDir;

use crate::morning::Morning;
use crate::path::decide_with_limits;
use crate::person::{DESK, POCKET, Person};

/// A narrow desk: half a screen, or a small laptop.
const NARROW: View = View { width: 1024, ..DESK };

#[tokio::test]
async fn every_page_fits_every_screen_in_the_browser() -> Result<()> {
    let album = Album::open()?;
    let morning = Morning::dawns(&album.data).await?;
    let ravi = morning.passes().await?;
    let person = Person::sits_down(&morning.url(), DESK).await?;

    album.looks_at(&person, "sign-in", "/console", "[name=reviewer]").await?;
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
    album.looks_at(&person, "console-case", &case, ".pictures img").await?;
    album.looks_at(&person, "console-queue", "/console", ".row-link").await?;
    album.looks_at(&person, "console-decided", "/console/decided", ".outcome, .row-link").await?;
    album.looks_at(&person, "inbox", "/inbox", ".event.good").await?;
    album.looks_at(&person, "phone", "/phone", ".message.mine .picture, [data-specimen=passport] img").await?;
    album.looks_at(&person, "front", "/", "#last .stage").await?;
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

    /// Opens a page, waits until `shown` is there, and looks at it in every view.
    async fn looks_at(&self, person: &Person, name: &str, path: &str, shown: &str) -> Result<()> {
        person.goes_to(path).await?;
        let dark = |view| View { scheme: Scheme::Dark, ..view };
        for (suffix, view) in
            [("390", POCKET), ("390-dark", dark(POCKET)), ("1024", NARROW), ("light", DESK), ("dark", dark(DESK))]
        {
            person.browser().look(view).await?;
            person.sees(shown).await?;
            person.finds_it_fits().await?;
            if let Some(pictures) = &self.pictures {
                person.browser().screenshot(&pictures.join(format!("{name}-{suffix}.png"))).await?;
            }
        }
        person.browser().look(DESK).await
    }
}
