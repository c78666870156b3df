//! The phone page: a chat in the browser, over the same control interface that tests use.

mod acts;
mod answer;
mod view;

pub(crate) use acts::{attach, change_person, new_person, say};
pub(crate) use view::{chat, media, page, people, specimen};
