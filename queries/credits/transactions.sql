-- A page ends where its rows have filled max_bytes, whatever its limit says; found tells how many rows the limit reached.

--: Transaction(organization_id?, metadata?, idempotency_key?, completed_at?)
--! list_transactions : Transaction
select id, user_id, kind, status, amount, balance_before, balance_after, app_id, description, organization_id, metadata,
    idempotency_key, created_at, completed_at, found
from (
    select t.*, count(*) over () as found, sum(size) over (order by created_at desc, id desc rows unbounded preceding) - size as bytes_before
    from (
        select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description,
            organization_id, coalesce(metadata_text, metadata::text) as metadata, idempotency_key, created_at, completed_at,
            400 + octet_length(app_id) + octet_length(description) + coalesce(octet_length(idempotency_key), 0)
                + coalesce(octet_length(metadata_text), octet_length(metadata::text), 0) as size
        from credits.transactions
        where user_id = :user_id
        order by created_at desc, id desc
        limit :limit offset :offset) t) t
where bytes_before < :max_bytes
order by created_at desc, id desc;

--! list_transactions_after : Transaction
select id, user_id, kind, status, amount, balance_before, balance_after, app_id, description, organization_id, metadata,
    idempotency_key, created_at, completed_at, found
from (
    select t.*, count(*) over () as found, sum(size) over (order by created_at desc, id desc rows unbounded preceding) - size as bytes_before
    from (
        select id, user_id, type::text as kind, status::text as status, amount, balance_before, balance_after, app_id, description,
            organization_id, coalesce(metadata_text, metadata::text) as metadata, idempotency_key, created_at, completed_at,
            400 + octet_length(app_id) + octet_length(description) + coalesce(octet_length(idempotency_key), 0)
                + coalesce(octet_length(metadata_text), octet_length(metadata::text), 0) as size
        from credits.transactions
        where user_id = :user_id and (created_at, id) < (:created_at, :id)
        order by created_at desc, id desc
        limit :limit) t) t
where bytes_before < :max_bytes
order by created_at desc, id desc;
