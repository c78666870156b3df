//! One person at one browser: where they go, what they click, type and read.

use anyhow::{Context as _, Result, ensure};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use portico_e2e::browser::{Browser, Scheme, View};
use portico_e2e::until;
use serde_json::Value;

/// As wide as the desk's screen the pages are drawn for.
pub const DESK: View = View { width: 1440, height: 900, scheme: Scheme::Light };
/// As narrow as a phone.
pub const POCKET: View = View { width: 390, height: 844, scheme: Scheme::Light };

pub struct Person {
    browser: Browser,
    /// `http://127.0.0.1:…`, without a slash.
    url: String,
}

impl Person {
    pub async fn sits_down(url: &str, view: View) -> Result<Self> {
        Ok(Self { browser: Browser::start(view).await?, url: url.to_owned() })
    }

    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    fn client(&self) -> &Client {
        self.browser.client()
    }

    /// Opens a page by its path.
    pub async fn goes_to(&self, path: &str) -> Result<()> {
        Ok(self.client().goto(&format!("{}{path}", self.url)).await?)
    }

    /// Waits for it and clicks it; the last of several, because a chat grows downwards.
    pub async fn clicks(&self, css: &str) -> Result<()> {
        self.does(&format!("{css} is clicked"), css, async |element| element.click().await).await
    }

    /// Clicks every one of them, of which there must be some.
    pub async fn clicks_each(&self, css: &str) -> Result<()> {
        let all = self.client().find_all(Locator::Css(css)).await?;
        ensure!(!all.is_empty(), "the page has no {css}");
        for element in all {
            element.click().await?;
        }
        Ok(())
    }

    /// Types into a field, where `\n` is the Enter key.
    pub async fn types(&self, css: &str, words: &str) -> Result<()> {
        self.does(&format!("{css} is typed into"), css, async |element| element.send_keys(words).await).await
    }

    /// Presses keys where the focus is. A modifier holds until the last of them.
    pub async fn presses(&self, keys: &str) -> Result<()> {
        Ok(self.client().active_element().await?.send_keys(keys).await?)
    }

    /// Waits until these words stand on the page.
    pub async fn reads(&self, words: &str) -> Result<()> {
        self.reads_in("body", words).await
    }

    /// Waits until these words stand in one of the parts of this kind.
    pub async fn reads_in(&self, css: &str, words: &str) -> Result<()> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].some(e => e.innerText.includes(arguments[1]))";
        let found = self.comes_true(script, &[css.into(), words.into()]).await;
        let Err(error) = found else { return Ok(()) };
        let shown = self.asks("return document.body.innerText", &[]).await?;
        Err(error.context(format!("no {css} says “{words}”; the page says:\n{shown}")))
    }

    /// Waits until so many pictures are there, and drawn.
    pub async fn sees_pictures(&self, css: &str, count: usize) -> Result<()> {
        let script = "const all = [...document.querySelectorAll(arguments[0])];
            return all.length === arguments[1] && all.every(i => i.complete && i.naturalWidth > 0)";
        self.comes_true(script, &[css.into(), count.into()]).await.with_context(|| format!("{count} pictures in {css}"))
    }

    /// Waits until there is one of these, and every picture among them is drawn.
    pub async fn sees(&self, css: &str) -> Result<()> {
        let script = "const all = [...document.querySelectorAll(arguments[0])];
            return all.length > 0 && all.every(e => e.localName !== 'img' || (e.complete && e.naturalWidth > 0))";
        self.comes_true(script, &[css.into()]).await.with_context(|| format!("{css} is shown"))
    }

    /// Waits until what scrolls has been scrolled to its end.
    pub async fn sees_the_end_of(&self, css: &str) -> Result<()> {
        let script = "const all = document.querySelector(arguments[0]);
            return all.scrollHeight - all.scrollTop - all.clientHeight < 2";
        self.comes_true(script, &[css.into()]).await.with_context(|| format!("{css} is at its end"))
    }

    pub async fn counts(&self, css: &str) -> Result<usize> {
        Ok(self.client().find_all(Locator::Css(css)).await?.len())
    }

    /// Nothing sticks out sideways, so that nobody has to push the page about to read it.
    pub async fn finds_it_fits(&self) -> Result<()> {
        let script = "const page = document.scrollingElement;
            const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
            return [page.scrollWidth <= innerWidth, location.pathname, wide.slice(0, 5).map(e => e.outerHTML.slice(0, 120))]";
        let found = self.asks(script, &[]).await?;
        ensure!(found[0] == true, "{} is wider than the screen: {}", found[1], found[2]);
        Ok(())
    }

    /// The browser had nothing to complain of, and asked nobody but us.
    pub async fn is_content(&self) -> Result<()> {
        let complaints = self.browser.complaints().await?;
        ensure!(complaints.is_empty(), "the browser complains: {complaints:#?}");
        let own = format!("{}/", self.url);
        let asked = self.browser.asked().await?;
        ensure!(asked.iter().any(|url| url.starts_with(&own)), "the browser's log of requests is empty");
        let foreign: Vec<_> = asked.iter().filter(|url| !url.starts_with(&own)).collect();
        ensure!(foreign.is_empty(), "asked elsewhere: {foreign:?}");
        Ok(())
    }

    /// Waits until a script says `true`; one that fails while a page gives way to the next is asked again.
    async fn comes_true(&self, script: &str, args: &[Value]) -> Result<()> {
        until("the page to show it", async || {
            Ok(self.asks(script, args).await.is_ok_and(|answer| answer == true).then_some(()))
        })
        .await
    }

    async fn asks(&self, script: &str, args: &[Value]) -> Result<Value> {
        Ok(self.client().execute(script, args.to_vec()).await?)
    }

    /// Does it to the last element of a kind as soon as that can be done: it may still be to come, or be redrawn, or
    /// be covered, at this very moment.
    async fn does(&self, what: &str, css: &str, act: impl AsyncFn(&Element) -> Result<(), CmdError>) -> Result<()> {
        until(what, async || {
            let all = self.client().find_all(Locator::Css(css)).await?;
            let Some(last) = all.last() else { return Ok(None) };
            match act(last).await {
                Ok(()) => Ok(Some(())),
                Err(error) if is_passing(&error) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

fn is_passing(error: &CmdError) -> bool {
    use fantoccini::error::ErrorStatus::{
        ElementClickIntercepted, ElementNotInteractable, NoSuchElement, StaleElementReference,
    };
    let CmdError::Standard(driver) = error else { return false };
    let passing = [ElementClickIntercepted, ElementNotInteractable, NoSuchElement, StaleElementReference];
    passing.contains(&driver.error)
}
