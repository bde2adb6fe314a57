-- The credits ledger: wallets, transfers, entries, and what the contract shows of them.
-- docs/adr/0003-ledger.md says why it is cut this way. mana_app reads; only the functions below write.

CREATE TYPE credits.transaction_type AS ENUM (
    'purchase', 'usage', 'refund', 'bonus', 'expiry', 'adjustment', 'gift_reserve', 'gift_release',
    'gift_receive', 'gift', 'guild_funding', 'grant');
CREATE TYPE credits.transaction_status AS ENUM ('pending', 'completed', 'failed', 'cancelled');
CREATE TYPE credits.account_kind AS ENUM ('user', 'organization', 'system');
CREATE TYPE credits.actor AS ENUM ('owner', 'service', 'admin', 'system');
CREATE TYPE credits.bucket AS ENUM ('free', 'paid', 'held', 'system');

-- ---------------------------------------------------------------- tables

-- One row per owner: the wallet, and the one lock of its owner. The id is random and all that entries know of a person.
CREATE TABLE credits.accounts (
    id                  uuid PRIMARY KEY,
    kind                credits.account_kind NOT NULL,
    owner_id            text COLLATE "C",
    paid                bigint NOT NULL DEFAULT 0,
    free                bigint NOT NULL DEFAULT 0,
    held                bigint NOT NULL DEFAULT 0,
    total_earned        bigint NOT NULL DEFAULT 0,
    total_spent         bigint NOT NULL DEFAULT 0,
    daily_free_credits  bigint NOT NULL DEFAULT 0,
    last_daily_reset_at timestamptz,
    sequence            bigint NOT NULL DEFAULT 0,
    head_hash           bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    version             bigint NOT NULL DEFAULT 0,
    closed_at           timestamptz,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    CONSTRAINT accounts_kind_owner_id_key UNIQUE (kind, owner_id),
    -- Short on purpose: PostgreSQL reads a check's stored text anew at every statement, and wordier ones doubled the
    -- cost of a use. The invariants prove the rest.
    CONSTRAINT accounts_balances_check CHECK (paid >= 0 AND free >= 0 AND held >= 0)
) WITH (fillfactor = 60);

-- What happened, once, for all entries of it. Holds no personal data: erasure leaves it standing.
CREATE TABLE credits.transfers (
    id         uuid PRIMARY KEY,
    kind       credits.transaction_type NOT NULL,
    actor      credits.actor NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL
);

-- What may happen once, for ever: a payment, a grant, the reversal of a transfer. Apart from transfers, because uses have
-- none and two more indexes there would cost each of them.
CREATE TABLE credits.transfer_references (
    reference   text COLLATE "C" PRIMARY KEY,
    transfer_id uuid NOT NULL
);

-- The book. No foreign keys: checking them would lock the system accounts' rows; the invariants prove the same.
CREATE TABLE credits.entries (
    transfer_id   uuid NOT NULL,
    line          smallint NOT NULL,
    account_id    uuid NOT NULL,
    bucket        credits.bucket NOT NULL,
    lot_id        uuid,
    amount        bigint NOT NULL,
    balance_after bigint,
    sequence      bigint,
    previous_hash bytea,
    hash          bytea,
    created_at    timestamptz NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (transfer_id, line),
    CONSTRAINT entries_amount_check CHECK (amount <> 0)
);
CREATE UNIQUE INDEX entries_account_id_sequence_key ON credits.entries (account_id, sequence) WHERE sequence IS NOT NULL;

