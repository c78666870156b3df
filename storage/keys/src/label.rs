//! Every key-derivation label, in one table.
//!
//! All derivations are HKDF-SHA256 (RFC 5869) with the salt [`SALT`]; `info` is the label and its context, each
//! preceded by its length. *Invariant:* a label is used for one thing only, and never for another later.
//!
//! | label | from | context | gives |
//! | --- | --- | --- | --- |
//! | [`MASTER_ID`] | master | | the key's public id, 8 bytes shown as hex |
//! | [`INPUT`] | master | cell | HMAC key of input ids |
//! | [`LOOKUP`] | master | cell, kind | HMAC key of aliases, stop-list, fingerprints, wamids, tokens |
//! | [`SEAL_CELL`] | master | cell, purpose | AES key of the cell's own payloads |
//! | [`WRAP_CASE`] | master | cell | AES key that wraps case keys |
//! | [`WRAP_DAY`] | master | cell | AES key that wraps day keys |
//! | [`COMMIT_CASE`] | case key | | HMAC key of the commitments in history entries |
//! | [`SEAL_CASE`] | case key | | AES key of the case's payloads |
//! | [`WRAP_OBJECT`] | case key | | AES key that wraps object keys |
//! | [`SEAL_DAY`] | day key | | AES key of a day's inbox bodies |
//! | [`SEAL_OBJECT`] | object key | | AES key of one object |
//! | [`KEY_COMMITMENT`] | any wrapped key | | the commitment stored beside it (GCM alone commits to no key) |

/// The salt of every derivation; its number changes if the scheme ever does.
pub const SALT: &str = "portico/keys/1";

pub const MASTER_ID: &str = "master/id";
pub const INPUT: &str = "input";
pub const LOOKUP: &str = "lookup";
pub const SEAL_CELL: &str = "seal/cell";
pub const WRAP_CASE: &str = "wrap/case";
pub const WRAP_DAY: &str = "wrap/day";
pub const COMMIT_CASE: &str = "commit/case";
pub const SEAL_CASE: &str = "seal/case";
pub const WRAP_OBJECT: &str = "wrap/object";
pub const SEAL_DAY: &str = "seal/day";
pub const SEAL_OBJECT: &str = "seal/object";
pub const KEY_COMMITMENT: &str = "key/commitment";
