//! `/console/case/{id}`: everything a decision needs, on one page.
//!
//! [`Sight`] is what was loaded, under a recorded access; [`page::CasePage`] is what a reviewer sees of it. The files
//! beside them are the panes of the page and the four things a reviewer can do. *Invariant:* each of these is one
//! `Input` with a one-time form id, bound to the dossier the reviewer saw.

pub(crate) mod act;
pub(crate) mod chat;
pub(crate) mod claim;
pub(crate) mod decide;
pub(crate) mod draft;
pub(crate) mod findings;
pub(crate) mod history;
pub(crate) mod image;
pub(crate) mod page;
pub(crate) mod panel;
pub(crate) mod photo;
pub(crate) mod picture;
pub(crate) mod preview;
pub(crate) mod pulse;
pub(crate) mod seen;
pub(crate) mod sight;
