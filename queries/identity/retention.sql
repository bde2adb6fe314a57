--! delete_sessions
delete from auth.sessions where expires_at < :before or revoked_at < :before;

--! delete_refresh_tokens
delete from auth.refresh_tokens where expires_at < :before or revoked_at < :before;

--! delete_verifications
delete from auth.verification where expires_at < :before;

--! delete_attempts
delete from auth.login_attempts where attempted_at < :before;

--! delete_devices
delete from auth.known_devices where last_seen_at < :before;

--! delete_quotas
delete from auth.mail_quotas where free_at < :before;

--! delete_events
delete from auth.security_events where created_at < :before;

--! delete_password_kinds
delete from auth.password_kinds k
where not exists (select from auth.accounts a where auth.password_kind(a.password) = k.kind);
