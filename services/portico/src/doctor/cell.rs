//! A cell's own choices: policy, sign-off, hours.

use portico_vocab::Clock;

use super::Line;
use crate::config::{Capture, CellConfig, Config, DutyHours};

pub(super) async fn look(config: &Config, section: &CellConfig, clock: &dyn Clock) -> Vec<Line> {
    vec![policy(config, section), capture(section), hours(section, clock)]
}

fn policy(config: &Config, section: &CellConfig) -> Line {
    let place = section.country.as_str();
    match section.policy(config.policies_dir.as_deref()) {
        Ok(policy) => {
            let pin = policy.pin();
            let documents = policy.documents().len();
            Line::ok(place, "policy", format!("{} ({}), {documents} documents offered", pin.id, pin.hash))
        }
        Err(error) => Line::fail(place, "policy", error.to_string(), "mend the policy or name another"),
    }
}

fn capture(section: &CellConfig) -> Line {
    let place = section.country.as_str();
    match (section.capture, &section.capture_signoff) {
        (Capture::InChat, Some(signoff)) => Line::ok(place, "capture", format!("in the chat, signed off: {signoff}")),
        (Capture::InChat, None) => Line::warn(
            place,
            "capture",
            "ID photos are asked for in the chat and nobody signed it off: Meta's business messaging policy",
            "have it accepted and say by whom in cell.capture_signoff",
        ),
    }
}

fn hours(section: &CellConfig, clock: &dyn Clock) -> Line {
    let (place, zone) = (section.country.as_str(), &section.timezone);
    let open = DutyHours::parse(&section.duty_hours).map(|hours| hours.is_open(clock.now(), zone));
    let word = match open {
        Ok(Some(true)) => "reviewers are at work now",
        Ok(Some(false)) => "no reviewer is at work now",
        // Refused before doctor begins; said all the same.
        Ok(None) | Err(_) => {
            return Line::fail(place, "hours", "they mean no time", "mend cell.duty_hours and cell.timezone");
        }
    };
    Line::ok(place, "hours", format!("{word} ({}, {zone})", section.duty_hours))
}
