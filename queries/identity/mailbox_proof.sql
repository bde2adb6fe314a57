--! claim_unproved (ip_address?, user_agent?)
with claimed as (
    update auth.users set email_verified = true, two_factor_enabled = false, updated_at = :now
    where id = :user_id and lower(email) = :email and not email_verified and deleted_at is null
    returning id),
accounts as (
    delete from auth.accounts a using claimed where a.user_id = claimed.id),
factors as (
    delete from auth.two_factor_auth f using claimed where f.user_id = claimed.id),
event as (
    insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, created_at)
    select :event_id, id, 'EMAIL_VERIFIED', :ip_address, :user_agent, :now from claimed)
select id from claimed;
