//! The language of a first message, by its script (docs/domain/chat.md rule 6).

use portico_vocab::Language;

/// Hindi when most letters are Devanagari; `None` when the script does not tell, because Latin letters are shared.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    let devanagari = text.chars().filter(|c| ('\u{900}'..='\u{97f}').contains(c) && c.is_alphabetic()).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if devanagari * 2 > letters { Language::parse("hi").ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devanagari_is_hindi_and_latin_is_anybodys() {
        for text in ["नमस्ते, मुझे खाता खोलना है। कोड K7QF-2M9D", "नमस्ते"]
        {
            assert_eq!(detect(text).unwrap().as_str(), "hi");
        }
        for text in ["Hello", "Olá, quero abrir uma conta", "", "👍", "1234", "hello नम"] {
            assert_eq!(detect(text), None, "{text}");
        }
    }
}
