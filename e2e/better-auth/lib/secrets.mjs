// What the wire contract fixes about secrets: signed cookies, HS256 link tokens, TOTP.
import { createHmac } from "node:crypto";

/** The wire form of a signed cookie value (contract §2.2). */
export const signCookie = (value, secret) =>
  encodeURIComponent(`${value}.${createHmac("sha256", secret).update(value).digest("base64")}`);

/** Splits a signed value (already percent-decoded) and says whether its signature is right. */
export const openCookie = (decoded, secret) => {
  const at = decoded.lastIndexOf(".");
  if (at < 1) return undefined;
  const value = decoded.slice(0, at);
  const signature = decoded.slice(at + 1);
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return undefined;
  return { value, isValid: createHmac("sha256", secret).update(value).digest("base64") === signature };
};

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A compact HS256 JWS as better-auth puts into verification links (contract §1.2). */
export const signLinkToken = (payload, secret) => {
  const now = Math.floor(Date.now() / 1000);
  const input = `${part({ alg: "HS256" })}.${part({ iat: now, exp: now + 3600, ...payload })}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The 6-digit code of an otpauth URI, `step` periods from now. */
export const totp = (uri, step = 0) => {
  const secret = new URL(uri).searchParams.get("secret").replaceAll("=", "").toUpperCase();
  let bits = "";
  for (const letter of secret) bits += base32.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};
