// The real better-auth as a server, configured as Mana Auth is. One process serves several variants, each on its own port,
// all on one PostgreSQL database.
//   REFERENCE_DATABASE_URL, REFERENCE_SECRET, REFERENCE_TRUSTED_ORIGINS (comma list),
//   REFERENCE_VARIANTS: JSON [{"name","port","requireEmailVerification","rateLimit"}]
import { scrypt } from "node:crypto";
import http from "node:http";
import { promisify } from "node:util";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { bearer, emailOTP, jwt, magicLink, multiSession, oneTimeToken, twoFactor } from "better-auth/plugins";
import { passkey } from "@better-auth/passkey";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.REFERENCE_DATABASE_URL, max: 8 });
const secret = process.env.REFERENCE_SECRET;
const trustedOrigins = (process.env.REFERENCE_TRUSTED_ORIGINS ?? "").split(",").filter(Boolean);
const variants = JSON.parse(process.env.REFERENCE_VARIANTS);

// The hash is never on the wire; a cheap one keeps the run short on a busy machine.
const digest = async (password) => (await promisify(scrypt)(password.normalize("NFKC"), secret, 32, { N: 16 })).toString("hex");

/** All mails of all variants, newest last, as the development mailbox of Mana Auth shows them. */
const mailbox = [];
const mail = (to, subject, content) =>
  mailbox.push({ to, subject, text: content, html: `<p>${content.replaceAll("&", "&amp;")}</p>` });

const createAuth = (variant) => {
  const baseURL = `http://localhost:${variant.port}`;
  return betterAuth({
    appName: "Mana",
    baseURL,
    secret,
    database: pool,
    trustedOrigins,
    telemetry: { enabled: false },
    rateLimit: { enabled: variant.rateLimit === true },
    logger: { disabled: !process.env.REFERENCE_LOG },
    // Expired rows stay until they are asked for, whatever runs beside; else OTP_EXPIRED and INVALID_OTP depend on chance.
    verification: { disableCleanup: true },
    advanced: { cookiePrefix: "mana" },
    user: {
      additionalFields: {
        role: { type: "string", defaultValue: "user", input: false, required: false },
        accessTier: { type: "string", defaultValue: "public", input: false, required: false },
      },
      changeEmail: {
        enabled: true,
        sendChangeEmailConfirmation: async ({ user, url }) => mail(user.email, "Confirm the change of address", url),
      },
      deleteUser: {
        enabled: true,
        ...(variant.requireEmailVerification && {
          sendDeleteAccountVerification: async ({ user, url }) => mail(user.email, "Delete your account", url),
        }),
      },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: { hash: digest, verify: async ({ hash, password }) => hash === (await digest(password)) },
      requireEmailVerification: variant.requireEmailVerification === true,
      sendResetPassword: async ({ user, url }) => mail(user.email, "Reset your password", url),
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: true,
      sendVerificationEmail: async ({ user, url }) => mail(user.email, "Verify your address", url),
    },
    plugins: [
      jwt({
        jwt: {
          issuer: baseURL,
          audience: "mana",
          expirationTime: "15m",
          getSubject: ({ user }) => user.id,
          definePayload: ({ user, session }) => ({
            email: user.email,
            role: user.role,
            sid: session.id,
            tier: user.accessTier,
          }),
        },
      }),
      twoFactor({ issuer: "Mana", otpOptions: { sendOTP: async ({ user, otp }) => mail(user.email, "Your code", otp) } }),
      magicLink({ sendMagicLink: async ({ email, url }) => mail(email, "Your link", url) }),
      passkey({ rpID: "localhost", rpName: "Mana", origin: [baseURL, ...trustedOrigins] }),
      multiSession(),
      bearer(),
      oneTimeToken(),
      emailOTP({
        changeEmail: { enabled: true },
        sendVerificationOTP: async ({ email, otp }) => mail(email, "Your code", otp),
      }),
    ],
  });
};

/** Every path of the server with its methods; the comparison checks that each was called. */
const endpointsOf = (auth) => {
  const seen = new Set();
  for (const endpoint of Object.values(auth.api)) {
    if (!endpoint.path || endpoint.options?.metadata?.SERVER_ONLY) continue;
    for (const method of [endpoint.options?.method].flat()) seen.add(`${method} ${endpoint.path}`);
  }
  return [...seen];
};

const json = (response, value) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
};

/** Hands a request to better-auth as the Fetch API has it (as Hono and Bun do; its own Node adapter drops some bodies). */
const handle = async (auth, origin, request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const answer = await auth.handler(
    new Request(origin + request.url, {
      method: request.method,
      headers: Object.entries(request.headers).filter(([name]) => name !== "host"),
      ...(body.length && request.method !== "GET" && request.method !== "HEAD" && { body }),
    }),
  );
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.end(Buffer.from(await answer.arrayBuffer()));
};

for (const [index, variant] of variants.entries()) {
  const auth = createAuth(variant);
  if (index === 0) await (await getMigrations(auth.options)).runMigrations();
  const origin = `http://localhost:${variant.port}`;
  const server = http.createServer((request, response) => {
    const path = request.url.split("?")[0];
    if (path === "/dev/mailbox") return json(response, mailbox);
    if (path === "/dev/endpoints") return json(response, endpointsOf(auth));
    if (path === "/health") return json(response, { ok: true });
    if (path.startsWith("/api/auth")) return handle(auth, origin, request, response);
    response.statusCode = 404;
    response.end();
  });
  await new Promise((resolve) => server.listen(variant.port, "127.0.0.1", resolve));
}
process.on("SIGTERM", () => process.exit(0));
