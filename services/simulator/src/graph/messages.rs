//! `POST /{phone-number-id}/messages`: taking a message of the business, or a reading mark.
//!
//! *Invariant:* 200 means accepted, not sent; what became of it is told by receipts alone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use portico_vocab::{Timestamp, Wamid};
use serde_json::{Map, Value, json};

use crate::applicant::ApplicantId;
use crate::config::Number;
use crate::fault::Fault;
use crate::graph::answer::GraphError;
use crate::graph::outgoing::{Address, Mark, Outgoing, Request};
use crate::requests::Operation;
use crate::sent::{SentContent, SentMessage};
use crate::simulator::Simulator;
use crate::thread::Tick;
use crate::wamid::{self, Direction};
use crate::webhook::Fate;
use crate::world::World;

/// M: Typing indicators. The sign ends with our reply or after this.
const TYPING_SECONDS: i64 = 25;

pub(crate) async fn send(
    State(simulator): State<Simulator>,
    Path((version, number)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, GraphError> {
    // Parsed first, because what is logged depends on it; refused only after the token has been checked.
    let parsed = serde_json::from_slice(&body).map_err(|_| GraphError::of(100));
    let request = parsed.and_then(|raw: Value| Request::parse(&raw).map(|request| (request, raw)));
    let mark = matches!(request, Ok((Request::Mark(_), _)));
    let operation = if mark { Operation::MarkRead } else { Operation::Send };
    let fault = simulator.enter(operation, &method, format!("/{version}/{number}/messages"), &headers)?;
    let number = simulator.number_by_id(&number).cloned().ok_or_else(GraphError::no_object)?;
    match fault {
        Some(Fault::SendRefused(code)) => return Err(refused(code, &request)),
        Some(Fault::SendFails) => return Err(refused(131_000, &request)),
        Some(Fault::SendSilent { taken: false }) => return Err(simulator.say_nothing().await),
        _ => {}
    }
    let answer = match request? {
        (Request::Mark(mark), _) => simulator.mark_read(&mark)?,
        (Request::Send(outgoing), raw) => simulator.accept(&number, outgoing, raw)?,
    };
    if fault == Some(Fault::SendSilent { taken: true }) {
        return Err(simulator.say_nothing().await);
    }
    Ok(Json(answer).into_response())
}

/// The refusal names whom the message was for, so that nobody gets used to logging what Meta says.
fn refused(code: u32, request: &Result<(Request, Value), GraphError>) -> GraphError {
    let mut error = GraphError::of(code);
    if let Ok((Request::Send(outgoing), _)) = request {
        error.details = format!("{} Recipient: {}", error.details, outgoing.address.input());
    }
    error
}

impl Simulator {
    fn mark_read(&self, mark: &Mark) -> Result<Value, GraphError> {
        let typing_until = mark.typing.then(|| self.now().plus_seconds(TYPING_SECONDS));
        let mut world = self.world();
        let unknown = || GraphError::value("message_id is not the id of a message received by this number");
        let who = world.chat_of(&mark.message).cloned().ok_or_else(unknown)?;
        let thread = world.thread_mut(&who).map_err(|_| unknown())?;
        thread.read_by_business(&mark.message, typing_until);
        Ok(json!({"success": true}))
    }

    /// Takes a message and sends its receipts on their way.
    fn accept(&self, number: &Number, outgoing: Outgoing, raw: Value) -> Result<Value, GraphError> {
        let now = self.now();
        let random = self.random();
        let mut world = self.world();
        let address = outgoing.address.text().to_owned();
        let who = world.at_address(&address).filter(|_| outgoing.address.can_reach()).cloned();

        let mut contact = Map::from_iter([("input".to_owned(), json!(outgoing.address.input()))]);
        let mut party = address.clone();
        if let Some(thread) = who.as_ref().and_then(|who| world.thread(who).ok()) {
            if thread.over_pair_limit(now) {
                return Err(GraphError::of(131_056));
            }
            let applicant = &thread.applicant;
            applicant.party().clone_into(&mut party);
            contact.extend(applicant.wa_id().map(|id| ("wa_id".to_owned(), json!(id))));
            contact.extend(applicant.bsuid().map(|id| ("user_id".to_owned(), json!(id))));
        }

        let wamid = wamid::mint(Direction::FromBusiness, &party, random).map_err(|_| GraphError::of(131_000))?;
        let fate = fate(&mut world, number, who.as_ref(), &outgoing, now);
        let mut message = json!({"id": wamid});
        if let (SentContent::Template { .. }, Some(message)) = (&outgoing.content, message.as_object_mut()) {
            message.insert("message_status".into(), json!("accepted"));
        }
        let sent = sent_message(wamid, now, outgoing, raw);
        if let Some(who) = &who {
            world.remember_message(&sent.wamid, who);
            if let Ok(thread) = world.thread_mut(who) {
                thread.receive(sent.clone());
            }
        }
        drop(world);
        self.send_receipts(number.clone(), sent, address, fate);
        Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}))
    }
}

/// Decides what becomes of a message at the moment it is accepted.
fn fate(world: &mut World, number: &Number, who: Option<&ApplicantId>, outgoing: &Outgoing, now: Timestamp) -> Fate {
    match world.fault(Operation::Receipt) {
        Some(Fault::ReceiptFailed(code)) => return Fate::Fails(code, who.cloned()),
        Some(Fault::ReceiptsWithheld) => return Fate::Vanishes,
        _ => {}
    }
    let Some((who, thread)) = who.and_then(|who| Some((who, world.thread(who).ok()?))) else {
        // A user id in `to` is answered 200 and never delivered; a number nobody has fails.
        return if outgoing.address.can_reach() { Fate::Fails(131_026, None) } else { Fate::Vanishes };
    };
    let template = matches!(outgoing.content, SentContent::Template { .. });
    let in_window = thread.window_open(now) && thread.applicant.country == number.country;
    if template || in_window { Fate::Arrives(who.clone()) } else { Fate::Fails(131_047, Some(who.clone())) }
}

fn sent_message(wamid: Wamid, at: Timestamp, outgoing: Outgoing, raw: Value) -> SentMessage {
    let Outgoing { content, context, callback, .. } = outgoing;
    SentMessage { wamid, at, content, context, callback, tick: Tick::Pending, raw }
}

impl Address {
    /// A user id placed in `to` is the trap of the API: accepted, and never delivered (I:chatwoot/chatwoot#15150).
    fn can_reach(&self) -> bool {
        !matches!(self, Self::UserIdInTo(_))
    }
}
