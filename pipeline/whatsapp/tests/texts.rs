//! Every text in every language, filled with the longest sensible values, against Meta's limits and our own rules.

#![expect(clippy::unwrap_used, reason = "a test stops where its fixture or sample is wrong")]

use std::collections::{BTreeMap, BTreeSet};

use portico_vocab::{
    CountryCode, DocumentKind, E164, Language, OutboundId, Pii, ReasonCode, Slot, Timestamp, UserId, Wamid,
};
use portico_whatsapp::compose::{Recipient, mark_read, message};
use portico_whatsapp::texts::{Action, Rendered, Row, Setting, Tell, TextError, TextKey, Texts, Value};
use serde_json::json;

const LANGUAGES: [&str; 4] = ["en", "de", "hi", "pt_BR"];

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn languages(tags: &[&str]) -> Vec<Language> {
    tags.iter().map(|tag| language(tag)).collect()
}

/// Long but plausible: what a bank may configure and what a case may hold.
fn setting() -> Setting {
    Setting {
        bank: String::from("Cooperative Savings and Settlement Bank"),
        contact: String::from("data.protection.officer@savings-bank.example"),
        privacy_url: String::from("https://savings-bank.example/legal/privacy/know-your-customer"),
        handoff_url: String::from("https://savings-bank.example/branches"),
        timezone: String::from("Asia/Kolkata"),
        country: CountryCode::parse("AE").unwrap(),
        languages: languages(&LANGUAGES),
        retention_years: 10,
        years_without_account: Some(10),
        purge_days: 30,
        wait_hours: Some(48),
        duty_hours: String::from("Mon-Fri 09:00-18:00, Sat 09:00-13:00"),
        limits: LANGUAGES
            .map(|tag| {
                (
                    language(tag),
                    String::from("at most ₹ 1,00,000 at any time, ₹ 2,00,000 a year, no cash, no cheque book"),
                )
            })
            .into_iter()
            .collect(),
        exception: BTreeMap::new(),
    }
}

fn cell(country: &str, tags: &[&str]) -> Setting {
    Setting {
        bank: String::from("Example Bank"),
        contact: String::from("privacy@bank.example"),
        privacy_url: String::from("bank.example/kyc"),
        years_without_account: (country == "DE").then_some(5),
        country: CountryCode::parse(country).unwrap(),
        languages: languages(tags),
        wait_hours: Some(2),
        ..setting()
    }
}

fn value(name: &str) -> Value {
    match name {
        "documents" => Value::Documents(DocumentKind::ALL.to_vec()),
        "document" => Value::Document(DocumentKind::ResidencePermit),
        "side" | "got" => Value::Slot(Slot::DocumentBack),
        "have" | "missing" => Value::Slots(Slot::ALL.to_vec()),
        "step" | "total" | "done" => Value::Count(3),
        "age" => Value::Count(18),
        "reason" => Value::Reason(ReasonCode::OriginalNotPresent),
        // 19 November 2026, 20:30 UTC: in India it is the 20th already.
        "date" | "since" | "keep_until" | "limit_until" => Value::Date(Timestamp::from_seconds(1_795_120_200)),
        "ref" => Value::Text(String::from("A7-4419-SAVINGS")),
        "first_name" => Value::Text(String::from("Venkatanarasimharajuvaripeta")),
        "last4" => Value::Text(String::from("4711")),
        other => panic!("no sample for {other}"),
    }
}

