--: Person(image?, locale?, ban_reason?, ban_expires?, deleted_at?)
--! find_by_id : Person
select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale,
    two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at,
    updated_at as user_updated_at
from auth.users where id = :id;

--! lock_by_id : Person
select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale,
    two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at,
    updated_at as user_updated_at
from auth.users where id = :id for no key update;

--! find_by_email : Person
select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale,
    two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at,
    updated_at as user_updated_at
from auth.users where lower(email) = :email;

--! list_page : Person
select id as user_id, name, email, email_verified, image, role::text as role, access_tier::text as access_tier, locale,
    two_factor_enabled, banned, ban_reason, ban_expires, deleted_at, created_at as user_created_at,
    updated_at as user_updated_at
from auth.users where deleted_at is null order by created_at desc, id desc limit :page_size;

--! set_role
with changed as (
    update auth.users set role = :role::text::auth.user_role, updated_at = :now where lower(email) = :email returning id)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed;

--! set_verified
with changed as (
    update auth.users set email_verified = true, updated_at = :now where id = :id returning id)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed;

--: Counts()
--! count_users : Counts
select count(*) as total, count(*) filter (where email_verified) as verified,
    count(*) filter (where created_at >= :day) as today,
    count(*) filter (where created_at >= :week) as this_week,
    count(*) filter (where created_at >= :month) as this_month
from auth.users where deleted_at is null;

--! count_admins
select count(*) from auth.users where role = 'admin' and deleted_at is null;

--! hold_person
select id from auth.users where id = :id and deleted_at is null for share;

--! list_present
select id from auth.users where id = any(:ids);
