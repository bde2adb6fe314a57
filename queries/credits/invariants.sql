-- What must hold of the book at any moment. Each answers what contradicts it: nothing, when all is well.

--: Difference()

-- The entries of a transfer sum to zero, and there are at least two.
--! transfers_balanced : Difference
select e.transfer_id::text as subject, format('sum %s over %s entries', sum(e.amount), count(*)) as detail
from credits.entries e
group by e.transfer_id
having sum(e.amount) <> 0 or count(*) < 2
limit 100;

-- Every entry belongs to a transfer, and every transfer has entries.
--! transfers_complete : Difference
select coalesce(e.transfer_id, t.id)::text as subject,
    case when t.id is null then 'entries without a transfer' else 'a transfer without entries' end as detail
from (select distinct transfer_id from credits.entries) e
full join credits.transfers t on t.id = e.transfer_id
where t.id is null or e.transfer_id is null
limit 100;

-- Every entry belongs to an account, of the kind its bucket says; only a wallet's entries are chained.
--! entries_placed : Difference
select e.transfer_id::text || '/' || e.line as subject,
    case when a.id is null then 'no such account' else 'wrong bucket or chain for a ' || a.kind || ' account' end as detail
from credits.entries e
left join credits.accounts a on a.id = e.account_id
where a.id is null or (a.kind = 'system') <> (e.bucket = 'system')
    or (e.bucket = 'system') <> (e.hash is null and e.sequence is null and e.previous_hash is null and e.balance_after is null)
limit 100;

-- What a wallet holds is the sum of its entries, bucket by bucket.
--! balances_sum : Difference
select a.id::text as subject,
    format('free %s of %s, paid %s of %s, held %s of %s', a.free, coalesce(s.free, 0), a.paid, coalesce(s.paid, 0), a.held, coalesce(s.held, 0)) as detail
from credits.accounts a
left join (
    select account_id, sum(amount) filter (where bucket = 'free') as free, sum(amount) filter (where bucket = 'paid') as paid,
        sum(amount) filter (where bucket = 'held') as held
    from credits.entries group by account_id) s on s.account_id = a.id
where a.kind <> 'system'
    and (a.free <> coalesce(s.free, 0) or a.paid <> coalesce(s.paid, 0) or a.held <> coalesce(s.held, 0))
limit 100;

-- The chain of every wallet: no gap, every link names the one before and covers what the entry says, running balances add up.
--! chain_links : Difference
select subject, detail from (
    select e.account_id::text || '/' || e.sequence as subject,
        case
            when e.sequence <> e.position then 'a gap: expected ' || e.position
            when e.previous_hash <> e.before then 'does not follow the entry before'
            when e.hash <> credits.entry_hash(e.previous_hash, e.account_id, e.sequence, e.transfer_id, e.bucket, e.amount, e.balance_after, e.lot_id, e.created_at) then 'the entry is not what was hashed'
            when e.balance_after <> e.running then 'running balance should be ' || e.running
            when e.balance_after < 0 then 'negative balance'
        end as detail
    from (
        select *, row_number() over w as position,
            coalesce(lag(hash) over w, decode(repeat('00', 32), 'hex')) as before,
            sum(amount) over (partition by account_id, bucket order by sequence) as running
        from credits.entries
        where sequence is not null
        window w as (partition by account_id order by sequence)) e) checked
where detail is not null
limit 100;

-- Every wallet's head is its last entry.
--! chain_heads : Difference
select a.id::text as subject, format('head %s, last entry %s', a.sequence, coalesce(l.sequence, 0)) as detail
from credits.accounts a
left join (
    select distinct on (account_id) account_id, sequence, hash
    from credits.entries where sequence is not null
    order by account_id, sequence desc) l on l.account_id = a.id
where a.kind <> 'system'
    and (a.sequence <> coalesce(l.sequence, 0) or a.head_hash <> coalesce(l.hash, decode(repeat('00', 32), 'hex')))
limit 100;

