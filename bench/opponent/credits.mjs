// How the predecessor spends credits: one Drizzle transaction that reads the balance, updates it
// under an optimistic version check and writes a history row; a lost race is retried four times.
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { and, eq } from "drizzle-orm";
import { pool } from "./auth.mjs";

const ATTEMPTS = 5;

const balances = pgTable("bench_balances", {
  userId: text("user_id").primaryKey(),
  balance: bigint("balance", { mode: "number" }).notNull(),
  version: integer("version").notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull(),
});

const transactions = pgTable("bench_transactions", {
  id: uuid("id").primaryKey(),
  userId: text("user_id").notNull(),
  amount: bigint("amount", { mode: "number" }).notNull(),
  balanceAfter: bigint("balance_after", { mode: "number" }).notNull(),
  description: text("description"),
  idempotencyKey: text("idempotency_key").unique(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
});

const db = drizzle(pool);

class LostRace extends Error {}

/** Creates the two tables and a thousand wallets that no run can empty. */
export async function createWallets() {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS bench_balances (
      user_id text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0),
      version integer NOT NULL, updated_at timestamptz NOT NULL);
    CREATE TABLE IF NOT EXISTS bench_transactions (
      id uuid PRIMARY KEY, user_id text NOT NULL, amount bigint NOT NULL,
      balance_after bigint NOT NULL, description text, idempotency_key text UNIQUE,
      created_at timestamptz NOT NULL);
    CREATE INDEX IF NOT EXISTS bench_transactions_user ON bench_transactions (user_id, created_at);
    INSERT INTO bench_balances
      SELECT 'wallet-' || n, 1000000000, 0, now() FROM generate_series(0, 999) n
      ON CONFLICT DO NOTHING`);
}

async function attempt({ userId, amount, description }) {
  return db.transaction(async (tx) => {
    const [wallet] = await tx.select().from(balances).where(eq(balances.userId, userId));
    if (!wallet) return { status: 404, body: { error: "User balance not found" } };
    if (wallet.balance < amount) return { status: 402, body: { error: "Insufficient credits" } };
    const now = new Date();
    const updated = await tx
      .update(balances)
      .set({ balance: wallet.balance - amount, version: wallet.version + 1, updatedAt: now })
      .where(and(eq(balances.userId, userId), eq(balances.version, wallet.version)))
      .returning({ balance: balances.balance });
    if (updated.length === 0) throw new LostRace();
    const id = crypto.randomUUID();
    await tx.insert(transactions).values({
      id,
      userId,
      amount: -amount,
      balanceAfter: updated[0].balance,
      description,
      idempotencyKey: id,
      createdAt: now,
    });
    return { status: 200, body: { success: true, transaction: { id }, newBalance: updated[0].balance } };
  });
}

/** Spends credits; answers `{status, body}`, 409 when every attempt lost its race. */
export async function useCredits(request) {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      return await attempt(request);
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
    }
  }
  return { status: 409, body: { error: "Balance was modified by another transaction. Please retry." } };
}
