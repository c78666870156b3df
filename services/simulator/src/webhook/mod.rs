//! Webhooks out: what an applicant does and what became of the business's messages, signed and posted as Meta does.

mod courier;
mod json;
mod receipts;
mod say;
mod wire;

pub(crate) use courier::Parcel;
pub(crate) use receipts::Fate;
