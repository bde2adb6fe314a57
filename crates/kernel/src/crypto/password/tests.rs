//! Hashes of every kind, and what must match none of them.

use super::*;

const CHEAP: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

#[test]
fn only_what_nobody_ever_set_is_too_long_to_sign_in_with() {
    for fits in [
        "x".repeat(128),
        // 256 code points that compose to 128, and 100 that NFKC makes 1,800 of.
        "e\u{301}".repeat(128),
        "\u{fdfa}".repeat(100),
        "\u{1f44d}".repeat(128),
    ] {
        assert_eq!(Password::check_length(&fits), Ok(()));
    }
    for long in ["x".repeat(129), "x".repeat(2000), "e\u{301}".repeat(2000)] {
        assert_eq!(Password::check_length(&long), Err(PasswordError::TooLong));
    }
}

#[test]
fn argon2id_round_trip_and_rehash_on_cost_change() {
    let mut memory = Memory::default();
    let password = Password::new("correct horse").unwrap();
    let stored = hash(&password, [1; 16], CHEAP, &mut memory).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    let right = verify(&password, &stored, CHEAP, &mut memory).unwrap();
    assert_eq!(
        right,
        Verdict {
            is_match: true,
            needs_rehash: false
        }
    );
    assert!(
        verify(&password, &stored, Cost::default(), &mut memory)
            .unwrap()
            .needs_rehash
    );
    assert!(
        !verify(&Password::presented("wrong"), &stored, CHEAP, &mut memory)
            .unwrap()
            .is_match
    );
}

#[test]
fn better_auth_scrypt_vector_verifies_and_asks_for_a_rehash() {
    let stored = "bc06d9a7f6a33490604c17a628777f82:b189b63fd603e859c3a153d72b0b1d4e4401d09ded671c85b38b77c39253c20cf027065086280f1b5f03a23c094a88a1cf25ff301e8033a723b043a7ca90c20a";
    let mut memory = Memory::default();
    let found = verify(&Password::presented("x"), stored, CHEAP, &mut memory).unwrap();
    assert_eq!(
        found,
        Verdict {
            is_match: true,
            needs_rehash: true
        }
    );
    assert!(
        !verify(&Password::presented("y"), stored, CHEAP, &mut memory)
            .unwrap()
            .is_match
    );
}

#[test]
fn bcrypt_verifies_known_prefixes_and_never_2x() {
    let stored = bcrypt::hash("correct horse", 4).unwrap();
    let mut memory = Memory::default();
    let password = Password::presented("correct horse");
    assert!(
        verify(&password, &stored, CHEAP, &mut memory)
            .unwrap()
            .is_match
    );
    assert!(
        !verify(
            &password,
            &stored.replacen("$2b$", "$2x$", 1),
            CHEAP,
            &mut memory
        )
        .unwrap()
        .is_match
    );
}

#[test]
fn length_counts_code_points_after_nfkc() {
    assert_eq!(
        Password::new("1234567").err(),
        Some(PasswordError::TooShort)
    );
    assert!(Password::new("12345678").is_ok());
    assert!(Password::new(&"\u{1F511}".repeat(128)).is_ok());
    // Sent decomposed, these are many more code points and bytes than they count.
    assert!(Password::new(&"\u{1112}\u{1161}\u{11ab}".repeat(128)).is_ok());
    assert!(Password::new(&"\u{3b1}\u{313}\u{300}\u{345}".repeat(128)).is_ok());
    assert!(Password::new(&"e\u{301}".repeat(7)).is_err());
    // And one code point may become eighteen.
    assert!(Password::new("\u{fdfa}").is_ok());
    assert_eq!(
        Password::new(&"\u{fdfa}".repeat(8)).err(),
        Some(PasswordError::TooLong)
    );
    assert_eq!(
        Password::new(&"a".repeat(129)).err(),
        Some(PasswordError::TooLong)
    );
    assert_eq!(
        Password::new(&"a".repeat(1_000_000)).err(),
        Some(PasswordError::TooLong)
    );
}

/// A text as the hash of another system may have been made of, which NFKC changes.
const TYPED: &str = "p\u{e4}ssw\u{f6}rter \u{fb01}";

