-- Metadata is kept as it was sent, each function of the ledger asks who calls it, and daily credits go by the calendar day
-- alone, also after a clock was ahead.

-- jsonb writes numbers out, so that kilobytes sent become megabytes shown. Rows from before keep theirs in `metadata`; a new
-- column costs no rewrite of a table that grows.
ALTER TABLE credits.transactions ADD COLUMN metadata_text text;
COMMENT ON COLUMN credits.transactions.metadata_text IS 'The JSON object of the app, as it was sent; it counts before metadata';

-- Refuses everybody but the service and, where people are named, each person for themselves.
CREATE FUNCTION credits.require_actor(p_user_id text[]) RETURNS void LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF current_setting('mana.actor', true) IS DISTINCT FROM 'service'
        AND (coalesce(cardinality(p_user_id), 0) = 0
             OR EXISTS (SELECT 1 FROM unnest(p_user_id) AS i(user_id)
                        WHERE 'user:' || i.user_id IS DISTINCT FROM current_setting('mana.actor', true))) THEN
        RAISE EXCEPTION 'not the caller''s wallet' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
REVOKE ALL ON FUNCTION credits.require_actor FROM PUBLIC;

-- Opens a person's wallet. Who calls it holds the person's own row, so that nobody erases them meanwhile.
-- A second call changes nothing and returns false.
CREATE OR REPLACE FUNCTION credits.open_wallet(p_account_id uuid, p_transfer_id uuid, p_user_id text, p_bonus bigint, p_daily bigint, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM credits.require_actor(ARRAY[p_user_id]);
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
-- The transfer's id follows from wallet and day, so that it tells whether this day was given, whatever the clock showed since;
-- the day on which the wallet was opened counts as given.
CREATE OR REPLACE FUNCTION credits.grant_daily(p_user_id text[], p_now timestamptz, p_day_start timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    wallet credits.accounts;
    id     uuid;
    -- A grant that a use brings about is listed below that use; moments are whole milliseconds everywhere.
    at     timestamptz := p_now - interval '1 millisecond';
BEGIN
    PERFORM credits.require_actor(p_user_id);
    FOR wallet IN
        SELECT * FROM credits.accounts a
        WHERE a.kind = 'user' AND a.owner_id = ANY (p_user_id) AND a.closed_at IS NULL
            AND (a.last_daily_reset_at < p_day_start OR a.last_daily_reset_at > p_now OR a.last_daily_reset_at IS NULL)
        ORDER BY a.id FOR UPDATE
    LOOP
        id := encode(substr(sha256(uuid_send(wallet.id) || timestamptz_send(p_day_start)), 1, 16), 'hex')::uuid;
        IF wallet.daily_free_credits > 0 AND NOT credits.is_written(id)
            AND (wallet.created_at < p_day_start OR wallet.created_at >= p_day_start + interval '1 day') THEN
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
CREATE OR REPLACE FUNCTION credits.erase_wallet(p_user_id text, p_free_transfer_id uuid, p_paid_transfer_id uuid, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    wallet credits.accounts;
BEGIN
    PERFORM credits.require_actor(NULL);
    SELECT * INTO wallet FROM credits.accounts a WHERE a.kind = 'user' AND a.owner_id = p_user_id FOR UPDATE;
    DELETE FROM credits.transactions t WHERE t.user_id = p_user_id;
    DELETE FROM credits.usage_stats s WHERE s.user_id = p_user_id;
    DELETE FROM credits.receipts r WHERE r.user_id = p_user_id;
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
    UPDATE credits.accounts a SET owner_id = NULL, closed_at = p_now, updated_at = p_now WHERE a.id = wallet.id;
    RETURN true;
END $$;

-- Seals the heads of all wallets that moved since the last checkpoint; the caller signs what this returns.
CREATE OR REPLACE FUNCTION credits.fold_heads()
RETURNS TABLE (accounts bigint, entries bigint, heads_hash bytea, system_sums jsonb, previous_seal bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM credits.require_actor(NULL);
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
CREATE OR REPLACE FUNCTION credits.keep_checkpoint(p_accounts bigint, p_entries bigint, p_heads_hash bytea, p_system_sums text,
                                        p_previous_seal bytea, p_key_id text, p_seal bytea, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    kept bigint;
BEGIN
    PERFORM credits.require_actor(NULL);
    INSERT INTO credits.checkpoints (accounts, entries, heads_hash, system_sums, previous_seal, key_id, seal, created_at)
    VALUES (p_accounts, p_entries, p_heads_hash, p_system_sums::jsonb, p_previous_seal, p_key_id, p_seal, p_now)
    RETURNING id INTO kept;
    RETURN kept;
END $$;

-- Debits any number of uses of any wallets: free credits first, then paid. Every use gets its own answer:
-- done | insufficient | no_wallet | replayed | key_reused. A use never fails as an exception.
--
-- Uses of one call carry different (caller, key) pairs. `p_answer_head` is the start of a keyed use's answer; the
-- function ends it with the numbers and keeps it as the receipt. `p_is_retry` says that an earlier call with the same
-- transfer ids may have been committed: what it wrote is answered, not written again.
--
-- Generic plans, because PostgreSQL would plan each call with short arrays anew, at several times the cost of running it;
-- and by index, because a plan made while the tables were small lives as long as its connection.
CREATE OR REPLACE FUNCTION credits.use_batch(
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
    IF current_setting('mana.actor', true) IS DISTINCT FROM 'service' THEN
        PERFORM credits.require_actor(p_user_id);
        -- Receipts belong to callers: a person repeats their own requests only.
        IF EXISTS (SELECT 1 FROM unnest(p_caller) AS i(caller) WHERE i.caller IS DISTINCT FROM current_setting('mana.actor', true)) THEN
            RAISE EXCEPTION 'not the caller''s receipts' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;

    -- The locks come first and in one order; every later statement sees what their last holders committed.
    SELECT bool_or(locked.is_due) INTO is_due
    FROM (SELECT a.last_daily_reset_at < p_day_start OR a.last_daily_reset_at > p_now OR a.last_daily_reset_at IS NULL AS is_due FROM credits.accounts a
          WHERE a.kind = 'user' AND a.owner_id = ANY (p_user_id) ORDER BY a.id FOR UPDATE) AS locked;

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
                                      metadata_text, idempotency_key, created_at, completed_at, transfer_id)
    SELECT p_transfer_id[d], p_user_id[d], 'usage', 'completed', -p_amount[d], befores[d], befores[d] - p_amount[d],
           p_app_id[d], p_description[d], p_metadata[d], p_key[d], p_now, p_now, p_transfer_id[d]
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

DO $$
BEGIN
    -- ALTER OWNER wants the new owner to be able to create here; only for the moment.
    GRANT CREATE ON SCHEMA credits TO mana_ledger;
    ALTER FUNCTION credits.require_actor OWNER TO mana_ledger;
    REVOKE CREATE ON SCHEMA credits FROM mana_ledger;
END $$;
