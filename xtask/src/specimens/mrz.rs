//! Machine readable zones with their check digits (ICAO Doc 9303, parts 3 to 5).

use super::person::Person;

/// The issuing state that ICAO reserves for examples.
pub(super) const STATE: &str = "UTO";

/// The two lines of a passport (TD3), 44 characters each.
pub(super) fn passport(person: &Person) -> [String; 2] {
    let number = padded(person.passport, 9);
    let data = format!("{number}{}", check(&number));
    let personal = padded("", 14);
    let dates = format!("{}{}", checked(person.birth), person.sex);
    let expiry = checked(person.expiry);
    // The last digit covers every checked field with its digit, and none of the letters between them.
    let composite = check(&format!("{data}{}{expiry}{personal}{}", checked(person.birth), check(&personal)));
    [
        padded(&format!("P<{STATE}{}", name(person)), 44),
        format!("{data}{STATE}{dates}{expiry}{personal}{}{composite}", check(&personal)),
    ]
}

/// The three lines of a card (TD1), 30 characters each.
pub(super) fn card(person: &Person) -> [String; 3] {
    let first = padded(&format!("I<{STATE}{}", checked(&padded(person.card, 9))), 30);
    let (birth, expiry) = (checked(person.birth), checked(person.expiry));
    let optional = padded("", 11);
    let composite = check(&format!("{}{birth}{expiry}{optional}", &first[5..]));
    let second = format!("{birth}{}{expiry}{STATE}{optional}{composite}", person.sex);
    [first, second, padded(&name(person), 30)]
}

fn name(person: &Person) -> String {
    format!("{}<<{}", person.surname, person.given.replace(' ', "<"))
}

fn padded(text: &str, len: usize) -> String {
    format!("{text:<<len$}")
}

fn checked(field: &str) -> String {
    format!("{field}{}", check(field))
}

/// Weighted sum modulo ten: weights 7, 3, 1; digits count as such, A to Z as 10 to 35, the filler as nothing.
fn check(field: &str) -> u32 {
    let value = |c: char| c.to_digit(36).unwrap_or(0);
    field.chars().zip([7, 3, 1].into_iter().cycle()).map(|(c, weight)| value(c) * weight).sum::<u32>() % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_agree_with_the_examples_of_doc_9303() {
        // Part 3, appendix A, and the passport example of part 4, appendix A.
        for (field, digit) in [("520727", 3), ("AB2134<<<", 5), ("L898902C3", 6), ("740812", 2), ("120415", 9)] {
            assert_eq!(check(field), digit, "{field}");
        }
        assert_eq!(check("L898902C3674081221204159ZE184226B<<<<<1"), 0);
    }

    #[test]
    fn zones_have_their_lengths() {
        let person = Person::holder();
        assert!(passport(&person).iter().all(|line| line.len() == 44));
        assert!(card(&person).iter().all(|line| line.len() == 30));
    }
}
