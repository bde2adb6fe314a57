--! prove (ip_address?, user_agent?)
with proved as (
    update auth.users set email_verified = true, updated_at = :now
    where id = :user_id and lower(email) = :email and not email_verified and deleted_at is null
    returning id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'EMAIL_VERIFIED', :ip_address, :user_agent, :now from proved)
select id from proved;

--! strip
with person as (
    update auth.users set two_factor_enabled = false, updated_at = :now where id = :user_id returning id),
accounts as (
    delete from auth.accounts a using person where a.user_id = person.id),
devices as (
    delete from auth.known_devices d using person where d.user_id = person.id)
delete from auth.two_factor_auth f using person where f.user_id = person.id;
