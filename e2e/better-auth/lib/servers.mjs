// Starts the two servers, each on its own temporary database of the cluster in TEST_DATABASE_URL.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { trustedOrigin } from "./context.mjs";
import { request } from "./http.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** The configurations that scenarios ask for; the first is the default. */
export const variants = {
  main: {},
  verify: { requireEmailVerification: true },
  limited: { rateLimit: true },
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const freePorts = async () => {
  const ports = {};
  for (const name of Object.keys(variants)) ports[name] = await freePort();
  return ports;
};

const adminUrl = () => {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error("TEST_DATABASE_URL is not set: it names the PostgreSQL cluster that gets the temporary databases");
  return url;
};

const createDatabase = async (name) => {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  const database = `e2e_${name}_${process.pid}_${randomBytes(3).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return {
    url: url.href,
    drop: async () => {
      const client = new pg.Client({ connectionString: adminUrl() });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await client.end();
    },
  };
};

const start = ({ name, command, args, env, log, cwd }) => {
  const file = openSync(log, "a");
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", file, file] });
  const state = { child, exited: false };
  child.on("error", (error) => (state.failure = error));
  child.on("exit", (code, signal) => {
    state.exited = true;
    state.failure ??= new Error(`${name} ended (${signal ?? code})`);
  });
  state.stop = async () => {
    if (state.exited) return;
    child.kill("SIGTERM");
    for (let waited = 0; waited < 3_000 && !state.exited; waited += 50) await sleep(50);
    if (!state.exited) child.kill("SIGKILL");
  };
  return state;
};

const ready = async (state, port, name, log, seconds = 30) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (state.failure) break;
    try {
      const { status } = await request({ port, method: "GET", path: "/health" });
      if (status === 200) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > end) break;
    await sleep(50);
  }
  throw new Error(`${name} did not start: ${state.failure?.message ?? "no answer"}\n${readFileSync(log, "utf8").slice(-3000)}`);
};

/** The two steps that scenarios need to move time, in each server's own tables. */
const clock = (urls, statements) => {
  const pools = urls.map((url) => new pg.Pool({ connectionString: url, max: 2 }));
  // A person or a token is in one of the databases; in the others nothing matches.
  const everywhere = (sql, values) => Promise.all(pools.map((pool) => pool.query(sql, values)));
  return {
    ageSessions: async (email, seconds) => {
      await everywhere(statements.ageSessions, [email, seconds]);
      if (statements.cacheMs) await sleep(statements.cacheMs);
    },
    // A server may keep only a digest of a token.
    expireVerifications: async (needle) => {
      const digest = createHash("sha256").update(needle).digest();
      await everywhere(statements.expireVerifications, [[needle, digest.toString("hex"), digest.toString("base64url")]]);
    },
    end: () => Promise.all(pools.map((pool) => pool.end())),
  };
};

const base = { PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC" };

export const startReference = async () => {
  const work = mkdtempSync(join(tmpdir(), "e2e-reference-"));
  const log = join(work, "log");
  const database = await createDatabase("reference");
  const ports = await freePorts();
  const secret = randomBytes(24).toString("base64url");
  const state = start({
    name: "the reference server",
    command: process.execPath,
    args: [join(folder, "reference-server.mjs")],
    cwd: folder,
    log,
    env: {
      ...base,
      NODE_ENV: "development",
      REFERENCE_LOG: process.env.REFERENCE_LOG ?? "",
      REFERENCE_DATABASE_URL: database.url,
      REFERENCE_SECRET: secret,
      REFERENCE_TRUSTED_ORIGINS: trustedOrigin,
      REFERENCE_VARIANTS: JSON.stringify(Object.entries(variants).map(([name, options]) => ({ name, port: ports[name], ...options }))),
    },
  });
  const server = {
    name: "reference",
    ports,
    secret,
    log,
    database: clock([database.url], {
      ageSessions: `UPDATE session SET "createdAt" = "createdAt" - $2 * interval '1 second', "updatedAt" = "updatedAt" - $2 * interval '1 second',
        "expiresAt" = "expiresAt" - $2 * interval '1 second' WHERE "userId" = (SELECT id FROM "user" WHERE email = $1)`,
      expireVerifications: `UPDATE verification SET "expiresAt" = "expiresAt" - interval '2 days'
        WHERE EXISTS (SELECT FROM unnest($1::text[]) AS needle WHERE strpos(identifier, needle) > 0 OR strpos(value, needle) > 0)`,
    }),
    stop: async () => {
      await server.database.end();
      await state.stop();
      await database.drop();
      rmSync(work, { recursive: true, force: true });
    },
  };
  try {
    for (const port of Object.values(ports)) await ready(state, port, "the reference server", log);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
};

export const startOurs = async () => {
  const binary = process.env.MANA_AUTH_BIN ?? join(folder, "../../target/debug/mana-auth");
  const work = mkdtempSync(join(tmpdir(), "e2e-ours-"));
  const log = join(work, "log");
  // A mailbox of development is in its process, and any process of a database may send a waiting mail: one database each.
  const databases = {};
  for (const name of Object.keys(variants)) databases[name] = await createDatabase(`ours_${name.replace(/[^a-z]/gi, "").toLowerCase()}`);
  const ports = await freePorts();
  const secret = randomBytes(24).toString("base64url");
  const states = [];
  const server = {
    name: "ours",
    ports,
    secret,
    log,
    database: clock(Object.values(databases).map(({ url }) => url), {
      // Says so on the revocation feed, as every change of a session does: what is in memory is not read again before.
      ageSessions: `WITH aged AS (
        UPDATE auth.sessions SET created_at = created_at - $2 * interval '1 second', updated_at = updated_at - $2 * interval '1 second',
          last_activity_at = last_activity_at - $2 * interval '1 second', expires_at = expires_at - $2 * interval '1 second'
        WHERE user_id = (SELECT id FROM auth.users WHERE email = $1) RETURNING user_id)
        SELECT DISTINCT pg_notify('mana_auth', 'user:' || user_id)::text FROM aged`,
      expireVerifications: `UPDATE auth.verification SET expires_at = expires_at - interval '2 days'
        WHERE EXISTS (SELECT FROM unnest($1::text[]) AS needle WHERE strpos(identifier, needle) > 0 OR strpos(value, needle) > 0)`,
      cacheMs: 1_100,
    }),
    stop: async () => {
      await server.database.end();
      await Promise.all(states.map((state) => state.stop()));
      await Promise.all(Object.values(databases).map((database) => database.drop()));
      if (process.env.E2E_KEEP_LOGS) process.stdout.write(`log of our server: ${log}\n`);
      else rmSync(work, { recursive: true, force: true });
    },
  };
  const kek = randomBytes(32).toString("base64");
  try {
    // One after the other: each migrates its database.
    for (const [name, options] of Object.entries(variants)) {
      const port = ports[name];
      const state = start({
        name: `our server (${name})`,
        command: binary,
        args: ["serve"],
        cwd: work,
        log,
        env: {
          ...base,
          ENVIRONMENT: "development",
          PORT: String(port),
          BASE_URL: `http://localhost:${port}`,
          DATABASE_URL: databases[name].url,
          DATA_DIR: join(work, "data"),
          BETTER_AUTH_SECRET: secret,
          MANA_AUTH_KEK: kek,
          COOKIE_PREFIX: "mana",
          CORS_ORIGINS: `http://localhost:${port},${trustedOrigin}`,
          TRUSTED_PROXIES: "127.0.0.1/32",
          WEBAUTHN_RP_NAME: "Mana",
          WEBAUTHN_ORIGINS: `http://localhost:${port},${trustedOrigin}`,
          RATE_LIMIT_ENABLED: String(options.rateLimit === true),
          REQUIRE_EMAIL_VERIFICATION: String(options.requireEmailVerification === true),
          LOG_LEVEL: process.env.E2E_LOG_LEVEL ?? "warn",
        },
      });
      states.push(state);
      await ready(state, port, `our server (${name})`, log);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
};
