//! The pages keep their promise: nothing inline, nothing from outside, no other site's requests.

use crate::stage::Stage;

const PAGES: [&str; 3] = ["/", "/phone", "/inbox"];

/// Values of `src` and `href` of a page.
fn references(html: &str) -> Vec<String> {
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn nothing_is_inline_and_nothing_comes_from_outside() {
    let stage = Stage::set().await;
    for page in PAGES {
        let answer = stage.http.get(format!("{}{page}", stage.base)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        let html = answer.text().await.unwrap();
        assert!(!html.contains("<style") && !html.contains("style=") && !html.contains("javascript:"), "{page}");
        assert!(html.split("<script").skip(1).all(|tag| tag.contains("src=\"/dev/assets/")), "{page}");
        for event in ["onclick", "onload", "onsubmit", "onerror"] {
            assert!(!html.contains(event), "{page} has {event}");
        }
        for reference in references(&html) {
            assert!(reference.starts_with('/') && !reference.starts_with("//"), "{page} refers to {reference}");
            // The console is another service's.
            if reference != "/console" {
                let status = stage.http.get(format!("{}{reference}", stage.base)).send().await.unwrap().status();
                assert_eq!(status, 200, "{page} refers to {reference}");
            }
        }
    }
}

#[tokio::test]
async fn modules_import_only_what_is_served_and_make_no_markup_from_text() {
    let stage = Stage::set().await;
    for module in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).unwrap() {
        let name = module.unwrap().file_name().into_string().unwrap();
        if name == "voice.ogg" {
            continue;
        }
        let answer = stage.http.get(format!("{}/dev/assets/{name}", stage.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name} is not listed");
        let text = answer.text().await.unwrap();
        for forbidden in ["innerHTML", "insertAdjacentHTML", "eval(", "https://", "url(", "@import"] {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        for import in text.split("from './").skip(1).filter_map(|rest| rest.split('\'').next()) {
            let status = stage.http.get(format!("{}/dev/assets/{import}", stage.base)).send().await.unwrap().status();
            assert_eq!(status, 200, "{name} imports {import}");
        }
    }
}

#[tokio::test]
async fn another_site_cannot_act() {
    let stage = Stage::set().await;
    let url = format!("{}/inbox/api/behaviour", stage.base);
    let ask = |site: &str| {
        let request = stage.http.post(&url).header("sec-fetch-site", site).header("content-type", "application/json");
        request.body(r#"{"behaviour":"fail"}"#).send()
    };
    assert_eq!(ask("cross-site").await.unwrap().status(), 403);
    assert_eq!(ask("same-origin").await.unwrap().status(), 204);
}

#[tokio::test]
async fn the_front_page_names_what_is_missing() {
    let stage = Stage::set().await;
    let html = stage.http.get(&stage.base).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("IN cannot mask Aadhaar yet") && html.contains("rm -r .portico"));
}