fn tell(key: TextKey, names: &[&'static str]) -> Tell {
    names.iter().fold(Tell::of(key), |tell, name| tell.with(name, value(name)))
}

fn full(key: TextKey) -> Tell {
    tell(key, &[key.needs(), key.takes()].concat())
}

fn render(tag: &str, tell: &Tell, setting: &Setting) -> Result<Rendered, TextError> {
    Texts::shipped().unwrap().render(&language(tag), tell, setting)
}

/// All that is read, in one string.
fn words(rendered: &Rendered) -> String {
    let action = match &rendered.action {
        Action::None => String::new(),
        Action::Buttons(buttons) => buttons.iter().map(|b| format!("\n[{}] {}", b.id, b.title)).collect(),
        Action::List { button, rows } => {
            let row = |row: &Row| format!("\n[{}] {} | {}", row.id, row.title, row.description).trim_end().to_owned();
            format!("\n[{button}]{}", rows.iter().map(row).collect::<String>())
        }
        Action::Link { title, url } => format!("\n[{title}] {url}"),
    };
    let footer = rendered.footer.as_ref().map_or(String::new(), |footer| format!("\n({footer})"));
    format!("{}{footer}{action}", rendered.body)
}

fn digit_run(text: &str) -> usize {
    text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max().unwrap_or(0)
}

#[test]
fn every_text_in_every_language_keeps_the_limits_and_the_rules() {
    let texts = Texts::shipped().unwrap();
    let to = Recipient::Phone(Pii::new(E164::parse("16505551234").unwrap()));
    for key in TextKey::ALL {
        for tag in LANGUAGES {
            for told in [full(*key), tell(*key, key.needs())] {
                for setting in [setting(), Setting { wait_hours: None, ..cell("BR", &["pt_BR"]) }] {
                    let rendered =
                        texts.render(&language(tag), &told, &setting).unwrap_or_else(|e| panic!("{key} {tag}: {e}"));
                    assert_eq!(rendered.language.as_str(), tag);
                    message(&rendered, &to, &OutboundId::from_bytes([1; 16]), None).unwrap();
                    assert!(rendered.body.chars().count() <= 1024, "{key} {tag}: our own limit for every body");
                    let words = words(&rendered);
                    assert!(digit_run(&words) <= 4, "{key} {tag}: {words}");
                    assert!(!words.contains(['{', '}', '\u{2068}', '\u{2069}']), "{key} {tag}: {words}");
                    assert!(
                        !words.contains("  ") && !words.contains(" .") && !words.contains(" ,"),
                        "{key} {tag}: {words}"
                    );
                    for line in rendered.body.lines() {
                        assert_eq!(line.matches('*').count() % 2, 0, "{key} {tag}: bold is closed: {line}");
                    }
                    let lower = words.to_lowercase();
                    for forbidden in [
                        "fraud",
                        "suspicious",
                        "blacklist",
                        "sanction",
                        "suspeit",
                        "sanç",
                        "lista negra",
                        "धोखा",
                        "संदिग्ध",
                        "प्रतिबंध",
                        "betrug",
                        "verdächt",
                        "sanktion",
                        "schwarze liste",
                        "{",
                        "none",
                    ] {
                        let none = forbidden == "none" && tag == "en";
                        assert!(
                            none || !lower.replace("document:none", "").contains(forbidden),
                            "{key} {tag}: {forbidden}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn no_language_repeats_anothers_text() {
    for key in TextKey::ALL {
        let bodies = LANGUAGES.map(|tag| render(tag, &full(*key), &setting()).unwrap().body);
        let different: BTreeSet<&String> = bodies.iter().collect();
        assert_eq!(different.len(), LANGUAGES.len(), "{key} is not translated");
    }
}

#[test]
fn the_texts_of_three_cells_as_they_are_read() {
    for (country, tags) in [("IN", &["en", "hi"][..]), ("BR", &["pt_BR"]), ("DE", &["de"])] {
        let setting = cell(country, tags);
        for tag in tags {
            let all: Vec<String> = TextKey::ALL
                .iter()
                .map(|key| format!("## {key}\n{}", words(&render(tag, &full(*key), &setting).unwrap())))
                .collect();
            insta::assert_snapshot!(format!("texts_{country}_{tag}"), all.join("\n\n"));
        }
    }
}

#[test]
fn a_missing_value_is_named() {
    for key in TextKey::ALL {
        for missing in key.needs() {
            let kept: Vec<_> = key.needs().iter().copied().filter(|name| name != missing).collect();
            let error = render("en", &tell(*key, &kept), &setting()).unwrap_err();
            assert_eq!(error, TextError::Value { key: *key, value: (*missing).to_owned() });
        }
    }
    let no_limits = Setting { limits: BTreeMap::new(), ..setting() };
    let error = render("en", &full(TextKey::VerdictLimited), &no_limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "text verdict-limited needs the value limits: the case or the cell's setting must give it"
    );
    let wrong = Tell::of(TextKey::RetakeGlare).with("side", Value::Text(String::from("front")));
    assert!(matches!(render("en", &wrong, &setting()), Err(TextError::Value { .. })), "a side is a slot, not a word");
}

#[test]
fn every_reason_has_words_but_the_silent_ones() {
    for reason in ReasonCode::ALL {
        let told = full(TextKey::RetakeRequested).with("reason", Value::Reason(*reason));
        for tag in LANGUAGES {
            let speaks = !reason.is_silent() && *reason != ReasonCode::IdentityConfirmed;
            assert_eq!(render(tag, &told, &setting()).is_ok(), speaks, "{reason} in {tag}");
        }
        let decline = TextKey::decline(&[ReasonCode::DocumentDamaged, *reason]);
        assert_eq!(decline == TextKey::VerdictNeutral, reason.is_silent(), "{reason}");
    }
    assert_eq!(TextKey::decline(&[]), TextKey::VerdictNeutral);
    assert_eq!(TextKey::decline(&[ReasonCode::FaceMismatch]), TextKey::VerdictFace);
}

#[test]
fn a_second_try_never_repeats_the_first_sentence_and_the_third_is_a_persons() {
    for reason in ReasonCode::ALL.iter().filter(|reason| reason.is_retryable()) {
        let [first, second, third] = [1, 2, 3].map(|attempt| TextKey::retake(*reason, attempt).unwrap());
        assert!(matches!(third, TextKey::RetakePerson | TextKey::FacePerson), "{reason}");
        for tag in LANGUAGES {
            let body = |key: TextKey| {
                let told = full(key).with("reason", Value::Reason(*reason));
                let body = render(tag, &told, &setting()).unwrap().body;
                body.split(['.', '।', ':']).next().unwrap_or_default().to_owned()
            };
            assert_ne!(body(first), body(second), "{reason} in {tag}");
        }
    }
    assert_eq!(TextKey::retake(ReasonCode::DocumentExpired, 1), None);
}

#[test]
fn the_notice_offers_the_other_language_or_the_list_or_a_person() {
    let third = |tag: &str, offered: &[&str]| match render(tag, &Tell::of(TextKey::Notice), &cell("IN", offered))
        .unwrap()
        .action
    {
        Action::Buttons(buttons) => {
            assert_eq!((buttons[0].id.as_str(), buttons[1].id.as_str()), ("consent:accept", "consent:decline"));
            (buttons[2].id.clone(), buttons[2].title.clone())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(third("en", &["en", "hi"]), (String::from("language:hi"), String::from("हिन्दी")));
    assert_eq!(third("hi", &["en", "hi"]), (String::from("language:en"), String::from("English")));
    assert_eq!(third("pt_BR", &["pt_BR"]).0, "person:ask");
    assert_eq!(third("en", &LANGUAGES).0, "language:list");
    assert_eq!(third("en", &["en", "ta"]).0, "person:ask", "a language without texts is not offered");
}

#[test]
fn a_german_cell_in_english_keeps_data_in_germany() {
    let body = render("en", &Tell::of(TextKey::Notice), &cell("DE", &["en"])).unwrap().body;
    assert!(body.contains("*Where:* we keep it in Germany. WhatsApp (Meta) carries"), "{body}");
    assert!(body.contains("after a decision without one, 5 years; if you stop before it, 30 days."), "{body}");
}

#[test]
fn dates_hours_and_waits_are_the_readers() {
    let status = |tag: &str, wait_hours| {
        let setting = Setting { wait_hours, ..cell("IN", &["en", "hi"]) };
        render(tag, &full(TextKey::StatusReview), &setting).unwrap().body
    };
    assert!(status("en", Some(1)).ends_with("since 20 Nov 2026. An answer usually takes 1 hour."));
    assert!(status("en", Some(0)).ends_with("usually takes 1 hour."), "never under one hour");
    assert!(status("en", None).ends_with("An answer usually comes by the next working day."));
    assert!(status("hi", Some(2)).contains("20 नवंबर 2026") && status("hi", Some(2)).ends_with("2 घंटे लगते हैं।"));
    assert!(
        status("pt_BR", Some(2)).contains("desde 20 de novembro de 2026")
            && status("pt_BR", Some(2)).contains("2 horas")
    );
    assert!(
        status("de", Some(1))
            .ends_with("seit dem 20. November 2026 bei unserem Team. Eine Antwort dauert meist 1 Stunde.")
    );
    let hours = render("pt_BR", &Tell::of(TextKey::PersonComing), &setting()).unwrap().body;
    assert!(hours.contains("(seg-sex 09:00-18:00, sáb 09:00-13:00)"), "{hours}");
    let nowhere = Setting { timezone: String::from("Mars/Olympus"), ..setting() };
    assert_eq!(render("en", &full(TextKey::StatusReview), &nowhere), Err(TextError::TimeZone));
}

#[test]
fn sides_bend_with_the_document_and_the_language() {
    let told = |slot, document| {
        let told = Tell::of(TextKey::RetakeBlurred1).with("side", Value::Slot(slot));
        told.with("document", Value::Document(document))
    };
    let last = |tag: &str, told: &Tell| {
        let body = render(tag, told, &setting()).unwrap().body;
        body.lines()
            .last()
            .unwrap()
            .rsplit_once(['.', '।'])
            .unwrap()
            .0
            .rsplit_once(['.', ',', '।'])
            .unwrap()
            .1
            .trim()
            .to_owned()
    };
    let front = told(Slot::DocumentFront, DocumentKind::VoterId);
    assert_eq!(last("en", &front), "Please send only the *front* again");
    assert_eq!(
        last("en", &told(Slot::DocumentFront, DocumentKind::Passport)),
        "Please send only the *photo page* again"
    );
    let portuguese = render("pt_BR", &told(Slot::DocumentBack, DocumentKind::NationalId), &setting()).unwrap().body;
    assert!(portuguese.ends_with("Envie de novo só o *verso*, por favor."), "{portuguese}");
    assert_eq!(
        last("de", &told(Slot::DocumentFront, DocumentKind::Passport)),
        "Bitte senden Sie nur *die Fotoseite* noch einmal"
    );
}

#[test]
fn a_language_without_texts_falls_back_to_its_kin_then_the_cells_first() {
    let used = |tag: &str, offered: &[&str]| {
        render(tag, &Tell::of(TextKey::Wait), &cell("IN", offered)).unwrap().language.to_string()
    };
    assert_eq!(used("pt", &["en"]), "pt_BR");
    assert_eq!(used("ta", &["hi", "en"]), "hi");
    assert_eq!(used("ta", &["te"]), "en");
}

#[test]
fn a_bank_may_replace_a_text_and_a_broken_file_is_refused() {
    let english = Language::english();
    let texts = Texts::shipped().unwrap().with(&english, "wait = One moment at { $bank }, please.").unwrap();
    let rendered = texts.render(&english, &Tell::of(TextKey::Wait), &cell("IN", &["en"])).unwrap();
    assert_eq!(rendered.body, "One moment at Example Bank, please.");
    let error = Texts::shipped().unwrap().with(&english, "wait = { $bank").unwrap_err();
    assert!(matches!(error, TextError::Syntax { .. }), "{error}");
    let texts = Texts::shipped().unwrap().with(&english, "wait = One moment { $typo }.").unwrap();
    let error = texts.render(&english, &Tell::of(TextKey::Wait), &cell("IN", &["en"])).unwrap_err();
    assert_eq!(error, TextError::Value { key: TextKey::Wait, value: String::from("typo") });
}

#[test]
fn the_hash_is_of_what_is_read() {
    let notice = |tag: &str, setting: &Setting| render(tag, &Tell::of(TextKey::Notice), setting).unwrap().hash();
    let setting = cell("IN", &["en", "hi"]);
    assert_eq!(notice("en", &setting), notice("en", &setting));
    assert_ne!(notice("en", &setting), notice("hi", &setting));
    assert_ne!(notice("en", &setting), notice("en", &Setting { purge_days: 31, ..setting.clone() }));
    let rendered = render("en", &Tell::of(TextKey::Notice), &setting).unwrap();
    let stored: Rendered = serde_json::from_str(&serde_json::to_string(&rendered).unwrap()).unwrap();
    assert_eq!(stored.hash(), rendered.hash());
}

#[test]
fn requests_have_metas_shapes() {
    let setting = cell("IN", &["en", "hi"]);
    let phone = Recipient::Phone(Pii::new(E164::parse("16505551234").unwrap()));
    let user = Recipient::UserId(Pii::new(UserId::parse("US.13491208655302741918").unwrap()));
    let wamid = Wamid::parse("wamid.HBgL").unwrap();
    let callback = OutboundId::from_bytes([1; 16]);
    let of = |key: TextKey, to: &Recipient, answers: Option<&Wamid>| {
        let documents = Value::Documents(vec![DocumentKind::VoterId, DocumentKind::Passport]);
        let told = if key == TextKey::DocumentChoose { Tell::of(key).with("documents", documents) } else { full(key) };
        message(&render("en", &told, &setting).unwrap(), to, &callback, answers).unwrap()
    };
    let requests = json!({
        "text": of(TextKey::Wait, &phone, Some(&wamid)),
        "buttons": of(TextKey::Notice, &user, None),
        "list": of(TextKey::DocumentChoose, &phone, None),
        "link": of(TextKey::VerdictHandoff, &phone, None),
        "read": mark_read(&wamid, false),
        "typing": mark_read(&wamid, true),
    });
    insta::assert_json_snapshot!(requests);
}

#[test]
fn a_text_over_a_limit_is_refused_and_not_quoted() {
    let setting = Setting { bank: "Bank".repeat(300), ..setting() };
    let rendered = render("en", &Tell::of(TextKey::Notice), &setting).unwrap();
    let to = Recipient::Phone(Pii::new(E164::parse("16505551234").unwrap()));
    let error = message(&rendered, &to, &OutboundId::from_bytes([1; 16]), None).unwrap_err();
    assert_eq!((error.what, error.most), ("the body", 1024));
    assert!(!error.to_string().contains("BankBank"));
    let eleven = Tell::of(TextKey::DocumentChoose)
        .with("documents", Value::Documents([DocumentKind::ALL, DocumentKind::ALL].concat()));
    let rendered = render("en", &eleven, &cell("IN", &["en"])).unwrap();
    assert_eq!(message(&rendered, &to, &OutboundId::from_bytes([1; 16]), None).unwrap_err().what, "the number of rows");
}
