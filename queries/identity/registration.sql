--! lock_signups
select pg_advisory_xact_lock(7001)::text;

--! count_registrations
select count(*) from auth.security_events where event_type = 'REGISTER' and created_at >= :since;

--! insert_user (image?, locale?, ip_address?, user_agent?)
with created as (
    insert into auth.users (id, name, email, email_verified, image, locale, role, access_tier, created_at, updated_at)
    values (:id, :name, :email, :email_verified, :image, :locale, :role::text::auth.user_role, 'public', :now, :now)
    returning id),
settings as (
    insert into auth.user_settings (user_id, created_at, updated_at) select id, :now, :now from created)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
select :event_id, id, 'REGISTER', :ip_address, :user_agent, :now from created;

--! insert_credential
insert into auth.accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
values (:id, :user_id, 'credential', :user_id, :password, :now, :now);

--! email_exists
select exists (select from auth.users where lower(email) = :email);
