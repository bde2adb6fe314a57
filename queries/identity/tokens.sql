--: Rotated(image?, ban_reason?, ban_expires?, deleted_at?)
--! rotate : Rotated
with live as (
    select s.id,
        least(:child_expires_at, s.absolute_expires_at, case when not s.remember_me then s.expires_at end) as child_expires_at,
        case when s.remember_me then greatest(s.expires_at, least(:session_expires_at, s.absolute_expires_at)) else s.expires_at end
            as new_expires_at
    from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id
    where r.token_hash = :token_hash and s.revoked_at is null and s.expires_at > :now
      and (s.absolute_expires_at is null or s.absolute_expires_at > :now)
    for no key update of s),
parent as (
    update auth.refresh_tokens r set used_at = coalesce(r.used_at, :now) from live
    where r.token_hash = :token_hash and r.session_id = live.id and r.revoked_at is null and r.expires_at > :now
      and (r.used_at is null or r.used_at > :grace_start)
    returning r.id, r.session_id, r.user_id, r.family_id),
child as (
    insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, parent_id, expires_at, created_at)
    select :child_id, p.session_id, p.user_id, p.family_id, :child_hash, p.id, live.child_expires_at, :now from parent p, live
    on conflict (token_hash) do nothing),
session as (
    update auth.sessions s set expires_at = live.new_expires_at, last_activity_at = greatest(s.last_activity_at, :now), updated_at = :now
    from parent p, live where s.id = p.session_id
      and (s.last_activity_at < :now - interval '60 seconds' or live.new_expires_at > s.expires_at + interval '60 seconds'))
select p.session_id, p.family_id, u.id as user_id, u.name, u.email, u.email_verified, u.image, u.role::text as role,
    u.access_tier::text as access_tier, u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at,
    u.created_at as user_created_at, u.updated_at as user_updated_at
from parent p join auth.users u on u.id = p.user_id;

--: Spent(used_at?, revoked_at?, session_revoked_at?, absolute_expires_at?)
--! find_refresh : Spent
select r.session_id, r.family_id, r.expires_at, r.used_at, r.revoked_at, s.expires_at as session_expires_at,
    s.absolute_expires_at, s.revoked_at as session_revoked_at
from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id
where r.token_hash = :token_hash;

--! revoke_family (ip_address?, user_agent?)
with named as (
    select s.id from auth.sessions s
    where s.id in (select session_id from auth.refresh_tokens where family_id = :family_id)
    for no key update of s),
family as (
    update auth.refresh_tokens r set revoked_at = :now from named
    where r.session_id = named.id and r.family_id = :family_id and r.revoked_at is null
    returning r.session_id, r.user_id),
session as (
    update auth.sessions s set revoked_at = :now, updated_at = :now from (select distinct session_id from family) f
    where s.id = f.session_id and s.revoked_at is null),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, :event_type, :ip_address, :user_agent, jsonb_build_object('sessionId', session_id), :now
    from family limit 1)
select distinct user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from family;

--! exchange (ip_address?, user_agent?)
with live as (
    select s.id, s.user_id, least(:expires_at, s.absolute_expires_at, case when not s.remember_me then s.expires_at end) as expires_at
    from auth.sessions s
    where s.id = :session_id and s.revoked_at is null and s.expires_at > :now
      and (s.absolute_expires_at is null or s.absolute_expires_at > :now)),
refresh as (
    insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at)
    select :id, id, user_id, :id, :token_hash, expires_at, :now from live
    returning user_id)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
select :event_id, user_id, 'SSO_TOKEN_EXCHANGE', :ip_address, :user_agent, :now from refresh;
