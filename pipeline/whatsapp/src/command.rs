//! Words that always work (docs/domain/chat.md rule 7): the whole message, in any case, with or without accents and punctuation.
//!
//! English words work in every language. *Invariant:* a sentence that merely contains such a word is no command.

/// What the applicant commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Stop,
    Start,
    Help,
    Status,
}

/// In the folded form of [`fold`].
const WORDS: &[(&str, Command)] = &[
    ("stop", Command::Stop),
    ("unsubscribe", Command::Stop),
    ("रोकें", Command::Stop),
    ("बंद करो", Command::Stop),
    ("parar", Command::Stop),
    ("pare", Command::Stop),
    ("sair", Command::Stop),
    ("cancelar", Command::Stop),
    ("stopp", Command::Stop),
    ("abmelden", Command::Stop),
    ("abbrechen", Command::Stop),
    ("beenden", Command::Stop),
    ("start", Command::Start),
    ("शुरू", Command::Start),
    ("comecar", Command::Start),
    ("iniciar", Command::Start),
    ("starten", Command::Start),
    ("beginnen", Command::Start),
    ("help", Command::Help),
    ("मदद", Command::Help),
    ("सहायता", Command::Help),
    ("ajuda", Command::Help),
    ("hilfe", Command::Help),
    ("status", Command::Status),
    ("स्थिति", Command::Status),
];

/// Longest command in characters with room for punctuation; a longer text is not folded at all.
const LONGEST: usize = 40;

/// The command that the whole of `text` is.
#[must_use]
pub fn read(text: &str) -> Option<Command> {
    if text.chars().nth(LONGEST).is_some() {
        return None;
    }
    let folded = fold(text);
    WORDS.iter().find(|(word, _)| *word == folded).map(|(_, command)| *command)
}

/// Lower case, Latin letters without their accents, words parted by one space, nothing else. Devanagari vowel signs are
/// no accents and stay; the nukta and the two spellings of a nasal are folded, because phones write either.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.chars().flat_map(char::to_lowercase) {
        match char {
            'á' | 'à' | 'â' | 'ã' | 'ä' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => folded.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            // The same accents when they come as signs of their own, the joiners, and the nukta.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe0f}' | '\u{93c}' => {}
            'ँ' => folded.push('ं'),
            _ if is_letter(char) => folded.push(char),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Letters and digits, and the signs of Devanagari, which Unicode does not count as letters.
fn is_letter(char: char) -> bool {
    char.is_alphanumeric() || (('\u{900}'..='\u{97f}').contains(&char) && !matches!(char, '।' | '॥'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_in_any_dress() {
        for (text, command) in [
            ("STOP", Command::Stop),
            (" stop. ", Command::Stop),
            ("*Stop!*", Command::Stop),
            ("Unsubscribe", Command::Stop),
            ("रोकें", Command::Stop),
            ("रोकेँ", Command::Stop),
            ("बंद  करो।", Command::Stop),
            ("PARAR", Command::Stop),
            ("pare…", Command::Stop),
            ("Sair", Command::Stop),
            ("cancelar", Command::Stop),
            ("Stopp!", Command::Stop),
            ("ABMELDEN", Command::Stop),
            ("abbrechen.", Command::Stop),
            ("Beenden", Command::Stop),
            ("start", Command::Start),
            ("शुरू", Command::Start),
            ("COMEÇAR", Command::Start),
            ("comecar", Command::Start),
            ("comec\u{327}ar", Command::Start),
            ("Iniciar", Command::Start),
            ("Starten", Command::Start),
            ("BEGINNEN", Command::Start),
            ("HELP?", Command::Help),
            ("Hilfe!", Command::Help),
            ("मदद", Command::Help),
            ("सहायता", Command::Help),
            ("ajudá", Command::Help),
            ("Status", Command::Status),
            ("स्थिति", Command::Status),
        ] {
            assert_eq!(read(text), Some(command), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_command() {
        for text in [
            "",
            "?",
            "please stop",
            "stop it now",
            "non-stop",
            "help me",
            "बंद",
            "स्टेटस क्या है",
            "👍",
            "start over",
            "bitte abmelden",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"stop ".repeat(1000)), None);
    }
}
