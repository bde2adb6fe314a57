// The real Better Auth with the plugins that the predecessor ran: JWT, organisations, two factors.
// Rate limit and telemetry are off, as on our side: the work itself is measured.
import { betterAuth } from "better-auth";
import { jwt, organization, twoFactor } from "better-auth/plugins";
import pg from "pg";

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE ?? 16),
});

export const auth = betterAuth({
  baseURL: process.env.BASE_URL,
  secret: "benchmark-only-secret-benchmark-only-secret",
  database: pool,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [jwt(), organization(), twoFactor()],
});
