--: Credential(user_id?, password?, locked_until?)
--! find_credential : Credential
with person as (
    select u.id, a.password from auth.users u
    left join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
    where lower(u.email) = :email and u.deleted_at is null),
origin as (
    select c.print, c.near, c.wide, c.whole
    from unnest(:prints::text[], :nears::text[], :wides::text[], :wholes::text[])
        with ordinality as c (print, near, wide, whole, place)
    where c.print = ''
       or exists (select from person where c.print = 'person:' || person.id)
       or exists (select from person join auth.known_devices k on k.user_id = person.id where k.fingerprint = c.print)
    order by c.place limit 1)
select person.id as user_id, person.password, origin.print <> '' as is_known, origin.near, origin.wide, origin.whole,
    auth.guesses_locked_until(
        :email, origin.near, origin.wide, origin.whole, :now, :max_failures, :lock_seconds) as locked_until,
    array(select kind from auth.password_kinds order by kind limit 64) as kinds
from origin left join person on true;

--! lock_attempts
select pg_advisory_xact_lock(7003, hashtext(:email))::text;

--: Locked(locked_until?)
--! find_lock : Locked
select auth.guesses_locked_until(:email, :near, :wide, :whole, :now, :max_failures, :lock_seconds) as locked_until;

--! record_failure (user_id?, ip_address?, user_agent?, metadata?) : Locked
with lock as (
    select auth.guesses_locked_until(:email, :near, :wide, :whole, :now, :max_failures, :lock_seconds) as until),
attempt as (
    insert into auth.login_attempts (email, ip_address, method, attempted_at, near, wide, whole)
    select :email, :ip_address, :method, :now, :near, :wide, :whole from lock where :counts::boolean and lock.until is null),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, :user_id,
           case when :counts::boolean and lock.until is not null then 'ACCOUNT_LOCKED' else :event_type end,
           :ip_address, :user_agent, :metadata, :now
    from lock)
select lock.until as locked_until from lock;

--! clear_failures : Locked
with lock as (
    select auth.guesses_locked_until(:email, :near, :wide, :whole, :now, :max_failures, :lock_seconds) as until),
cleared as (
    delete from auth.login_attempts l using lock where l.email = :email and l.near = :near and lock.until is null)
select lock.until as locked_until from lock;

--: Entered()
--! open_session (ip_address?, user_agent?, device_id?, device_name?, metadata?, checked_hash?, fingerprint?, mark?, notice?, factor_met_at?, replaces?, event_type?) : Entered
with unchanged as (
    select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
    where u.id = :user_id and a.password = :checked_hash
    for key share of u for share of a),
opened as (
    insert into auth.sessions (id, token, user_id, expires_at, absolute_expires_at, ip_address, user_agent, device_id,
                               device_name, remember_me, last_activity_at, factor_met_at, opened_by, created_at, updated_at)
    select :session_id, :token_hash, u.id, :expires_at, :absolute_expires_at, :ip_address, :user_agent, :device_id,
           :device_name, :remember_me, :now, coalesce(:factor_met_at, r.factor_met_at), coalesce(r.opened_by, :opened_by),
           :now, :now
    from auth.users u left join auth.sessions r on r.id = :replaces and r.user_id = u.id
    where u.id = :user_id and u.deleted_at is null
      and (not :checks_lock::boolean
           or auth.guesses_locked_until(:email, :near, :wide, :whole, :now, :max_failures, :lock_seconds) is null)
      and (:checked_hash::text is null or exists (select from unchanged))
    returning id, user_id),
refresh as (
    insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at)
    select :refresh_id, id, user_id, :refresh_id, :refresh_hash, :refresh_expires_at, :now from opened),
cleared as (
    delete from auth.login_attempts
    where email = :email and near = any(:origins::text[]) and exists (select from opened)),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, :event_type::text, :ip_address, :user_agent, :metadata, :now from opened
    where :event_type::text is not null),
marked as (
    insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at)
    select user_id, :mark, :now, :now from opened where :mark::text is not null
    on conflict (user_id, fingerprint) do update set last_seen_at = excluded.last_seen_at),
device as (
    insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at)
    select user_id, :fingerprint, :now, :now from opened where :fingerprint::text is not null
    on conflict (user_id, fingerprint) do update set last_seen_at = excluded.last_seen_at
    returning user_id, xmax = 0 as is_new),
notice as (
    insert into platform.jobs (id, kind, payload, run_at, created_at)
    select :notice_id, :notice_kind, :notice, :now, :now from device
    where is_new and :notice::jsonb is not null
      and exists (select from auth.known_devices k where k.user_id = device.user_id)
    returning id)
select (select count(*) from opened) as sessions, (select count(*) from unchanged) as credentials,
    (select count(*) from notice) as notices;

--! hold_credential
select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
where u.id = :user_id and a.password = :checked_hash
for key share of u for share of a;

--! replace_password_hash
update auth.accounts set password = :password, updated_at = :now
where user_id = :user_id and provider_id = 'credential' and password = :old_password;

--! is_known_device
select exists (
    select from auth.known_devices where user_id = :user_id and fingerprint = any(:prints::text[])) as is_known;
