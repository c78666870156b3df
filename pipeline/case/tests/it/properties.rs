//! What holds whatever happens: invariants, ends that absorb, caps, and histories equal to the byte.

use std::collections::BTreeMap;

use portico_case::{Case, Change, Ctx, Effect, InputKind, Recorded, open, step};
use portico_policy::Policy;
use portico_vocab::IdStream;
use proptest::prelude::*;

use crate::chat::Chat;
use crate::{inputs, stages};

/// One thing that happens: some input for the case as it stands, jobs, or time.
#[derive(Debug, Clone)]
enum Event {
    Input(prop::sample::Index),
    Photo(u8),
    Tap(u8),
    Jobs,
    Wait(i64),
}

const TAPS: [&str; 5] =
    ["consent:accept", "document:passport", "document:driving_licence", "person:ask", "language:pt-BR"];

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => any::<prop::sample::Index>().prop_map(Event::Input),
        3 => (0..6_u8).prop_map(Event::Photo),
        2 => (0..5_u8).prop_map(Event::Tap),
        2 => Just(Event::Jobs),
        1 => (1..4000_i64).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..40)
}

fn live(events: &[Event]) -> Chat {
    let mut chat = Chat::new();
    chat.says("hello");
    for event in events {
        match event {
            Event::Input(index) => {
                let all = inputs::all(&chat);
                let (_, kind) = all[index.index(all.len())].clone();
                chat.input(kind);
            }
            Event::Photo(number) => {
                let name = ["front", "back", "selfie", "blurred", "pdf", "front"][usize::from(*number)];
                chat.sends(name);
            }
            Event::Tap(number) => {
                chat.taps(TAPS[usize::from(*number)]);
            }
            Event::Jobs => {
                chat.run_jobs();
            }
            Event::Wait(seconds) => {
                chat.wait(*seconds);
            }
        }
    }
    chat
}

/// The history as it is stored, and what folding it again brings forth.
fn refold(history: &[(Recorded, Change)], policy: &Policy) -> Vec<String> {
    let mut cases: BTreeMap<_, Case> = BTreeMap::new();
    let mut lines = Vec::new();
    for (recorded, before) in history {
        let stored = serde_json::to_string(recorded).unwrap();
        let recorded: Recorded = serde_json::from_str(&stored).unwrap();
        let id = before.next().id;
        let ids = IdStream::new(id, before.next().version);
        let ctx = Ctx { now: recorded.now, policy, ids };
        let change = match &recorded.opening {
            Some(opening) => open(opening, &recorded.input, &ctx),
            None => step(&cases[&id], &recorded.input, &ctx),
        };
        lines.push(stored + &bytes(&change));
        // The row is read back from its JSON, as the shell does.
        let row = serde_json::to_string(change.next()).unwrap();
        cases.insert(id, serde_json::from_str(&row).unwrap());
    }
    lines
}

fn bytes(change: &Change) -> String {
    let effects: Vec<String> = change
        .effects()
        .iter()
        .map(|effect| match effect {
            Effect::Run { job, at } => serde_json::json!([job, at]).to_string(),
            Effect::Tell(told) => serde_json::json!(told).to_string(),
            Effect::Announce(event) => serde_json::json!([event.id, event.seq, event.kind, event.data]).to_string(),
        })
        .collect();
    let next = serde_json::to_string(change.next()).unwrap();
    format!("{} {next} {}", change.outcome(), effects.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// `Chat` asserts every invariant at every step; what is left to see are the whole histories.
    #[test]
    fn whatever_happens_the_invariants_hold(events in events()) {
        let chat = live(&events);
        for case in &chat.cases {
            let changes: Vec<&Change> =
                chat.history.iter().map(|(_, change)| change).filter(|change| change.next().id == case.id).collect();
            prop_assert_eq!(case.version.0, u64::try_from(changes.len()).unwrap(), "version = inputs consumed");
            let announced: Vec<u64> = changes
                .iter()
                .flat_map(|change| change.effects())
                .filter_map(|effect| match effect {
                    Effect::Announce(event) => Some(event.seq),
                    _ => None,
                })
                .collect();
            prop_assert_eq!(announced.clone(), (1..=case.events).collect::<Vec<_>>(), "events are counted without a gap");
            prop_assert!(case.evidence.len() <= 40);
            let fetched_unasked = changes.iter().take_while(|change| change.next().stage.agreed().is_none()).any(|change| {
                change.effects().iter().any(|effect| matches!(effect, Effect::Run { job: portico_case::JobSpec::TakeIn { .. }, .. }))
            });
            prop_assert!(!fetched_unasked, "nothing is downloaded before consent");
        }
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes(events in events()) {
        let chat = live(&events);
        let first = refold(&chat.history, &chat.policy);
        let second = refold(&live(&events).history, &chat.policy);
        prop_assert_eq!(&first, &second);
        let lived: Vec<String> = chat
            .history
            .iter()
            .map(|(recorded, change)| serde_json::to_string(recorded).unwrap() + &bytes(change))
            .collect();
        prop_assert_eq!(first, lived, "a history read back folds to the very same case");
    }
}

#[test]
fn ends_absorb_every_input() {
    for (stage, chat) in stages::all().into_iter().filter(|(_, chat)| chat.case().stage_name().is_end()) {
        for (name, kind) in inputs::all(&chat) {
            let mut chat = chat.clone();
            let before = chat.case().clone();
            chat.input(kind);
            assert_eq!(chat.case().stage, before.stage, "{stage}: {name}");
            assert_eq!(chat.case().evidence, before.evidence, "{stage}: {name}");
        }
    }
}

#[test]
fn eight_pictures_are_remembered_before_consent() {
    let mut chat = Chat::new();
    for number in 0..12 {
        chat.sends(&format!("photo-{number}"));
    }
    let refused = chat.history.iter().filter(|(_, change)| change.outcome().to_string() == "refused:cap_reached");
    assert_eq!(refused.count(), 4);
    assert_eq!(chat.times(portico_whatsapp::texts::TextKey::CapsReached), 1, "one polite text");
    chat.taps("consent:accept");
    assert_eq!(chat.case().evidence.len(), 8);
    assert_eq!(chat.jobs.len(), 8, "one take-in a picture");
}

#[test]
fn forty_pictures_are_taken_and_then_a_person() {
    let mut chat = stages::chosen();
    for number in 0..60 {
        chat.sends(&format!("blurred-{}", number % 40)).wait(1);
    }
    assert_eq!(chat.case().evidence.len(), 40);
    assert_eq!(chat.stage(), "in_review");
    let most = chat.history.iter().map(|(_, change)| change.effects().as_slice().len()).max().unwrap();
    assert!(most <= 16, "effects are bounded: {most}");
}

/// Kinds of input are never forgotten here: a new one is a new row.
#[test]
fn every_kind_of_input_is_tried() {
    let mut names: Vec<&str> =
        stages::all().iter().flat_map(|(_, chat)| inputs::all(chat)).map(|(_, kind)| InputKind::name(&kind)).collect();
    names.sort_unstable();
    names.dedup();
    insta::assert_snapshot!(names.join("\n"));
}
