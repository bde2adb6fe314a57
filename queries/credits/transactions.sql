--: Transaction(organization_id?, metadata?, idempotency_key?, completed_at?)
--! list_transactions : Transaction
select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description,
    organization_id, metadata, idempotency_key, created_at, completed_at
from credits.transactions
where user_id = :user_id
order by created_at desc, id desc
limit :limit offset :offset;

--! list_transactions_after : Transaction
select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description,
    organization_id, metadata, idempotency_key, created_at, completed_at
from credits.transactions
where user_id = :user_id and (created_at, id) < (:created_at, :id)
order by created_at desc, id desc
limit :limit;