-- What a person sees of the book, in the contract's columns; personal data, deleted by erasure.
CREATE TABLE credits.transactions (
    id              uuid PRIMARY KEY,
    user_id         text COLLATE "C" NOT NULL,
    type            credits.transaction_type NOT NULL,
    status          credits.transaction_status NOT NULL DEFAULT 'pending',
    amount          bigint NOT NULL,
    balance_before  bigint NOT NULL,
    balance_after   bigint NOT NULL,
    app_id          text NOT NULL,
    description     text NOT NULL,
    organization_id text,
    guild_id        text,
    metadata        jsonb,
    idempotency_key text,
    created_at      timestamptz NOT NULL,
    completed_at    timestamptz,
    transfer_id     uuid
);
CREATE INDEX transactions_user_id_created_at_idx ON credits.transactions (user_id, created_at, id);

-- Sums per person, app and day (the start of the day in CREDITS_TIMEZONE).
CREATE TABLE credits.usage_stats (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      text COLLATE "C" NOT NULL,
    app_id       text COLLATE "C" NOT NULL,
    credits_used bigint NOT NULL,
    uses         bigint NOT NULL,
    date         timestamptz NOT NULL,
    metadata     jsonb,
    CONSTRAINT usage_stats_user_id_date_app_id_key UNIQUE (user_id, date, app_id)
) WITH (fillfactor = 60);
CREATE INDEX usage_stats_app_id_date_idx ON credits.usage_stats (app_id, date);

-- First answers, kept so that a repeated request gets the same bytes.
CREATE TABLE credits.receipts (
    caller       text COLLATE "C" NOT NULL,
    operation    text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    user_id      text COLLATE "C" NOT NULL,
    request_hash bytea NOT NULL,
    answer       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT receipts_pkey PRIMARY KEY (caller, operation, key)
);
CREATE INDEX receipts_created_at_idx ON credits.receipts (created_at);

-- Signed statements about the whole book, and the heads the newest of them covers.
CREATE TABLE credits.checkpoints (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    accounts      bigint NOT NULL,
    entries       bigint NOT NULL,
    heads_hash    bytea NOT NULL,
    system_sums   jsonb NOT NULL,
    previous_seal bytea NOT NULL,
    key_id        text NOT NULL,
    seal          bytea NOT NULL,
    created_at    timestamptz NOT NULL
);
CREATE TABLE credits.sealed_heads (
    account_id uuid PRIMARY KEY,
    sequence   bigint NOT NULL,
    hash       bytea NOT NULL
);

-- System accounts carry no running balance and no chain: they are on every transfer and must never be locked.
-- Fixed ids, so that the hot path needs no look-up.
INSERT INTO credits.accounts (id, kind, owner_id, created_at, updated_at)
SELECT id::uuid, 'system', name, timestamptz '2026-01-01 00:00:00+00', timestamptz '2026-01-01 00:00:00+00'
FROM (VALUES ('00000000-0000-4000-8000-000000000001', 'promotions'),
             ('00000000-0000-4000-8000-000000000002', 'stripe_clearing'),
             ('00000000-0000-4000-8000-000000000003', 'revenue'),
             ('00000000-0000-4000-8000-000000000004', 'refunds'),
             ('00000000-0000-4000-8000-000000000005', 'forfeited')) AS system(id, name);

-- The contract's balances, read from the wallet row itself, so the two can never differ.
CREATE VIEW credits.balances WITH (security_invoker = true, security_barrier = true) AS
SELECT owner_id AS user_id, paid AS balance, free AS free_credits_remaining, daily_free_credits, last_daily_reset_at,
       total_earned, total_spent, version, created_at, updated_at
FROM credits.accounts
WHERE kind = 'user' AND closed_at IS NULL;

-- ---------------------------------------------------------------- who sees what

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['accounts', 'transfers', 'transfer_references', 'entries', 'transactions', 'usage_stats', 'receipts', 'checkpoints', 'sealed_heads'] LOOP
        EXECUTE format('ALTER TABLE credits.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE credits.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON credits.%I FOR ALL TO mana_ledger USING (true) WITH CHECK (true)', name || '_ledger', name);
        EXECUTE format('CREATE POLICY %I ON credits.%I FOR SELECT TO mana_app USING (current_setting(''mana.actor'', true) = ''service'' OR current_setting(''mana.actor'', true) LIKE ''admin:%%'')', name || '_staff', name);
        EXECUTE format('GRANT SELECT ON credits.%I TO mana_app', name);
        EXECUTE format('GRANT SELECT, INSERT ON credits.%I TO mana_ledger', name);
    END LOOP;
