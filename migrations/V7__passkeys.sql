-- Passkeys: WebAuthn credentials (contract accounts §3.1, better-auth §4). Failures are counted here, so that every replica
-- sees a blocked credential.

create table auth.passkeys (
    id text primary key,
    user_id text not null references auth.users (id) on delete cascade,
    -- base64url without padding, as browsers name it.
    credential_id text not null unique,
    -- base64 of the COSE key (RFC 9052).
    public_key text not null,
    -- The authenticator's count of signatures, 0 where it keeps none.
    counter bigint not null default 0,
    device_type text not null check (device_type in ('singleDevice', 'multiDevice')),
    backed_up boolean not null default false,
    -- Comma list.
    transports text,
    name text,
    aaguid text,
    last_used_at timestamptz,
    failures integer not null default 0,
    failures_since timestamptz,
    blocked_until timestamptz,
    created_at timestamptz not null default now()
);
create index passkeys_user_id_idx on auth.passkeys (user_id);

alter table auth.passkeys enable row level security;
alter table auth.passkeys force row level security;
create policy passkeys_owner on auth.passkeys for all to mana_app
    using (current_setting('mana.actor', true) = 'user:' || user_id)
    with check (current_setting('mana.actor', true) = 'user:' || user_id);
create policy passkeys_admin on auth.passkeys for select to mana_app
    using (current_setting('mana.actor', true) like 'admin:%');
create policy passkeys_service on auth.passkeys for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, update, delete on auth.passkeys to mana_app;
