--: Rotated(image?, ban_reason?, ban_expires?, deleted_at?, session_revoked_at?, absolute_expires_at?)
--! rotate : Rotated
with parent as (
    update auth.refresh_tokens set used_at = coalesce(used_at, :now)
    where token_hash = :token_hash and revoked_at is null and expires_at > :now
      and (used_at is null or used_at > :grace_start)
    returning id, session_id, user_id, family_id),
child as (
    insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, parent_id, expires_at, created_at)
    select :child_id, session_id, user_id, family_id, :child_hash, id, :child_expires_at, :now from parent
    on conflict (token_hash) do nothing),
session as (
    update auth.sessions s set expires_at = greatest(s.expires_at, least(:child_expires_at, coalesce(s.absolute_expires_at, :child_expires_at))),
        last_activity_at = :now, updated_at = :now
    from parent where s.id = parent.session_id and s.revoked_at is null
      and (s.last_activity_at < :now - interval '60 seconds' or s.expires_at < :child_expires_at - interval '1 day'))
select p.session_id, p.family_id, u.id as user_id, u.name, u.email, u.email_verified, u.image, u.role::text as role,
    u.access_tier::text as access_tier, u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at,
    u.created_at as user_created_at, u.updated_at as user_updated_at,
    s.revoked_at as session_revoked_at, s.absolute_expires_at
from parent p join auth.users u on u.id = p.user_id join auth.sessions s on s.id = p.session_id;

--: Spent(used_at?, revoked_at?)
--! find_refresh : Spent
select id, session_id, user_id, family_id, expires_at, used_at, revoked_at from auth.refresh_tokens where token_hash = :token_hash;

--! revoke_family (ip_address?, user_agent?)
with family as (
    update auth.refresh_tokens set revoked_at = :now where family_id = :family_id and revoked_at is null
    returning session_id, user_id),
session as (
    update auth.sessions s set revoked_at = :now, updated_at = :now from (select distinct session_id from family) f
    where s.id = f.session_id and s.revoked_at is null),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, 'REFRESH_TOKEN_REUSED', :ip_address, :user_agent, jsonb_build_object('sessionId', session_id), :now
    from family limit 1)
select distinct user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from family;

--! insert_refresh
insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at)
values (:id, :session_id, :user_id, :id, :token_hash, :expires_at, :now);
