--: Factors(secret?, backup_codes?, locked_until?)
--! find_factors : Factors
select secret, verified, backup_codes, locked_until from auth.two_factor_auth where user_id = :user_id;

--! lock_factors : Factors
select secret, verified, backup_codes, locked_until from auth.two_factor_auth where user_id = :user_id for update;

--! keep_row
insert into auth.two_factor_auth (user_id, id, created_at, updated_at)
values (:user_id, :id, :now, :now)
on conflict (user_id) do nothing;

--! keep_secret
insert into auth.two_factor_auth (user_id, id, secret, backup_codes, created_at, updated_at)
values (:user_id, :id, :secret, :backup_codes, :now, :now)
on conflict (user_id) do update
    set secret = excluded.secret, backup_codes = excluded.backup_codes, last_step = null, updated_at = excluded.updated_at;

--! use_step
update auth.two_factor_auth set last_step = :step, updated_at = :now
where user_id = :user_id and (last_step is null or last_step < :step);

--! confirm_secret
update auth.two_factor_auth
set verified = true, enabled = true, enabled_at = coalesce(enabled_at, :now), updated_at = :now
where user_id = :user_id;

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
