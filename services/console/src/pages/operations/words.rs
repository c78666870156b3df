//! What gave up, and what answering does, as an operator reads it.

use portico_ledger::{ParkedAct, ParkedItem, ParkedKind, Queue};

pub(crate) const fn kind(kind: ParkedKind) -> &'static str {
    match kind {
        ParkedKind::Job => "Job",
        ParkedKind::Inbox => "Inbox",
        ParkedKind::Delivery => "Delivery",
        ParkedKind::Send => "Message",
    }
}

/// What the work was to do.
pub(crate) fn what(item: &ParkedItem) -> String {
    match item.kind {
        ParkedKind::Inbox => "understand what WhatsApp delivered".to_owned(),
        ParkedKind::Job => job(&item.what),
        ParkedKind::Delivery => {
            let to = item.id.strip_prefix("delivery:").and_then(|rest| rest.rsplit_once(':')).map_or("", |(to, _)| to);
            format!("{} to {to}", item.what)
        }
        ParkedKind::Send => format!("tell the applicant “{}”: it may have arrived", item.what.replace('-', " ")),
    }
}

fn job(queue: &str) -> String {
    let known = Queue::ALL.iter().find(|known| known.as_str() == queue);
    let words = match known {
        Some(Queue::Sort) => "understand what WhatsApp delivered",
        Some(Queue::TakeIn) => "take in a picture",
        Some(Queue::Read) => "check a picture",
        Some(Queue::Decide) => "assess a complete case",
        Some(Queue::Tell) => "send a message to the applicant",
        Some(Queue::Timer) => "remind, close or purge a case in time",
        Some(Queue::Sweep) => "delete pictures that are no longer kept",
        None => queue,
    };
    words.to_owned()
}

/// One thing that can be done: its name, and what will come of it.
pub(crate) struct Answer {
    pub act: &'static str,
    pub key: &'static str,
    pub label: &'static str,
    pub effect: &'static str,
}

/// What may be done about parked work of this kind, in the order it is offered.
pub(crate) fn answers(item: &ParkedItem) -> Vec<Answer> {
    let answer = |act: ParkedAct| {
        let (label, effect) = words(item, act);
        match act {
            ParkedAct::Retry => Answer { act: "retry", key: "r", label, effect },
            ParkedAct::Discard => Answer { act: "discard", key: "d", label, effect },
        }
    };
    match item.kind {
        // It may have arrived, so it is never sent again.
        ParkedKind::Send => vec![answer(ParkedAct::Discard)],
        _ => vec![answer(ParkedAct::Retry), answer(ParkedAct::Discard)],
    }
}

fn words(item: &ParkedItem, act: ParkedAct) -> (&'static str, &'static str) {
    let told = item.what == Queue::Tell.as_str();
    match (act, item.kind) {
        (ParkedAct::Retry, ParkedKind::Delivery) => {
            ("Try again", "The event is sent again at once, its tries counted anew.")
        }
        (ParkedAct::Retry, ParkedKind::Inbox) => ("Try again", "What was delivered is read again at once."),
        (ParkedAct::Retry, _) => ("Try again", "The work is due at once, its tries counted anew."),
        (ParkedAct::Discard, ParkedKind::Delivery) => (
            "Skip it",
            "The event never goes to this subscriber; the case’s later events do. It stays readable in the API.",
        ),
        (ParkedAct::Discard, ParkedKind::Inbox) => {
            ("Give it up", "What was delivered is destroyed: no message in it is ever read.")
        }
        (ParkedAct::Discard, ParkedKind::Send) => {
            ("Acknowledge", "The message is taken off the list. It is never sent again.")
        }
        (ParkedAct::Discard, ParkedKind::Job) if told => ("Give it up", "The message is never sent again."),
        (ParkedAct::Discard, ParkedKind::Job) => ("Give it up", "The work is never done; the case stays where it is."),
    }
}
