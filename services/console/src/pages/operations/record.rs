//! An operator's act as a colleague reads it. What is kept of it is a link of the cell's operations chain
//! ([`Act`]); the command line writes links of the same form, and one of another form is shown by its time alone.

use portico_cell::Act;

/// Who did it, as colleagues are called on every page.
pub(crate) fn who(act: &Act) -> &str {
    let by = act.by.as_deref().unwrap_or("Somebody at the command line");
    by.strip_prefix("reviewer:").unwrap_or(by)
}

/// What was done, to go on with a name: `O. Operator tried a delivery again`.
pub(crate) fn what(act: &Act) -> String {
    let work = match act.id.split_once(':') {
        Some(("job", _)) => "a job",
        Some(("delivery", _)) => "a delivery",
        Some(("send", _)) => "a message",
        _ => "a piece of work",
    };
    match act.did.as_str() {
        Act::RETRY => format!("tried {work} again"),
        Act::DISCARD => format!("gave {work} up"),
        Act::ENABLE => format!("enabled {} again", act.id),
        other => other.replace('_', " "),
    }
}