-- What the newest checkpoint covers is still in the book.
--! sealed_heads_kept : Difference
select h.account_id::text as subject, format('sealed entry %s is gone or changed', h.sequence) as detail
from credits.sealed_heads h
left join credits.entries e on e.account_id = h.account_id and e.sequence = h.sequence
where e.hash is distinct from h.hash
limit 100;

-- What a person is shown is what the book says of that transfer and wallet.
--! transactions_booked : Difference
select t.id::text as subject, format('shows %s, booked %s', t.amount, coalesce(s.amount, 0)) as detail
from credits.transactions t
left join credits.accounts a on a.kind = 'user' and a.owner_id = t.user_id
left join (
    select transfer_id, account_id, sum(amount) as amount
    from credits.entries where bucket <> 'system' group by transfer_id, account_id) s
    on s.transfer_id = t.transfer_id and s.account_id = a.id
where t.transfer_id is not null
    and (t.status <> 'completed' or t.amount <> coalesce(s.amount, 0) or t.balance_after <> t.balance_before + t.amount)
limit 100;

-- Every transfer of an open wallet is shown to its owner.
--! transfers_shown : Difference
select e.transfer_id::text as subject, 'not among the transactions of its owner' as detail
from credits.entries e
join credits.accounts a on a.id = e.account_id and a.kind = 'user' and a.closed_at is null
left join credits.transactions t on t.transfer_id = e.transfer_id and t.user_id = a.owner_id
where t.id is null
limit 100;

-- Spent in all, spent by transaction and spent by day are one number.
--! spending_sums : Difference
select a.id::text as subject,
    format('total %s, transactions %s, statistics %s', a.total_spent, coalesce(t.spent, 0), coalesce(s.spent, 0)) as detail
from credits.accounts a
left join (
    select user_id, -sum(amount) as spent from credits.transactions
    where type = 'usage' and transfer_id is not null group by user_id) t on t.user_id = a.owner_id
left join (select user_id, sum(credits_used) as spent from credits.usage_stats group by user_id) s on s.user_id = a.owner_id
where a.kind = 'user' and a.closed_at is null
    and (a.total_spent <> coalesce(t.spent, 0) or a.total_spent <> coalesce(s.spent, 0))
limit 100;

-- No receipt without its transaction: an answer was given for something that was booked.
--! receipts_backed : Difference
select r.caller || '/' || r.key as subject, 'a receipt without a transaction' as detail
from credits.receipts r
where r.operation = 'use'
    and not exists (select 1 from credits.transactions t where t.user_id = r.user_id and t.idempotency_key = r.key)
limit 100;

-- Whatever is kept for a person is kept beside their open wallet.
--! personal_rows_owned : Difference
select r.subject, 'kept for a person without a wallet' as detail
from (select 'transaction ' || id as subject, user_id from credits.transactions
      union all select 'usage of ' || date, user_id from credits.usage_stats
      union all select 'receipt ' || operation || '/' || key, user_id from credits.receipts) r
left join credits.accounts a on a.kind = 'user' and a.owner_id = r.user_id and a.closed_at is null
where a.id is null
limit 100;

-- Wallets and whose they are, in the order of these people's ids; identity tells who of them is there.
--! list_owners
select id, owner_id as user_id from credits.accounts
where kind = 'user' and owner_id > :after
order by owner_id limit :page_size;

-- How much there is.
--! count_book
select (select count(*) from credits.accounts where kind <> 'system') as accounts,
    (select count(*) from credits.entries) as entries,
    (select count(*) from credits.transfers) as transfers;

-- Every checkpoint, oldest first.
--! list_checkpoints
select id, accounts, entries, heads_hash, system_sums::text as system_sums, previous_seal, key_id, seal, created_at
from credits.checkpoints order by id;

-- The sealed heads as the newest checkpoint hashed them.
--! hash_sealed_heads
select sha256(coalesce(string_agg(uuid_send(account_id) || int8send(sequence) || hash, ''::bytea order by account_id), ''::bytea)) as heads_hash
from credits.sealed_heads;
