--: SessionUser(ip_address?, user_agent?, device_id?, device_name?, absolute_expires_at?, revoked_at?, active_organization_id?, impersonated_by?, image?, locale?, ban_reason?, ban_expires?, deleted_at?)
--! find_by_tokens : SessionUser
select s.token, s.id, s.user_id, s.expires_at, s.absolute_expires_at, s.ip_address, s.user_agent, s.device_id, s.device_name,
    s.remember_me, s.active_organization_id, s.impersonated_by, s.last_activity_at, s.revoked_at, s.created_at, s.updated_at,
    u.name, u.email, u.email_verified, u.image, u.role::text as role, u.access_tier::text as access_tier, u.locale,
    u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at,
    u.created_at as user_created_at, u.updated_at as user_updated_at
from auth.sessions s join auth.users u on u.id = s.user_id
where s.token = any(:token_hashes::text[]);

--! find_by_id : SessionUser
select s.token, s.id, s.user_id, s.expires_at, s.absolute_expires_at, s.ip_address, s.user_agent, s.device_id, s.device_name,
    s.remember_me, s.active_organization_id, s.impersonated_by, s.last_activity_at, s.revoked_at, s.created_at, s.updated_at,
    u.name, u.email, u.email_verified, u.image, u.role::text as role, u.access_tier::text as access_tier, u.locale,
    u.two_factor_enabled, u.banned, u.ban_reason, u.ban_expires, u.deleted_at,
    u.created_at as user_created_at, u.updated_at as user_updated_at
from auth.sessions s join auth.users u on u.id = s.user_id
where s.id = :id;

--! extend
update auth.sessions set expires_at = least(:expires_at, absolute_expires_at), updated_at = :now,
    last_activity_at = greatest(last_activity_at, :now)
where id = :id and remember_me and revoked_at is null and expires_at > :now and expires_at <= :due_before
  and (absolute_expires_at is null or absolute_expires_at > :now)
  and expires_at < least(:expires_at, absolute_expires_at)
returning expires_at;

--! touch
update auth.sessions s set last_activity_at = seen.at
from unnest(:ids::text[], :moments::timestamptz[]) as seen (id, at)
where s.id = seen.id and s.last_activity_at < seen.at;

--! revoke (ip_address?, user_agent?)
with named as (
    select id, event_id from unnest(:ids::text[], :event_ids::uuid[]) as named (id, event_id)),
revoked as (
    update auth.sessions s set revoked_at = :now, updated_at = :now from named where s.id = named.id and s.revoked_at is null
    returning s.id, s.user_id, named.event_id),
family as (
    update auth.refresh_tokens r set revoked_at = :now from revoked where r.session_id = revoked.id and r.revoked_at is null),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select event_id, user_id, 'LOGOUT', :ip_address, :user_agent, jsonb_build_object('revokedSessionId', id), :now from revoked)
select user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from revoked;

--! notify
select pg_notify('mana_auth', :message)::text;

--: Listed(ip_address?, user_agent?, device_id?, device_name?)
--! list_live : Listed
-- The newest that fit into 256 KiB.
select id, user_id, expires_at, ip_address, user_agent, device_id, device_name, last_activity_at, created_at, updated_at
from (
    select *, sum(500 + octet_length(coalesce(user_agent, '')) + octet_length(coalesce(device_id, ''))
            + octet_length(coalesce(device_name, ''))) over (order by created_at desc, id desc) as bytes
    from auth.sessions
    where user_id = :user_id and revoked_at is null and expires_at > :now
      and (absolute_expires_at is null or absolute_expires_at > :now)) sized
where bytes <= 262144
order by created_at desc, id desc;

--! revoke_all (kept_session_id?, ip_address?, user_agent?)
with revoked as (
    update auth.sessions set revoked_at = :now, updated_at = :now
    where user_id = :user_id and revoked_at is null and id is distinct from :kept_session_id
    returning id, user_id),
family as (
    update auth.refresh_tokens r set revoked_at = :now from revoked where r.session_id = revoked.id and r.revoked_at is null),
trusted as (
    delete from auth.verification where user_id = :user_id and kind = 'trusted-device'),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, 'LOGOUT', :ip_address, :user_agent, jsonb_build_object('revokedSessions', count(*)), :now
    from revoked group by user_id)
select distinct user_id, pg_notify('mana_auth', 'user:' || user_id)::text as notified from revoked;

--! insert_hand_over
insert into auth.verification (id, identifier, value, expires_at, created_at, updated_at)
values (:id, :identifier, :value, :expires_at, :now, :now);

--! take_hand_over
delete from auth.verification where identifier = :identifier and expires_at > :now returning value;
