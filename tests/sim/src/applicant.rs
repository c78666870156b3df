//! Who applies: what they do when a message appears on their phone, and what they do unasked.

use portico_vocab::{Sha256, Timestamp};
use serde_json::{Value, json};

use crate::darkroom::Picture;
use crate::meta::{self, Shown};
use crate::script::Happening;
use crate::wire::{self, Names};
use crate::world::World;

/// By which names WhatsApp calls somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    Both,
    ByPhone,
    ByUserId,
    /// Now by one, now by the other, now by both.
    Varying,
}

#[derive(Debug, Clone)]
pub struct Applicant {
    pub phone: String,
    pub user_id: String,
    pub called: Called,
    /// How willingly they do what is asked, in thousandths.
    pub willing: u64,
    /// Things they may still do: nobody goes on for ever.
    pub patience: u32,
    photos: usize,
    /// What they have sent that could be deleted.
    sent: Vec<String>,
}

/// One thing done in the chat.
#[derive(Debug, Clone)]
pub enum Says {
    Text(&'static str),
    Tap { reply: String, on: String },
    Photo(Picture, PhotoAs),
    Voice,
    React { on: String },
    DeleteLast,
    Edit,
    Device,
    NewUserId,
    TooLarge,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoAs {
    Image,
    /// As a file; no digest is announced.
    File,
}

impl Applicant {
    #[must_use]
    pub fn new(n: usize, called: Called, willing: u64) -> Self {
        let (phone, user_id) = (format!("55119000000{n:02}"), format!("BR.1000000000{n:02}"));
        Self { phone, user_id, called, willing, patience: 40, photos: n * 7, sent: Vec::new() }
    }

    /// As receipts call them.
    #[must_use]
    pub fn names(&self) -> Names {
        Names { phone: Some(self.phone.clone()), user_id: Some(self.user_id.clone()) }
    }

    fn called_now(&self, world: &World) -> Names {
        let all = self.names();
        let called = match self.called {
            Called::Varying => *world.chance.pick(&[Called::Both, Called::ByPhone, Called::ByUserId]),
            called => called,
        };
        match called {
            Called::ByPhone => Names { user_id: None, ..all },
            Called::ByUserId => Names { phone: None, ..all },
            Called::Both | Called::Varying => all,
        }
    }
}

/// Says it: the message is on its way.
pub fn says(world: &World, who: usize, says: &Says) {
    let now = world.now();
    let mut meta = world.meta.lock();
    if meta.applicants[who].patience == 0 {
        return;
    }
    meta.applicants[who].patience -= 1;
    let wamid = meta.wamid();
    let content = content(&mut meta, who, says);
    let context = match says {
        Says::Tap { on, .. } => Some(on.clone()),
        _ => None,
    };
    let applicant = &mut meta.applicants[who];
    if matches!(says, Says::Text(_) | Says::Photo(..)) {
        applicant.sent.push(wamid.clone());
    }
    if matches!(says, Says::NewUserId) {
        applicant.user_id.push('0');
    }
    let from = applicant.called_now(world);
    // Now and then a phone's clock is wrong.
    let at = if world.goes_wrong(world.mood.clock) { now.plus_seconds(world.chance.between(-90, 90)) } else { now };
    let change = wire::message(&from, &wamid, at, context.as_deref(), content);
    let what = format!("{wamid} of {who}: {says:?}");
    let body = meta.body(change, now, what);
    drop(meta);
    world.note(|| format!("says {}", body.what));
    meta::posts(world, body);
}

fn content(meta: &mut meta::Meta, who: usize, says: &Says) -> Value {
    let last = || meta.applicants[who].sent.last().cloned().unwrap_or_else(|| "wamid.NONE".to_owned());
    match says {
        Says::Text(body) => json!({ "type": "text", "text": { "body": body } }),
        Says::Tap { reply, .. } => {
            let reply = json!({ "type": "button_reply", "button_reply": { "id": reply, "title": "." } });
            json!({ "type": "interactive", "interactive": reply })
        }
        Says::Photo(picture, PhotoAs::Image) => {
            let (id, sha256) = (meta.upload(*picture), Sha256::of(&picture.bytes()).to_base64());
            json!({ "type": "image", "image": { "id": id, "mime_type": "image/png", "sha256": sha256 } })
        }
        Says::Photo(picture, PhotoAs::File) => {
            let id = meta.upload(*picture);
            json!({ "type": "document", "document": { "id": id, "mime_type": "image/png", "filename": "a.png" } })
        }
        Says::Voice => {
            let id = meta.upload(Picture::broken(0));
            json!({ "type": "audio", "audio": { "id": id, "mime_type": "audio/ogg", "voice": true } })
        }
        Says::React { on } => json!({ "type": "reaction", "reaction": { "message_id": on, "emoji": "+" } }),
        Says::DeleteLast => json!({ "type": "revoke", "revoke": { "original_message_id": last() } }),
        Says::Edit => {
            let message = json!({ "type": "text", "text": { "body": "edited" } });
            json!({ "type": "edit", "edit": { "original_message_id": last(), "message": message } })
        }
        Says::Device => json!({ "type": "system", "system": { "type": "customer_identity_changed", "body": "." } }),
        Says::NewUserId => {
            let new = format!("{}0", meta.applicants[who].user_id);
            json!({ "type": "system", "system": { "type": "user_changed_user_id", "user_id": new, "body": "." } })
        }
        Says::TooLarge => json!({ "type": "unsupported", "errors": [{ "code": 131_052 }] }),
        Says::Unknown => json!({ "type": "hologram" }),
    }
}

/// A message appears on a phone; its owner may do what it asks for, something else, or nothing.
pub fn sees(world: &World, shown: &Shown) {
    let chance = &world.chance;
    let text = world.book.lock().told.get(&shown.outbound).map(|(_, text)| text.clone()).unwrap_or_default();
    let willing = world.meta.lock().applicants[shown.applicant].willing;
    let at = |world: &World| world.now().plus_millis(world.chance.between(500, 40_000));
    if chance.permille(60) {
        let wrong = unasked(world, shown);
        world.later(at(world), Happening::Says(shown.applicant, wrong));
    }
    if !chance.permille(willing) {
        return;
    }
    for says in asked(world, shown, &text) {
        world.later(at(world), Happening::Says(shown.applicant, says));
    }
}

/// What the text asks for.
fn asked(world: &World, shown: &Shown, text: &str) -> Vec<Says> {
    let chance = &world.chance;
    let tap = |reply: &str| vec![Says::Tap { reply: reply.to_owned(), on: shown.wamid.clone() }];
    match text {
        "notice" => match chance.below(20) {
            0 => tap("consent:decline"),
            1 => tap("language:list"),
            2 => tap("person:ask"),
            _ => tap("consent:accept"),
        },
        "language-choose" => vec![Says::Tap { reply: "language:en".to_owned(), on: shown.wamid.clone() }],
        "document-choose" => {
            let rows = shown.replies.as_slice();
            if rows.is_empty() { Vec::new() } else { tap(chance.pick::<String>(rows)) }
        }
        // An album now and then.
        "document-front" | "document-back" | "selfie-ask" => {
            let count = if chance.permille(200) { 2 + chance.below(2) } else { 1 };
            (0..count).map(|_| photo(world, shown.applicant)).collect()
        }
        "restart-ask" if chance.permille(500) => tap("case:restart"),
        _ if text.starts_with("retake") || text.starts_with("media-") || text == "photo-deleted" => {
            vec![photo(world, shown.applicant)]
        }
        _ => Vec::new(),
    }
}

fn photo(world: &World, who: usize) -> Says {
    let mut meta = world.meta.lock();
    let applicant = &mut meta.applicants[who];
    applicant.photos += 1;
    let n = applicant.photos;
    let chance = &world.chance;
    let picture = match chance.below(20) {
        0..=2 => Picture::small(n),
        3 => Picture::broken(n),
        4 => Picture::good(n.saturating_sub(1)),
        _ => Picture::good(n),
    };
    Says::Photo(picture, if chance.permille(250) { PhotoAs::File } else { PhotoAs::Image })
}

/// Anything at all.
fn unasked(world: &World, shown: &Shown) -> Says {
    match world.chance.below(16) {
        0 | 1 => Says::Text("STOP"),
        2 => Says::Text("START"),
        3 => Says::Text("HELP"),
        4 => Says::Text("STATUS"),
        5 => Says::Text("where is my account"),
        6 => Says::Voice,
        7 => Says::React { on: shown.wamid.clone() },
        8 => Says::DeleteLast,
        9 => Says::Edit,
        10 => Says::Device,
        11 => Says::TooLarge,
        12 => Says::Unknown,
        13 => old_tap(world, shown),
        14 if world.chance.permille(300) => Says::NewUserId,
        _ => photo(world, shown.applicant),
    }
}

/// A button of a message that is still on the screen.
fn old_tap(world: &World, shown: &Shown) -> Says {
    let meta = world.meta.lock();
    let old: Vec<_> =
        meta.shown.iter().filter(|old| old.applicant == shown.applicant && !old.replies.is_empty()).collect();
    if old.is_empty() {
        return Says::Text("hello?");
    }
    let on = world.chance.pick(&old);
    Says::Tap { reply: world.chance.pick(&on.replies).clone(), on: on.wamid.clone() }
}

/// The people of a schedule and how each begins.
pub fn arrive(world: &World, most: usize) {
    let chance = &world.chance;
    let count = 1 + chance.index(most);
    for n in 0..count {
        let called = *chance.pick(&[Called::Both, Called::Both, Called::ByPhone, Called::ByUserId, Called::Varying]);
        let mut applicant = Applicant::new(n, called, *chance.pick(&[1_000, 950, 900, 700]));
        // A number that has been somebody else's. Not where keys are destroyed: what the other's entries said of the
        // number is then gone, and `fsck` cannot explain it.
        if n > 0 && !world.long && chance.permille(50) {
            applicant.phone.clone_from(&world.meta.lock().applicants[0].phone);
        }
        world.meta.lock().applicants.push(applicant);
        let begin = world.now().plus_millis(chance.between(0, 120_000));
        world.later(begin, Happening::Says(n, Says::Text("hello")));
        if chance.permille(150) {
            // Impatience: two first messages at once.
            world.later(begin.plus_millis(chance.between(0, 300)), Happening::Says(n, Says::Text("hello?")));
        }
        if chance.permille(150) {
            world.later(begin.plus_millis(chance.between(0, 5_000)), Happening::Says(n, photo(world, n)));
        }
        later_on(world, n, begin);
    }
}

/// Things they do at some time, whatever the state of the case.
fn later_on(world: &World, who: usize, begin: Timestamp) {
    let chance = &world.chance;
    for (rate, says) in [
        (120, Says::Text("STOP")),
        (80, Says::Text("START")),
        (100, Says::Text("hello again")),
        (60, Says::Text("STATUS")),
        (40, Says::DeleteLast),
        (30, Says::Device),
    ] {
        if chance.permille(rate) {
            let longest_ms = *chance.pick(&[60_000, 1_200_000, 90_000_000]);
            world.later(begin.plus_millis(chance.between(0, longest_ms)), Happening::Says(who, says));
        }
    }
}
