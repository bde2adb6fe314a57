//! Codes that people type.

/// A code without what people and keyboards put between its parts: blanks, dashes, and marks that are not seen.
pub(crate) fn typed(code: &str) -> String {
    let is_filler = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                // Hyphens and dashes, minus signs, and the two that are not seen.
                '-' | '\u{00ad}'
                    | '\u{058a}'
                    | '\u{2010}'..='\u{2015}'
                    | '\u{2212}'
                    | '\u{fe58}'
                    | '\u{fe63}'
                    | '\u{ff0d}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2060}'
                    | '\u{feff}'
            )
    };
    code.chars().filter(|c| !is_filler(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_dashes_of_every_kind_are_ignored_and_nothing_else() {
        for written in [
            "123456",
            " 123 456\n",
            "123-456",
            "12\u{2011}34\u{2013}56",
            "123\u{a0}456",
            "\u{feff}123\u{202f}456\u{200b}",
        ] {
            assert_eq!(typed(written), "123456", "{written:?}");
        }
        assert_eq!(typed("aBcDe-Fg1hI"), "aBcDeFg1hI");
        assert_eq!(typed("12_34.56"), "12_34.56");
        assert_eq!(typed(" - "), "");
    }
}
