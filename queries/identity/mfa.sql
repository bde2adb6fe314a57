--: Factors(secret?, backup_codes?, pending_secret?, pending_backup_codes?, locked_until?, step_up_locked_until?)
--! find_factors : Factors
select case when verified then secret end as secret, backup_codes, pending_secret, pending_backup_codes, locked_until,
       step_up_locked_until
from auth.two_factor_auth where user_id = :user_id;

--! lock_factors : Factors
select case when verified then secret end as secret, backup_codes, pending_secret, pending_backup_codes, locked_until,
       step_up_locked_until
from auth.two_factor_auth where user_id = :user_id for update;

--! keep_row
insert into auth.two_factor_auth (user_id, id, created_at, updated_at)
values (:user_id, :id, :now, :now)
on conflict (user_id) do nothing;

--! keep_pending
insert into auth.two_factor_auth (user_id, id, pending_secret, pending_backup_codes, created_at, updated_at)
values (:user_id, :id, :secret, :backup_codes, :now, :now)
on conflict (user_id) do update
    set pending_secret = excluded.pending_secret, pending_backup_codes = excluded.pending_backup_codes,
        updated_at = excluded.updated_at;

--! use_step
update auth.two_factor_auth set last_step = :step, updated_at = :now
where user_id = :user_id and (last_step is null or last_step < :step);

--! confirm_pending
update auth.two_factor_auth
set secret = pending_secret, backup_codes = pending_backup_codes, pending_secret = null, pending_backup_codes = null,
    verified = true, enabled = true, enabled_at = coalesce(enabled_at, :now), last_step = :step,
    step_up_failures = 0, step_up_locked_until = null, updated_at = :now
where user_id = :user_id and pending_secret is not null;

--! count_step_up_failure
update auth.two_factor_auth t
set step_up_failures = counted.failures,
    step_up_locked_until = case when counted.failures >= :most then :until::timestamptz end,
    updated_at = :now
from (select case when step_up_locked_until is null then step_up_failures + 1 else 1 end as failures
      from auth.two_factor_auth where user_id = :user_id) as counted
where t.user_id = :user_id;

--! forget_step_up_failures
update auth.two_factor_auth set step_up_failures = 0, step_up_locked_until = null, updated_at = :now
where user_id = :user_id and step_up_failures > 0;

--! meet_factor
update auth.sessions set factor_met_at = :now, updated_at = :now
where id = :session_id and user_id = :user_id and revoked_at is null;

--: Ways()
--! find_ways : Ways
select exists (select from auth.two_factor_auth f where f.user_id = u.id and f.verified and f.secret is not null) as has_app,
       exists (select from auth.accounts a
               where a.user_id = u.id and a.provider_id = 'credential' and a.set_by_mail_at is not null) as is_set_by_mail
from auth.users u where u.id = :user_id;

--! trust_password
update auth.accounts set set_by_mail_at = null
where user_id = :user_id and provider_id = 'credential' and set_by_mail_at is not null;

--! renew_trust
update auth.verification set identifier = :new_identifier, expires_at = :expires_at, updated_at = :now
where identifier = :identifier and user_id = :user_id and kind = :kind and expires_at > :now;

--! replace_backup_codes
update auth.two_factor_auth set backup_codes = :new_codes, updated_at = :now
where user_id = :user_id and backup_codes = :old_codes;

--! count_failure
update auth.two_factor_auth t
set failed_verification_count = counted.failures,
    locked_until = case when counted.failures >= :most then :until::timestamptz end,
    updated_at = :now
from (select case when locked_until is null then failed_verification_count + 1 else 1 end as failures
      from auth.two_factor_auth where user_id = :user_id) as counted
where t.user_id = :user_id;

--! forget_failures
update auth.two_factor_auth set failed_verification_count = 0, locked_until = null, updated_at = :now
where user_id = :user_id;

--! delete_factors
delete from auth.two_factor_auth where user_id = :user_id;

--! switch
with switched as (
    update auth.users set two_factor_enabled = :is_on, updated_at = :now
    where id = :user_id and two_factor_enabled <> :is_on and deleted_at is null
    returning id)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from switched;

--! count_try
update auth.verification set value = :value, updated_at = :now where identifier = :identifier;
