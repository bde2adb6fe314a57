-- Second factors. A row stands for everyone who has one or is setting one up: it also counts failures, so a person whose
-- only factor is the code by mail has a row without a secret.

create table auth.two_factor_auth (
    user_id text primary key references auth.users (id) on delete cascade,
    id text not null unique,
    -- Sealed; the key of the authenticator app.
    secret text,
    -- The secret was proved with a code.
    verified boolean not null default false,
    enabled boolean not null default false,
    -- Sealed; what is left of them.
    backup_codes text,
    -- The last time step whose code was used: none works twice.
    last_step bigint,
    failed_verification_count integer not null default 0,
    locked_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    enabled_at timestamptz
);

alter table auth.two_factor_auth enable row level security;
alter table auth.two_factor_auth force row level security;
create policy two_factor_auth_owner on auth.two_factor_auth for all to mana_app
    using (current_setting('mana.actor', true) = 'user:' || user_id)
    with check (current_setting('mana.actor', true) = 'user:' || user_id);
create policy two_factor_auth_admin on auth.two_factor_auth for select to mana_app
    using (current_setting('mana.actor', true) like 'admin:%');
create policy two_factor_auth_service on auth.two_factor_auth for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, update, delete on auth.two_factor_auth to mana_app;
