--! insert_verification (user_id?, address?, kind?)
insert into auth.verification (id, identifier, value, user_id, address, kind, expires_at, created_at, updated_at)
values (:id, :identifier, :value, :user_id, :address, :kind, :expires_at, :now, :now);

--: Outstanding(user_id?)
--! find_verification : Outstanding
select value, user_id, expires_at from auth.verification where identifier = :identifier
order by created_at desc limit 1;

--! list_alive_verifications
select identifier from auth.verification where identifier = any(:identifiers::text[]) and expires_at > :now;

--: LiveToken()
--! list_live (user_id?, address?) : LiveToken
select id, identifier, value from auth.verification
where kind = :kind and expires_at > :now and created_at > :young and (user_id = :user_id or address = :address)
order by created_at desc limit 20;

--! renew
update auth.verification set value = :value, expires_at = :expires_at, updated_at = :now where id = :id;

--: Made(user_agent?)
--! find_made : Made
select u.created_at, e.user_agent from auth.users u
left join lateral (select user_agent from auth.security_events
                   where user_id = u.id and event_type = 'REGISTER' order by created_at limit 1) e on true
where u.id = :user_id;

--! consume_verification : Outstanding
with gone as (delete from auth.verification where identifier = :identifier returning value, user_id, expires_at, created_at)
select value, user_id, expires_at from gone order by created_at desc limit 1;

--! void_links
delete from auth.verification
where user_id = :user_id and kind = any(:kinds::text[])
   or address = (select lower(email) from auth.users where id = :user_id) and kind = any(:kinds::text[]);

--! forget_address
delete from auth.verification where address = :address;

--! verify_email (ip_address?, user_agent?)
with verified as (
    update auth.users set email_verified = true, updated_at = :now
    where id = :user_id and lower(email) = :email and not email_verified and deleted_at is null
    returning id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'EMAIL_VERIFIED', :ip_address, :user_agent, :now from verified)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from verified;

--! change_email (ip_address?, user_agent?)
with changed as (
    update auth.users set email = :new_email, email_verified = true, updated_at = :now
    where id = :user_id and lower(email) = :old_email and deleted_at is null
    returning id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'EMAIL_CHANGED', :ip_address, :user_agent, :now from changed)
select id, pg_notify('mana_auth', 'user:' || id)::text as notified from changed;

--! set_password
insert into auth.accounts (id, account_id, provider_id, user_id, password, set_by_mail_at, created_at, updated_at)
values (:id, :user_id, 'credential', :user_id, :password, :now, :now, :now)
on conflict (provider_id, account_id) do update
    set password = excluded.password, set_by_mail_at = excluded.set_by_mail_at, updated_at = excluded.updated_at;

--! end_sessions (except?)
with ended as (
    update auth.sessions set revoked_at = :now, updated_at = :now
    where user_id = :user_id and revoked_at is null and (:except::text is null or id <> :except)
    returning id)
update auth.refresh_tokens r set revoked_at = :now from ended where r.session_id = ended.id and r.revoked_at is null;

--! clear_attempts
delete from auth.login_attempts where email = :email;

--! forget_devices (kept?)
delete from auth.known_devices
where user_id = :user_id and fingerprint like 'mark:%' and fingerprint is distinct from :kept;

--! notify_user
select pg_notify('mana_auth', 'user:' || :user_id::text)::text;
