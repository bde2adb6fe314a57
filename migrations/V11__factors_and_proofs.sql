-- What a person proved in a session, which passwords came out of a mailbox, app secrets that wait for their first code, and
-- passkeys that wait for their person after a reset.

-- Set when a second factor or a passkey was met in the session; what changes factors asks for it.
alter table auth.sessions add column factor_met_at timestamptz;
-- How its person signed in: password, magic-link, passkey and the like. Null for sessions older than this column.
alter table auth.sessions add column opened_by text;

-- Set when the mailbox alone set the password; cleared when another factor was met together with it.
alter table auth.accounts add column set_by_mail_at timestamptz;

-- A secret counts after its first right code; until then the one in use stays.
alter table auth.two_factor_auth add column pending_secret text;
alter table auth.two_factor_auth add column pending_backup_codes text;
-- Wrong codes of people who are signed in count apart: they never lock a sign-in.
alter table auth.two_factor_auth add column step_up_failures integer not null default 0;
alter table auth.two_factor_auth add column step_up_locked_until timestamptz;
update auth.two_factor_auth
set pending_secret = secret, pending_backup_codes = backup_codes, secret = null, backup_codes = null, last_step = null
where not verified and secret is not null;

-- A suspended passkey signs nobody in until its person confirms it.
alter table auth.passkeys add column suspended_at timestamptz;
-- What the authenticator was told its person is called (base64url); null where it was registered elsewhere.
alter table auth.passkeys add column user_handle text;
