//! ISO 7064 (GB/T 17710): check characters over digits and letters.

/// The check character of MOD 37,36 over `0`–`9` and `A`–`Z`; `None` where another character stands among them.
pub(super) fn mod_37_36(characters: impl IntoIterator<Item = char>) -> Option<char> {
    let mut rest = 36;
    for character in characters {
        rest = (rest + value(character)?) % 36;
        rest = if rest == 0 { 36 } else { rest } * 2 % 37;
    }
    char::from_digit((37 - rest) % 36, 36).map(|check| check.to_ascii_uppercase())
}

fn value(character: char) -> Option<u32> {
    let known = character.is_ascii_digit() || character.is_ascii_uppercase();
    known.then(|| character.to_digit(36))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_digits_and_capitals() {
        assert_eq!(
            mod_37_36("A12425GABC1234002".chars()),
            Some('M'),
            "the example of ISO 7064 in use for GRid"
        );
        assert_eq!(mod_37_36("a".chars()), None);
        assert_eq!(mod_37_36("中".chars()), None);
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(text in "[0-9A-Z]{5,40}", at in 0usize..5, other in "[0-9A-Z]") {
            let mut wrong = text.clone();
            wrong.replace_range(at..=at, &other);
            prop_assume!(wrong != text);
            prop_assert_ne!(mod_37_36(wrong.chars()), mod_37_36(text.chars()));
        }
    }
}