END $$;
CREATE POLICY accounts_own ON credits.accounts FOR SELECT TO mana_app
    USING (kind = 'user' AND 'user:' || owner_id = current_setting('mana.actor', true));
CREATE POLICY entries_own ON credits.entries FOR SELECT TO mana_app
    USING (account_id IN (SELECT a.id FROM credits.accounts a
                          WHERE a.kind = 'user' AND 'user:' || a.owner_id = current_setting('mana.actor', true)));
CREATE POLICY transfers_own ON credits.transfers FOR SELECT TO mana_app
    USING (EXISTS (SELECT 1 FROM credits.entries e WHERE e.transfer_id = transfers.id));
CREATE POLICY transfer_references_own ON credits.transfer_references FOR SELECT TO mana_app
    USING (EXISTS (SELECT 1 FROM credits.entries e WHERE e.transfer_id = transfer_references.transfer_id));
CREATE POLICY transactions_own ON credits.transactions FOR SELECT TO mana_app
    USING ('user:' || user_id = current_setting('mana.actor', true));
CREATE POLICY usage_stats_own ON credits.usage_stats FOR SELECT TO mana_app
    USING ('user:' || user_id = current_setting('mana.actor', true));
CREATE POLICY receipts_own ON credits.receipts FOR SELECT TO mana_app
    USING ('user:' || user_id = current_setting('mana.actor', true));
CREATE POLICY receipts_clean_up ON credits.receipts FOR DELETE TO mana_app
    USING (current_setting('mana.actor', true) = 'service');

GRANT SELECT ON credits.balances TO mana_app;
GRANT DELETE ON credits.receipts TO mana_app;
GRANT UPDATE ON credits.accounts, credits.usage_stats, credits.sealed_heads TO mana_ledger;
GRANT DELETE ON credits.transactions, credits.usage_stats, credits.receipts TO mana_ledger;

-- ---------------------------------------------------------------- locks on the book

CREATE FUNCTION credits.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION 'credits.% is insert-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER entries_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credits.entries
    FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse_change();
CREATE TRIGGER transfers_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credits.transfers
    FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse_change();
CREATE TRIGGER transfer_references_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credits.transfer_references
    FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse_change();
CREATE TRIGGER checkpoints_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credits.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse_change();

-- A transfer's entries are written by one statement and sum to zero. A deferred trigger per transfer says the same
-- at three times the cost of a use (docs/adr/0003-ledger.md).
CREATE FUNCTION credits.check_entries() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM written GROUP BY transfer_id HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'the entries of a transfer do not sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_balanced_check';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_balanced_check AFTER INSERT ON credits.entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION credits.check_entries();

-- ---------------------------------------------------------------- functions

-- The chain's link. Fixed-width fields in network order, the bucket as one byte (1 free, 2 paid, 3 held); the lot is 16 zero bytes when there is none.
CREATE FUNCTION credits.entry_hash(previous bytea, account_id uuid, sequence bigint, transfer_id uuid, bucket credits.bucket,
                                   amount bigint, balance_after bigint, lot_id uuid, created_at timestamptz)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.sha256(
        previous OPERATOR(pg_catalog.||) pg_catalog.uuid_send(account_id) OPERATOR(pg_catalog.||) pg_catalog.int8send(sequence)
        OPERATOR(pg_catalog.||) pg_catalog.uuid_send(transfer_id)
        OPERATOR(pg_catalog.||) CASE bucket WHEN 'free' THEN '\x01'::pg_catalog.bytea WHEN 'paid' THEN '\x02'::pg_catalog.bytea ELSE '\x03'::pg_catalog.bytea END
        OPERATOR(pg_catalog.||) pg_catalog.int8send(amount) OPERATOR(pg_catalog.||) pg_catalog.int8send(balance_after)
        OPERATOR(pg_catalog.||) pg_catalog.uuid_send(coalesce(lot_id, '00000000-0000-0000-0000-000000000000'::pg_catalog.uuid))
        OPERATOR(pg_catalog.||) pg_catalog.timestamptz_send(created_at))
