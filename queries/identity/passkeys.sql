--: Passkey(name?, transports?, aaguid?, last_used_at?, suspended_at?)
--! list_passkeys : Passkey
-- The oldest that fit into 256 KiB.
select id, user_id, name, credential_id, public_key, counter, device_type, backed_up, transports, aaguid, last_used_at,
       created_at, suspended_at
from (
    select *, sum(500 + octet_length(coalesce(name, '')) + octet_length(credential_id) + octet_length(public_key)
            + octet_length(coalesce(transports, ''))) over (order by created_at, id) as bytes
    from auth.passkeys where user_id = :user_id) sized
where bytes <= 262144
order by created_at, id;

--: Credential(blocked_until?, suspended_at?, user_handle?)
--! find_credential : Credential
select id, user_id, public_key, blocked_until, suspended_at, user_handle from auth.passkeys where credential_id = :credential_id;

--: Insertion()
--! insert_passkey (name?, transports?, ip_address?, user_agent?) : Insertion
with owner as (
    select u.id, not u.two_factor_enabled or s.factor_met_at is not null as is_met
    from auth.users u join auth.sessions s on s.user_id = u.id
    where u.id = :user_id and u.deleted_at is null and s.id = :session_id and s.revoked_at is null
    for share of u, s),
inserted as (
    insert into auth.passkeys (id, user_id, credential_id, public_key, counter, device_type, backed_up, transports, name,
                               aaguid, user_handle, created_at)
    select :id, id, :credential_id, :public_key, :counter, :device_type, :backed_up, :transports, :name, :aaguid,
           :user_handle, :now
    from owner where is_met
    on conflict (credential_id) do nothing
    returning id, user_id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, 'PASSKEY_REGISTERED', :ip_address, :user_agent, jsonb_build_object('passkeyId', id), :now
    from inserted)
select (select count(*) from owner) as owners, (select count(*) from owner where is_met) as met, (select count(*) from inserted) as passkeys;

--! rename_passkey : Passkey
update auth.passkeys set name = :name where id = :id and user_id = :user_id
returning id, user_id, name, credential_id, public_key, counter, device_type, backed_up, transports, aaguid, last_used_at,
          created_at, suspended_at;

--! lock_owner
select id from auth.users where id = :user_id for update;

--! delete_passkey
with deleted as (
    delete from auth.passkeys p
    where p.id = :id and p.user_id = :user_id
      and (:has_other_way::boolean
           or p.suspended_at is not null
           or exists (select from auth.passkeys o where o.user_id = :user_id and o.id <> :id and o.suspended_at is null)
           or exists (select from auth.accounts a where a.user_id = :user_id and a.password is not null))
    returning p.id)
select exists (select from deleted) as is_deleted,
       exists (select from auth.passkeys p where p.id = :id and p.user_id = :user_id) as was_there;

--: Suspended(name?)
--! suspend_passkeys : Suspended
update auth.passkeys set suspended_at = :now
where user_id = :user_id and created_at > :since and suspended_at is null
returning id, name, created_at;

--: Proofs()
--! find_proofs : Proofs
select u.two_factor_enabled
           or exists (select from auth.passkeys o
                      where o.user_id = u.id and o.suspended_at is null
                        and o.created_at <= p.suspended_at - make_interval(secs => :seconds)) as has_factor,
       s.factor_met_at is not null as is_met, coalesce(s.opened_by, '') = 'password' as is_by_password, s.created_at
from auth.sessions s join auth.users u on u.id = s.user_id
    join auth.passkeys p on p.user_id = u.id and p.id = :id and p.suspended_at is not null
where s.id = :session_id and s.user_id = :user_id and s.revoked_at is null and u.deleted_at is null;

--! confirm_passkey
update auth.passkeys set suspended_at = null where id = :id and user_id = :user_id and suspended_at is not null;

--! forget_passkeys
delete from auth.passkeys where user_id = :user_id;

--! use_passkey
update auth.passkeys
set counter = :counter, backed_up = :backed_up, last_used_at = :now, failures = 0, failures_since = null, blocked_until = null
where id = :id and suspended_at is null and (counter < :counter or (counter = 0 and :counter = 0));

--! fail_passkey (ip_address?, user_agent?)
with failed as (
    update auth.passkeys
    set failures = case when failures_since > :window_start then failures + 1 else 1 end,
        failures_since = case when failures_since > :window_start then failures_since else :now end,
        blocked_until = case when failures_since > :window_start and failures + 1 >= :most then :until else blocked_until end
    where id = :id
    returning id, user_id)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
select :event_id, user_id, :event_type, :ip_address, :user_agent,
       jsonb_build_object('passkeyId', id, 'reason', :reason::text), :now
from failed;
