//! Message ids as Meta makes them: `wamid.` and base64 of a small record that holds the other party's number.
//!
//! That the number is inside is why Portico treats a wamid as personal data; a stand-in with random ids would never
//! show a leak. Layout read from the ids in Meta's published payloads (`1c 18 len party 15 02 00 kind 18 len id 00`);
//! no page describes it. For someone who hides the number we put the user id there: a guess, see `docs/STANDIN.md`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_vocab::{ParseError, Wamid};

/// Which way the message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    FromApplicant,
    FromBusiness,
}

/// # Errors
/// When `party` is so long that the id no longer fits its type.
pub(crate) fn mint(direction: Direction, party: &str, random: [u8; 16]) -> Result<Wamid, ParseError> {
    let hex: String = random.iter().map(|byte| format!("{byte:02X}")).collect();
    // Phones make twenty characters beginning with 3A, the Cloud API makes eighteen.
    let (kind, id) = match direction {
        Direction::FromApplicant => (0x12, format!("3A{}", hex.get(..18).unwrap_or_default())),
        Direction::FromBusiness => (0x11, hex.get(..18).unwrap_or_default().to_owned()),
    };
    let mut record = vec![0x1c, 0x18, u8::try_from(party.len()).unwrap_or(u8::MAX)];
    record.extend_from_slice(party.as_bytes());
    record.extend_from_slice(&[0x15, 0x02, 0x00, kind, 0x18, u8::try_from(id.len()).unwrap_or(u8::MAX)]);
    record.extend_from_slice(id.as_bytes());
    record.push(0);
    Wamid::parse(&format!("wamid.{}", STANDARD.encode(record)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(wamid: &Wamid) -> Vec<u8> {
        STANDARD.decode(wamid.as_str().strip_prefix("wamid.").unwrap()).unwrap()
    }

    #[test]
    fn an_id_has_the_layout_of_metas_and_holds_the_number() {
        let published = Wamid::parse("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=").unwrap();
        let ours = mint(Direction::FromApplicant, "16503879439", [7; 16]).unwrap();
        let (theirs, ours) = (record(&published), record(&ours));
        assert_eq!(theirs.len(), ours.len());
        assert_eq!(theirs[..22], ours[..22], "everything up to the random part, the number included");
        assert_eq!(theirs.last(), ours.last());
    }
}
