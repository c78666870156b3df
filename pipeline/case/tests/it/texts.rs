//! Whatever the case tells can be said: every text of the matrix in every language shipped.

use std::collections::BTreeMap;

use portico_case::{Effect, Input};
use portico_vocab::{CountryCode, Language};
use portico_whatsapp::texts::{Setting, Tell, Texts};

use crate::chat::{Chat, input_id};
use crate::{inputs, matrix, stages};

#[test]
fn every_text_that_is_told_has_what_it_needs_in_every_language() {
    let texts = Texts::shipped().unwrap();
    let mut seen = 0;
    for (stage, chat) in stages::all() {
        let setting = setting(&chat);
        let told: Vec<Tell> = chat.told.iter().map(|(_, told)| told.tell.clone()).collect();
        for tell in told.into_iter().chain(after_each_input(&chat)) {
            for language in &setting.languages {
                let rendered = texts.render(language, &tell, &setting);
                let rendered = rendered.unwrap_or_else(|error| panic!("{stage}: {} in {language}: {error}", tell.key));
                assert_eq!(rendered.language, *language);
                seen += 1;
            }
            let known =
                |name: &String| tell.key.needs().contains(&name.as_str()) || tell.key.takes().contains(&name.as_str());
            assert!(tell.values.keys().all(known), "{stage}: {} is given what it does not say", tell.key);
        }
    }
    assert!(seen > 1000, "{seen}");
}

fn after_each_input(chat: &Chat) -> Vec<Tell> {
    let step = |(name, kind): (String, _)| matrix::change(chat, &Input { id: input_id(&name), kind });
    let changes: Vec<_> = inputs::all(chat).into_iter().map(step).collect();
    let effects = changes.iter().flat_map(|change| change.effects());
    effects
        .filter_map(|effect| match effect {
            Effect::Tell(told) => Some(told.tell.clone()),
            _ => None,
        })
        .collect()
}

fn setting(chat: &Chat) -> Setting {
    let languages = ["en", "de", "hi", "pt-BR"].map(|tag| Language::parse(tag).unwrap()).to_vec();
    Setting {
        bank: "Example Bank".to_owned(),
        contact: "privacy@bank.example".to_owned(),
        privacy_url: "bank.example/kyc".to_owned(),
        handoff_url: "https://bank.example/branch".to_owned(),
        timezone: "America/Sao_Paulo".to_owned(),
        country: CountryCode::parse("BR").unwrap(),
        limits: languages.iter().map(|language| (language.clone(), "limits".to_owned())).collect(),
        languages,
        retention_years: chat.policy.profile.retention_years_min,
        years_without_account: chat.policy.profile.years_without_account(),
        purge_days: 30,
        wait_hours: None,
        duty_hours: "Mon-Sat 09:00-18:00".to_owned(),
        exception: BTreeMap::new(),
    }
}
