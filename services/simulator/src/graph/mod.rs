//! The Graph API as Meta answers it: media look-up and download, sending, marking as read.
//!
//! Handlers stand in `media` and `messages`; what may be sent is parsed in `outgoing`; refusals are `answer`.

mod answer;
mod business;
mod door;
mod media;
mod messages;
mod outgoing;

pub(crate) use answer::titles;
pub(crate) use business::{debug_token, numbers, subscribe, subscribed, templates, unsubscribe};
pub(crate) use media::{delete, download, lookup, upload};
pub(crate) use messages::send;