$$;

-- Moves `amount` (positive: to the wallet) between one bucket of a locked wallet and a system account.
-- The caller holds the wallet's row lock. Returns nothing; the wallet row carries the result.
CREATE FUNCTION credits.post_transfer(p_account_id uuid, p_bucket credits.bucket, p_amount bigint, p_counter_id uuid,
                                      p_transfer_id uuid, p_kind credits.transaction_type, p_actor credits.actor, p_reason text,
                                      p_reference text, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    wallet  credits.accounts;
    running bigint;
    link    bytea;
BEGIN
    SELECT * INTO STRICT wallet FROM credits.accounts a WHERE a.id = p_account_id FOR UPDATE;
    running := p_amount + CASE p_bucket WHEN 'free' THEN wallet.free WHEN 'paid' THEN wallet.paid WHEN 'held' THEN wallet.held END;
    link := credits.entry_hash(wallet.head_hash, wallet.id, wallet.sequence + 1, p_transfer_id, p_bucket, p_amount, running, NULL, p_now);
    INSERT INTO credits.transfers (id, kind, actor, reason, created_at)
    VALUES (p_transfer_id, p_kind, p_actor, p_reason, p_now);
    IF p_reference IS NOT NULL THEN
        INSERT INTO credits.transfer_references (reference, transfer_id) VALUES (p_reference, p_transfer_id);
    END IF;
    INSERT INTO credits.entries (transfer_id, line, account_id, bucket, amount, balance_after, sequence, previous_hash, hash, created_at)
    VALUES (p_transfer_id, 1, wallet.id, p_bucket, p_amount, running, wallet.sequence + 1, wallet.head_hash, link, p_now),
           (p_transfer_id, 2, p_counter_id, 'system', -p_amount, NULL, NULL, NULL, NULL, p_now);
    UPDATE credits.accounts a
    SET free = CASE p_bucket WHEN 'free' THEN running ELSE a.free END,
        paid = CASE p_bucket WHEN 'paid' THEN running ELSE a.paid END,
        held = CASE p_bucket WHEN 'held' THEN running ELSE a.held END,
        sequence = a.sequence + 1, head_hash = link, version = a.version + 1, updated_at = p_now
    WHERE a.id = p_account_id;
END $$;

-- Opens a person's wallet inside the registering transaction. A second call changes nothing and returns false.
CREATE FUNCTION credits.open_wallet(p_account_id uuid, p_transfer_id uuid, p_user_id text, p_bonus bigint, p_daily bigint, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO credits.accounts (id, kind, owner_id, daily_free_credits, last_daily_reset_at, created_at, updated_at)
    VALUES (p_account_id, 'user', p_user_id, p_daily, p_now, p_now, p_now)
    ON CONFLICT (kind, owner_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_bonus > 0 THEN
        PERFORM credits.post_transfer(p_account_id, 'free', p_bonus, '00000000-0000-4000-8000-000000000001',
                                      p_transfer_id, 'bonus', 'system', 'signup_bonus', NULL, p_now);
        INSERT INTO credits.transactions (id, user_id, type, status, amount, balance_before, balance_after, app_id, description, created_at, completed_at, transfer_id)
        VALUES (p_transfer_id, p_user_id, 'bonus', 'completed', p_bonus, 0, p_bonus, 'system', 'Signup bonus', p_now, p_now, p_transfer_id);
    END IF;
    RETURN true;
END $$;

-- Gives today's free credits to each of these people who has not had them. One grant however many days were missed.
-- The transfer's id follows from wallet and day, so that a second grant of one day cannot be written at all.
CREATE FUNCTION credits.grant_daily(p_user_id text[], p_now timestamptz, p_day_start timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    wallet credits.accounts;
    id     uuid;
    -- A grant that a use brings about is listed below that use; moments are whole milliseconds everywhere.
    at     timestamptz := p_now - interval '1 millisecond';
BEGIN
    FOR wallet IN
        SELECT * FROM credits.accounts a
        WHERE a.kind = 'user' AND a.owner_id = ANY (p_user_id) AND a.last_daily_reset_at < p_day_start AND a.closed_at IS NULL
        ORDER BY a.id FOR UPDATE
    LOOP
        IF wallet.daily_free_credits > 0 THEN
            id := encode(substr(sha256(uuid_send(wallet.id) || timestamptz_send(p_day_start)), 1, 16), 'hex')::uuid;
            PERFORM credits.post_transfer(wallet.id, 'free', wallet.daily_free_credits, '00000000-0000-4000-8000-000000000001',
                                          id, 'bonus', 'system', 'daily_grant', NULL, at);
            INSERT INTO credits.transactions (id, user_id, type, status, amount, balance_before, balance_after, app_id, description, created_at, completed_at, transfer_id)
            VALUES (id, wallet.owner_id, 'bonus', 'completed', wallet.daily_free_credits, wallet.paid + wallet.free,
                    wallet.paid + wallet.free + wallet.daily_free_credits, 'system', 'Daily free credits', at, at, id);
        END IF;
        UPDATE credits.accounts a SET last_daily_reset_at = p_now, updated_at = p_now WHERE a.id = wallet.id;
    END LOOP;
END $$;

-- Erases a person's credit data: what is left goes to `forfeited`, the link and all personal rows go, the book stays.
CREATE FUNCTION credits.erase_wallet(p_user_id text, p_free_transfer_id uuid, p_paid_transfer_id uuid, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    wallet credits.accounts;
BEGIN
    SELECT * INTO wallet FROM credits.accounts a WHERE a.kind = 'user' AND a.owner_id = p_user_id FOR UPDATE;
    IF wallet.id IS NULL THEN
        RETURN false;
    END IF;
    IF wallet.free > 0 THEN
        PERFORM credits.post_transfer(wallet.id, 'free', -wallet.free, '00000000-0000-4000-8000-000000000005',
                                      p_free_transfer_id, 'expiry', 'system', 'erasure', NULL, p_now);
    END IF;
    IF wallet.paid > 0 THEN
        PERFORM credits.post_transfer(wallet.id, 'paid', -wallet.paid, '00000000-0000-4000-8000-000000000005',
                                      p_paid_transfer_id, 'expiry', 'system', 'erasure', NULL, p_now);
    END IF;
    DELETE FROM credits.transactions t WHERE t.user_id = p_user_id;
    DELETE FROM credits.usage_stats s WHERE s.user_id = p_user_id;
    DELETE FROM credits.receipts r WHERE r.user_id = p_user_id;
    UPDATE credits.accounts a SET owner_id = NULL, closed_at = p_now, updated_at = p_now WHERE a.id = wallet.id;
    RETURN true;
END $$;

-- Seals the heads of all wallets that moved since the last checkpoint; the caller signs what this returns.
CREATE FUNCTION credits.fold_heads()
RETURNS TABLE (accounts bigint, entries bigint, heads_hash bytea, system_sums jsonb, previous_seal bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    -- One statement, one snapshot: heads and sums of the same moment.
    RETURN QUERY
    WITH moved AS (
        INSERT INTO credits.sealed_heads AS h (account_id, sequence, hash)
        SELECT a.id, a.sequence, a.head_hash FROM credits.accounts a WHERE a.sequence > 0
        ON CONFLICT (account_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
        WHERE h.sequence < excluded.sequence
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM credits.accounts a WHERE a.sequence > 0),
           (SELECT coalesce(sum(a.sequence), 0)::bigint FROM credits.accounts a),
           (SELECT sha256(coalesce(string_agg(uuid_send(a.id) || int8send(a.sequence) || a.head_hash, ''::bytea ORDER BY a.id), ''::bytea))
            FROM credits.accounts a WHERE a.sequence > 0),
           (SELECT coalesce(jsonb_object_agg(s.owner_id, s.total ORDER BY s.owner_id), '{}'::jsonb)
            FROM (SELECT a.owner_id, sum(e.amount) AS total FROM credits.entries e
                  JOIN credits.accounts a ON a.id = e.account_id WHERE e.bucket = 'system' GROUP BY a.owner_id) AS s),
           coalesce((SELECT c.seal FROM credits.checkpoints c ORDER BY c.id DESC LIMIT 1), ''::bytea)
    FROM (SELECT count(*) FROM moved) AS done;
END $$;

-- Keeps a signed checkpoint.
CREATE FUNCTION credits.keep_checkpoint(p_accounts bigint, p_entries bigint, p_heads_hash bytea, p_system_sums text,
                                        p_previous_seal bytea, p_key_id text, p_seal bytea, p_now timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO credits.checkpoints (accounts, entries, heads_hash, system_sums, previous_seal, key_id, seal, created_at)
    VALUES (p_accounts, p_entries, p_heads_hash, p_system_sums::jsonb, p_previous_seal, p_key_id, p_seal, p_now)
    RETURNING id
$$;

-- Whether a transfer is in the book.
CREATE FUNCTION credits.is_written(p_transfer_id uuid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM credits.transfers t WHERE t.id = p_transfer_id);
END $$;

-- A wallet as use_batch carries it from one use to the next.
CREATE TYPE credits.wallet_state AS (
    id uuid, free bigint, paid bigint, total_spent bigint, sequence bigint, head_hash bytea);

-- Debits any number of uses of any wallets: free credits first, then paid. Every use gets its own answer:
-- done | insufficient | no_wallet | replayed | key_reused. A use never fails as an exception.
--
-- Uses of one call carry different (caller, key) pairs. `p_answer_head` is the start of a keyed use's answer; the
-- function ends it with the numbers and keeps it as the receipt. `p_is_retry` says that an earlier call with the same
-- transfer ids may have been committed: what it wrote is answered, not written again.
--
-- Generic plans, because PostgreSQL would plan each call with short arrays anew, at several times the cost of running it;
-- and by index, because a plan made while the tables were small lives as long as its connection.
CREATE FUNCTION credits.use_batch(
    p_now timestamptz, p_day_start timestamptz, p_is_retry boolean,
    p_transfer_id uuid[], p_user_id text[], p_amount bigint[], p_app_id text[], p_description text[], p_metadata text[],
    p_caller text[], p_key text[], p_request_hash bytea[], p_answer_head text[])
RETURNS TABLE (ordinal integer, outcome text, balance_before bigint, balance_after bigint, paid bigint, free bigint,
               total_spent bigint, answer bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    is_due     boolean;
    u          record;
    w          credits.wallet_state;
    from_free  bigint;
    link       bytea;
    dones      integer[];
    befores    bigint[];
    answers    text[];
    wallets    credits.wallet_state[];
    lines      credits.entries[];
BEGIN
    -- The locks come first and in one order; every later statement sees what their last holders committed.
    SELECT bool_or(locked.is_due) INTO is_due
    FROM (SELECT a.last_daily_reset_at < p_day_start AS is_due FROM credits.accounts a
          WHERE a.kind = 'user' AND a.owner_id = ANY (p_user_id) ORDER BY a.id FOR UPDATE) AS locked;

    IF current_setting('mana.actor', true) IS DISTINCT FROM 'service' THEN
        IF EXISTS (SELECT 1 FROM unnest(p_user_id) AS i(user_id) WHERE 'user:' || i.user_id IS DISTINCT FROM current_setting('mana.actor', true)) THEN
            RAISE EXCEPTION 'credits.use_batch: not the caller''s wallet' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    IF is_due THEN
        PERFORM credits.grant_daily(p_user_id, p_now, p_day_start);
    END IF;

    -- Subscripts and not unnest: a set of eight arrays is eight sets to PostgreSQL.
    FOR u IN
        SELECT i.ord, p_transfer_id[i.ord] AS transfer_id, p_amount[i.ord] AS amount, a.id AS account_id, a.free, a.paid,
               a.total_spent, a.sequence, a.head_hash, r.request_hash AS seen_hash, r.answer AS seen_answer
        FROM generate_subscripts(p_transfer_id, 1) AS i(ord)
        -- The limits keep these look-ups by key: as plain joins they may become scans of all wallets and receipts.
        LEFT JOIN LATERAL (SELECT * FROM credits.accounts a
            WHERE a.kind = 'user' AND a.owner_id = p_user_id[i.ord] AND a.closed_at IS NULL LIMIT 1) AS a ON true
        LEFT JOIN LATERAL (SELECT * FROM credits.receipts r
            WHERE r.caller = p_caller[i.ord] AND r.operation = 'use' AND r.key = p_key[i.ord] LIMIT 1) AS r ON true
        ORDER BY a.id, i.ord
    LOOP
        ordinal := u.ord;
        answer := u.seen_answer;
        IF w.id IS DISTINCT FROM u.account_id THEN
            IF w.id IS NOT NULL THEN
                wallets := wallets || w;
            END IF;
            w := ROW(u.account_id, u.free, u.paid, u.total_spent, u.sequence, u.head_hash);
        END IF;
        balance_before := w.free + w.paid;
        balance_after := balance_before;

        IF u.seen_hash IS NOT NULL THEN
            outcome := CASE WHEN u.seen_hash = p_request_hash[u.ord] THEN 'replayed' ELSE 'key_reused' END;
        ELSIF u.account_id IS NULL THEN
            outcome := 'no_wallet';
        ELSIF p_is_retry AND credits.is_written(u.transfer_id) THEN
            outcome := 'done';
            SELECT t.balance_before, t.balance_after INTO balance_before, balance_after
            FROM credits.transactions t WHERE t.id = u.transfer_id;
        ELSIF balance_before < u.amount THEN
            outcome := 'insufficient';
        ELSE
            outcome := 'done';
            from_free := least(u.amount, w.free);
            IF from_free > 0 THEN
                link := credits.entry_hash(w.head_hash, w.id, w.sequence + 1, u.transfer_id, 'free', -from_free, w.free - from_free, NULL, p_now);
                lines := lines || ROW(u.transfer_id, 1, w.id, 'free', NULL, -from_free, w.free - from_free, w.sequence + 1, w.head_hash, link, p_now)::credits.entries;
                w := ROW(w.id, w.free - from_free, w.paid, w.total_spent, w.sequence + 1, link);
            END IF;
            IF from_free < u.amount THEN
                link := credits.entry_hash(w.head_hash, w.id, w.sequence + 1, u.transfer_id, 'paid', from_free - u.amount, w.paid + from_free - u.amount, NULL, p_now);
                lines := lines || ROW(u.transfer_id, 2, w.id, 'paid', NULL, from_free - u.amount, w.paid + from_free - u.amount, w.sequence + 1, w.head_hash, link, p_now)::credits.entries;
                w := ROW(w.id, w.free, w.paid + from_free - u.amount, w.total_spent, w.sequence + 1, link);
            END IF;
            w.total_spent := w.total_spent + u.amount;
            balance_after := balance_before - u.amount;
            dones := dones || u.ord;
            befores[u.ord] := balance_before;
            IF p_key[u.ord] IS NOT NULL THEN
                answers[u.ord] := p_answer_head[u.ord] || balance_before || ',"balanceAfter":' || balance_after
                    || '},"newBalance":{"balance":' || w.paid || ',"freeCreditsRemaining":' || w.free
                    || ',"totalSpent":' || w.total_spent || '}}';
            END IF;
        END IF;
        paid := w.paid;
        free := w.free;
        total_spent := w.total_spent;
        RETURN NEXT;
    END LOOP;

    IF dones IS NULL THEN
        RETURN;
    END IF;
    IF w.id IS NOT NULL THEN
        wallets := wallets || w;
    END IF;

    INSERT INTO credits.transfers (id, kind, actor, reason, created_at)
    SELECT p_transfer_id[d], 'usage', CASE p_caller[d] WHEN 'user:' || p_user_id[d] THEN 'owner' ELSE 'service' END::credits.actor,
           'use', p_now
    FROM unnest(dones) AS d;

    INSERT INTO credits.entries
    SELECT (l).* FROM unnest(lines) AS l
    UNION ALL
    SELECT p_transfer_id[d], 3::smallint, '00000000-0000-4000-8000-000000000003', 'system', NULL, p_amount[d], NULL, NULL, NULL, NULL, p_now
    FROM unnest(dones) AS d;

    INSERT INTO credits.transactions (id, user_id, type, status, amount, balance_before, balance_after, app_id, description,
                                      metadata, idempotency_key, created_at, completed_at, transfer_id)
    SELECT p_transfer_id[d], p_user_id[d], 'usage', 'completed', -p_amount[d], befores[d], befores[d] - p_amount[d],
           p_app_id[d], p_description[d], p_metadata[d]::jsonb, p_key[d], p_now, p_now, p_transfer_id[d]
    FROM unnest(dones) AS d;

    UPDATE credits.accounts a
    SET free = s.free, paid = s.paid, total_spent = s.total_spent, sequence = s.sequence, head_hash = s.head_hash,
        version = a.version + 1, updated_at = p_now
    FROM unnest(wallets) AS s
    WHERE a.id = s.id AND a.sequence <> s.sequence;

    INSERT INTO credits.usage_stats AS s (user_id, app_id, credits_used, uses, date)
    SELECT p_user_id[d], p_app_id[d], sum(p_amount[d]), count(*), p_day_start
    FROM unnest(dones) AS d
    GROUP BY 1, 2
    ON CONFLICT (user_id, date, app_id) DO UPDATE
    SET credits_used = s.credits_used + excluded.credits_used, uses = s.uses + excluded.uses;

    IF answers IS NOT NULL THEN
        INSERT INTO credits.receipts (caller, operation, key, user_id, request_hash, answer, created_at)
        SELECT p_caller[d], 'use', p_key[d], p_user_id[d], p_request_hash[d], convert_to(answers[d], 'UTF8'), p_now
        FROM unnest(dones) AS d WHERE p_key[d] IS NOT NULL;
    END IF;
END $$;

-- ---------------------------------------------------------------- owners and rights of the functions

DO $$
DECLARE
    f regprocedure;
BEGIN
    -- ALTER OWNER wants the new owner to be able to create here; only for the moment.
    GRANT CREATE ON SCHEMA credits TO mana_ledger;
    FOR f IN SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'credits'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('ALTER FUNCTION %s OWNER TO mana_ledger', f);
    END LOOP;
    REVOKE CREATE ON SCHEMA credits FROM mana_ledger;
END $$;
GRANT EXECUTE ON FUNCTION credits.entry_hash, credits.open_wallet, credits.grant_daily, credits.use_batch,
    credits.erase_wallet, credits.fold_heads, credits.keep_checkpoint TO mana_app;
