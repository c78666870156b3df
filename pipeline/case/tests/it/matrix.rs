//! Every stage with every input: what it comes to, the stage after, and what is done, told and announced.
//!
//! A change here is a change of behaviour: read it line by line before accepting it.

use portico_case::{Change, Ctx, Effect, Input, JobSpec, step};
use portico_vocab::IdStream;

use crate::chat::{Chat, input_id};
use crate::{inputs, stages, transcript};

#[test]
fn every_stage_with_every_input() {
    let mut lines = Vec::new();
    for (stage, chat) in stages::all() {
        lines.push(format!("\n{stage}"));
        for (name, kind) in inputs::all(&chat) {
            let change = change(&chat, &Input { id: input_id(&name), kind });
            let next = change.next().stage_name();
            let moved = if next == chat.case().stage_name() { "" } else { next.as_str() };
            let effects: Vec<String> = change.effects().iter().map(effect).collect();
            let line = format!("  {name:<40} {:<26} {moved:<10} {}", change.outcome().to_string(), effects.join(" · "));
            lines.push(line.trim_end().to_owned());
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// One step, without the shell.
pub fn change(chat: &Chat, input: &Input) -> Change {
    let case = chat.case();
    let ids = IdStream::new(case.id, case.version.next());
    step(case, input, &Ctx { now: chat.now, policy: &chat.policy, ids })
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Run { job: JobSpec::TakeIn { .. }, .. } => "+take_in".to_owned(),
        Effect::Run { job: JobSpec::Read { .. }, .. } => "+read".to_owned(),
        Effect::Run { job: JobSpec::Decide, .. } => "+decide".to_owned(),
        Effect::Run { job: JobSpec::Tell { .. }, .. } => "+tell".to_owned(),
        Effect::Run { job: JobSpec::Timer { timer, .. }, at } => {
            format!("+{} {}", timer.as_str(), &at.to_rfc3339()[..10])
        }
        Effect::Run { job: JobSpec::Sweep { objects }, .. } => format!("+sweep {}", objects.len()),
        Effect::Run { job: JobSpec::Retain { objects, until }, .. } => {
            format!("+retain {} {}", objects.len(), &until.to_rfc3339()[..10])
        }
        Effect::Tell(told) => format!("<{}", transcript::tell(told)),
        Effect::Announce(event) => format!("!{} {}", event.seq, event.kind),
    }
}
