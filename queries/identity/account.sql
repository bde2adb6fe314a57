--: StoredPassword(password?, locked_until?)
--! find_password : StoredPassword
select lower(u.email) as email, a.password,
    auth.guesses_locked_until(lower(u.email), :near, :near, :near, :now, :max_failures, :lock_seconds) as locked_until
from auth.users u join auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
where u.id = :user_id;

--! change_password (ip_address?, user_agent?)
with changed as (
    update auth.accounts set password = :password, updated_at = :now
    where user_id = :user_id and provider_id = 'credential' and password = :old_password
    returning user_id)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
select :event_id, user_id, 'PASSWORD_CHANGED', :ip_address, :user_agent, :now from changed;

--! update_profile (name?, image?, ip_address?, user_agent?)
with changed as (
    update auth.users set name = coalesce(:name, name),
        image = case when :sets_image::boolean then :image else image end, updated_at = :now
    where id = :id and deleted_at is null
    returning id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'PROFILE_UPDATED', :ip_address, :user_agent, :now from changed)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed;

--! delete_user
with gone as (
    delete from auth.users where id = :id returning id, email),
attempts as (
    delete from auth.login_attempts l using gone where l.email = lower(gone.email)),
addressed as (
    delete from auth.verification v using gone where v.address = lower(gone.email)),
event as (
    insert into auth.security_events (id, event_type, created_at) select :event_id, 'ACCOUNT_DELETED', :now from gone)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from gone;

--! mark_deleted (ip_address?, user_agent?)
with gone as (
    update auth.users set deleted_at = :now, updated_at = :now where id = :id and deleted_at is null
    returning id, email),
ended as (
    update auth.sessions s set revoked_at = :now, updated_at = :now from gone
    where s.user_id = gone.id and s.revoked_at is null
    returning s.id),
families as (
    update auth.refresh_tokens r set revoked_at = :now from ended where r.session_id = ended.id and r.revoked_at is null),
links as (
    delete from auth.verification v using gone where v.user_id = gone.id or v.address = lower(gone.email)),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'ACCOUNT_DELETED', :ip_address, :user_agent, :now from gone)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from gone;

--! list_due_deletions
select id from auth.users where deleted_at <= :before order by deleted_at limit :page_size;

--: Linked(scope?)
--! list_accounts : Linked
select id, account_id, provider_id, user_id, scope, created_at, updated_at
from auth.accounts where user_id = :user_id order by created_at, id;

--! lock_sessions
-- Whoever works on a session locks it first and its person afterwards; in the other order two would wait for each other.
select id from auth.sessions where user_id = :user_id order by id for update;

--! lock_user
select id from auth.users where id = :id for update;

--! delete_account
delete from auth.accounts where id = :id and user_id = :user_id;
