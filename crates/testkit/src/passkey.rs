//! A software authenticator with one credential. Everything a test may want to get wrong is a public field.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Which kind of key it makes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// ECDSA on P-256, what most authenticators do.
    P256,
    /// Ed25519, what security keys choose when it is offered first.
    Ed25519,
    /// RSA with 2048 bits, what older Windows does.
    Rsa,
}

enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

/// Present and verified.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const ATTESTED: u8 = 0x40;

/// The authenticator.
pub struct SoftPasskey {
    key: Key,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The page that asks.
    pub origin: String,
    /// The relying party to sign for instead of the one that asks.
    pub rp_id: Option<String>,
    /// The challenge to sign instead of the one that came.
    pub challenge: Option<String>,
    /// Flags of the authenticator data.
    pub flags: u8,
    /// How many signatures were made.
    pub counter: u32,
    /// How far a signature takes the counter.
    pub step: u32,
    /// Whether the page sits in a frame of another.
    pub is_framed: bool,
    /// Whom a signature names, base64url; nobody when absent.
    pub user_handle: Option<Value>,
    /// The COSE key to register instead of its own.
    pub public_key: Option<Vec<u8>>,
}

impl SoftPasskey {
    /// A new credential, used from a page.
    pub fn new(kind: Kind, origin: &str) -> Self {
        let key = match kind {
            Kind::P256 => {
                Key::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
            }
            Kind::Ed25519 => Key::Ed25519(Ed25519KeyPair::generate().unwrap()),
            Kind::Rsa => Key::Rsa(rsa::KeyPair::generate(KeySize::Rsa2048).unwrap()),
        };
        let mut id = vec![0; 32];
        aws_lc_rs::rand::fill(&mut id).unwrap();
        Self {
            key,
            id,
            origin: origin.to_owned(),
            rp_id: None,
            challenge: None,
            flags: PRESENT_AND_VERIFIED,
            counter: 0,
            step: 1,
            is_framed: false,
            user_handle: None,
            public_key: None,
        }
    }

    /// The credential's id as browsers write it.
    pub fn credential_id(&self) -> String {
        BASE64URL_NOPAD.encode(&self.id)
    }

    /// Answers the options of a registration.
    pub fn register(&self, options: &Value) -> Value {
        let rp_id = self.rp_id_of(&options["rp"]["id"]);
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let own = || encode(&self.cose());
        let public_key = self.public_key.clone().unwrap_or_else(own);
        let attested = [[0_u8; 16].as_slice(), &length, &self.id, &public_key].concat();
        let data = [self.head(&rp_id, ATTESTED), attested].concat();
        let object = Cbor::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Cbor::Map(Vec::new())),
            ("authData".into(), Cbor::Bytes(data)),
        ]);
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        self.wrap(json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
            "attestationObject": BASE64URL_NOPAD.encode(&encode(&object)),
            "transports": ["internal", "hybrid"],
        }))
    }

    /// Answers the options of a sign-in.
    pub fn sign(&mut self, options: &Value) -> Value {
        self.counter += self.step;
        let data = self.head(&self.rp_id_of(&options["rpId"]), 0);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let message = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::P256(key) => key.sign(&random, &message).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(&message).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature)
                    .unwrap();
                signature
            }
        };
        let mut response = json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "signature": BASE64URL_NOPAD.encode(&signature),
        });
        if let Some(handle) = &self.user_handle {
            response["userHandle"] = handle.clone();
        }
        self.wrap(response)
    }

    fn wrap(&self, response: Value) -> Value {
        json!({
            "id": self.credential_id(),
            "rawId": self.credential_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    fn rp_id_of(&self, asked: &Value) -> String {
        let asked = || asked.as_str().unwrap().to_owned();
        self.rp_id.clone().unwrap_or_else(asked)
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let challenge = match &self.challenge {
            Some(other) => json!(other),
            None => challenge.clone(),
        };
        let data = json!({
            "type": kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.is_framed,
        });
        data.to_string().into_bytes()
    }

    fn head(&self, rp_id: &str, extra_flags: u8) -> Vec<u8> {
        let mut head = Sha256::digest(rp_id.as_bytes()).to_vec();
        head.push(self.flags | extra_flags);
        head.extend(self.counter.to_be_bytes());
        head
    }

    fn cose(&self) -> Cbor {
        let pair = |label: i64, value: Cbor| (Cbor::from(label), value);
        let bytes = |slice: &[u8]| Cbor::Bytes(slice.to_vec());
        Cbor::Map(match &self.key {
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                vec![
                    pair(1, 2.into()),
                    pair(3, (-7).into()),
                    pair(-1, 1.into()),
                    pair(-2, bytes(&point[1..33])),
                    pair(-3, bytes(&point[33..])),
                ]
            }
            Key::Ed25519(key) => vec![
                pair(1, 1.into()),
                pair(3, (-8).into()),
                pair(-1, 6.into()),
                pair(-2, bytes(key.public_key().as_ref())),
            ],
            Key::Rsa(key) => {
                let public = key.public_key();
                let exponent = public.exponent().big_endian_without_leading_zero();
                let modulus = public.modulus().big_endian_without_leading_zero();
                vec![
                    pair(1, 3.into()),
                    pair(3, (-257).into()),
                    pair(-1, bytes(modulus)),
                    pair(-2, bytes(exponent)),
                ]
            }
        })
    }
}

fn encode(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