#[test]
fn an_imported_hash_of_the_text_as_sent_matches_and_is_replaced() {
    let mut memory = Memory::default();
    let typed = Password::presented(TYPED);
    assert_eq!(typed.texts(), 2);
    let plain = Password {
        normalised: Zeroizing::new(TYPED.to_owned()),
        typed: None,
        is_too_long: false,
    };
    let imported = [
        bcrypt::hash(TYPED, 4).unwrap(),
        hash(&plain, [1; 16], CHEAP, &mut memory).unwrap(),
    ];
    for stored in imported {
        let found = verify(&typed, &stored, CHEAP, &mut memory).unwrap();
        assert!(found.is_match && found.needs_rehash, "{stored}");
        let wrong = Password::presented("p\u{e4}ssw\u{f6}rter \u{fb02}");
        let found = verify(&wrong, &stored, CHEAP, &mut memory).unwrap();
        assert_eq!(found, Verdict::NO, "{stored}");
    }
    // Ours are of the normalised text, which is tried first.
    let ours = hash(&typed, [1; 16], CHEAP, &mut memory).unwrap();
    let found = verify(&typed, &ours, CHEAP, &mut memory).unwrap();
    assert!(found.is_match && !found.needs_rehash);
}

#[test]
fn a_hash_of_the_beginning_alone_signs_in_and_stays() {
    let mut memory = Memory::default();
    let long = "x".repeat(80);
    let stored = bcrypt::hash(&long[..72], 4).unwrap();
    for (text, needs_rehash) in [
        (long.as_str(), false),
        (&long[..73], false),
        (&long[..72], true),
    ] {
        let password = Password::presented(text);
        let found = verify(&password, &stored, CHEAP, &mut memory).unwrap();
        let is_match = true;
        let wanted = Verdict {
            is_match,
            needs_rehash,
        };
        assert_eq!(found, wanted, "{} bytes", text.len());
    }
    // As sent, 72 bytes are cut in the middle of a character.
    let typed = format!("{}{}", "x".repeat(71), "\u{fb01}".repeat(3));
    let stored = bcrypt::hash(&typed.as_bytes()[..72], 4).unwrap();
    let found = verify(&Password::presented(&typed), &stored, CHEAP, &mut memory).unwrap();
    assert!(found.is_match && !found.needs_rehash);
}

#[test]
fn what_is_longer_than_any_password_matches_nothing() {
    let mut memory = Memory::default();
    let empty = bcrypt::hash("", 4).unwrap();
    let huge = Password::presented(&"a".repeat(1_000_000));
    let found = verify(&huge, &empty, CHEAP, &mut memory).unwrap();
    assert_eq!(found, Verdict::NO);
}

#[test]
fn a_sample_is_a_readable_hash_of_its_kind() {
    let mut memory = Memory::default();
    for kind in ["$2b$04$", "scrypt", "$argon2id$v=19$m=64,t=1,p=1$"] {
        let sample = sample(kind).unwrap();
        assert_eq!(super::kind(&sample).as_deref(), Some(kind));
        let nobody = Password::presented("nobody");
        let found = verify(&nobody, &sample, CHEAP, &mut memory).unwrap();
        assert!(!found.is_match, "{kind}");
    }
    for kind in ["", "$2b$31$", "$argon2id$v=19$m=1048576,t=1000,p=1$", "x"] {
        assert_eq!(sample(kind), None, "{kind}");
    }
}

#[test]
fn unreadable_hashes_match_nothing() {
    let mut memory = Memory::default();
    for stored in [
        "",
        ":",
        "x:y",
        "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA",
        "$argon2id$",
        "plain",
        // Parameters that would take hours, or that the algorithm refuses.
        "$2b$31$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$2b$00$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$2b$04$short",
        "$2b$\u{e4}$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=1048576,t=4294967295,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=0,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8,t=1,p=60$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
        "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAA",
        "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert!(
            !verify(&Password::presented(""), stored, CHEAP, &mut memory)
                .unwrap()
                .is_match,
            "{stored}"
        );
    }
}
