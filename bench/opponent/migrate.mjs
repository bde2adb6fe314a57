// Better Auth's own migrator, then the wallets of the credits pattern.
import { getMigrations } from "better-auth/db/migration";
import { auth, pool } from "./auth.mjs";
import { createWallets } from "./credits.mjs";

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
await createWallets();
await pool.end();
