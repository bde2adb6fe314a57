// A software authenticator: ES256 key pairs, attestation "none", CBOR by hand.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

const head = (major, length) => {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
};
const cbor = {
  integer: (value) => (value >= 0 ? head(0, value) : head(1, -1 - value)),
  bytes: (value) => Buffer.concat([head(2, value.length), value]),
  text: (value) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]),
  map: (pairs) => Buffer.concat([head(5, pairs.length), ...pairs.flat()]),
};

const flags = { present: 1, verified: 4, attested: 64 };

export class Authenticator {
  constructor({ origin, counter = 0 }) {
    this.origin = origin;
    this.counter = counter;
    this.id = randomBytes(32);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.privateKey = privateKey;
    const { x, y } = publicKey.export({ format: "jwk" });
    this.coseKey = cbor.map([
      [cbor.integer(1), cbor.integer(2)],
      [cbor.integer(3), cbor.integer(-7)],
      [cbor.integer(-1), cbor.integer(1)],
      [cbor.integer(-2), cbor.bytes(Buffer.from(x, "base64url"))],
      [cbor.integer(-3), cbor.bytes(Buffer.from(y, "base64url"))],
    ]);
  }

  clientData(type, challenge, origin = this.origin) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  authenticatorData(rpId, extra = Buffer.alloc(0), bits = flags.present | flags.verified) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(rpId), Buffer.from([bits]), counter, extra]);
  }

  /** Answers registration options with a RegistrationResponseJSON; `change` overrides challenge, origin or rpId. */
  register(options, change = {}) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, this.coseKey]);
    const data = this.authenticatorData(
      change.rpId ?? options.rp.id,
      attested,
      flags.present | flags.verified | flags.attested,
    );
    const attestation = cbor.map([
      [cbor.text("fmt"), cbor.text("none")],
      [cbor.text("attStmt"), cbor.map([])],
      [cbor.text("authData"), cbor.bytes(data)],
    ]);
    const client = this.clientData("webauthn.create", change.challenge ?? options.challenge, change.origin);
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        attestationObject: base64url(attestation),
        transports: ["internal", "hybrid"],
      },
    };
  }

  /** Answers authentication options with an AuthenticationResponseJSON. */
  authenticate(options, change = {}) {
    this.counter += change.step ?? 1;
    const data = this.authenticatorData(change.rpId ?? options.rpId);
    const client = this.clientData("webauthn.get", change.challenge ?? options.challenge, change.origin);
    const signature = sign("sha256", Buffer.concat([data, sha256(client)]), change.privateKey ?? this.privateKey);
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
        ...(change.userHandle && { userHandle: change.userHandle }),
      },
    };
  }
}
