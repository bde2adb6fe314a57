--: Credential(user_id?, password?, last_failure?)
--! find_credential : Credential
with latest as (
    select max(attempted_at) as at from auth.login_attempts where email = :email and not successful)
select u.id as user_id, a.password, latest.at as last_failure,
    (select count(*) from auth.login_attempts l
      where l.email = :email and not l.successful and l.attempted_at > latest.at - interval '15 minutes') as failures
from latest
left join auth.users u on lower(u.email) = :email and u.deleted_at is null
left join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential';

--! lock_attempts
select pg_advisory_xact_lock(7003, hashtext(:email))::text;

--: Recorded(last_failure?)
--! record_failure (user_id?, ip_address?, user_agent?, metadata?) : Recorded
with latest as (
    select max(attempted_at) as at from auth.login_attempts where email = :email and not successful),
known as (
    select count(*) as failures from auth.login_attempts l, latest
    where l.email = :email and not l.successful and l.attempted_at > latest.at - interval '15 minutes'
      and latest.at > :lock_horizon),
attempt as (
    insert into auth.login_attempts (email, ip_address, method, attempted_at)
    select :email, :ip_address, :method, :now from known where :counts::boolean and known.failures < :max_failures),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, :user_id,
           case when :counts::boolean and known.failures >= :max_failures then 'ACCOUNT_LOCKED' else :event_type end,
           :ip_address, :user_agent, :metadata, :now
    from known)
select known.failures, latest.at as last_failure from known, latest;

--: Entered()
--! open_session (ip_address?, user_agent?, device_id?, device_name?, metadata?, checked_hash?, fingerprint?, notice?, factor_met_at?, replaces?, event_type?) : Entered
with unchanged as (
    select a.user_id from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
    where u.id = :user_id and a.password = :checked_hash
    for key share of u for share of a),
failures as (
    select count(*) as number from auth.login_attempts l
    where l.email = :email and not l.successful
      and l.attempted_at > (select max(attempted_at) from auth.login_attempts where email = :email and not successful)
                           - interval '15 minutes'
      and (select max(attempted_at) from auth.login_attempts where email = :email and not successful)
          > :lock_horizon),
opened as (
    insert into auth.sessions (id, token, user_id, expires_at, absolute_expires_at, ip_address, user_agent, device_id,
                               device_name, remember_me, last_activity_at, factor_met_at, opened_by, created_at, updated_at)
    select :session_id, :token_hash, u.id, :expires_at, :absolute_expires_at, :ip_address, :user_agent, :device_id,
           :device_name, :remember_me, :now, coalesce(:factor_met_at, r.factor_met_at), coalesce(r.opened_by, :opened_by),
           :now, :now
    from auth.users u left join auth.sessions r on r.id = :replaces and r.user_id = u.id, failures
    where u.id = :user_id and u.deleted_at is null
      and (not :checks_lock::boolean or failures.number < :max_failures)
      and (:checked_hash::text is null or exists (select from unchanged))
    returning id, user_id),
refresh as (
    insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at, created_at)
    select :refresh_id, id, user_id, :refresh_id, :refresh_hash, :refresh_expires_at, :now from opened),
cleared as (
    delete from auth.login_attempts where email = :email and exists (select from opened)),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
    select :event_id, user_id, :event_type::text, :ip_address, :user_agent, :metadata, :now from opened
    where :event_type::text is not null),
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
