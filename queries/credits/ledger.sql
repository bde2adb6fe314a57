--! open_wallet
select credits.open_wallet(:account_id, :transfer_id, :user_id, :bonus, :daily, :now) as is_new;

--! grant_daily
select 1 as done from credits.grant_daily(:user_ids, :now, :day_start);

--: Outcome(balance_before?, balance_after?, paid?, free?, total_spent?, answer?)
--! use_batch (metadata[?], keys[?], request_hashes[?], answer_heads[?]) : Outcome
select ordinal, outcome, balance_before, balance_after, paid, free, total_spent, answer
from credits.use_batch(:now, :day_start, :is_retry, :transfer_ids, :user_ids, :amounts, :app_ids, :descriptions, :metadata,
    :callers, :keys, :request_hashes, :answer_heads);

--! erase_wallet
select credits.erase_wallet(:user_id, :free_transfer_id, :paid_transfer_id, :now) as was_open;

--! delete_receipts
delete from credits.receipts where created_at < :before;

--! fold_heads
select accounts, entries, heads_hash, system_sums::text as system_sums, previous_seal from credits.fold_heads();

--! insert_checkpoint
select credits.keep_checkpoint(:accounts, :entries, :heads_hash, :system_sums, :previous_seal, :key_id, :seal, :now) as id;
