-- Identity: people, their credentials, sessions, refresh tokens, keys and security events.
-- Table and column names follow the predecessor, so that its databases can be imported.

create type auth.user_role as enum ('user', 'admin', 'service');
create type auth.access_tier as enum ('guest', 'public', 'beta', 'alpha', 'founder');
create type auth.user_kind as enum ('human', 'persona', 'system');

create table auth.users (
    id text primary key,
    name text not null,
    email text not null,
    email_verified boolean not null default false,
    image text,
    role auth.user_role not null default 'user',
    access_tier auth.access_tier not null default 'public',
    kind auth.user_kind not null default 'human',
    locale text,
    two_factor_enabled boolean not null default false,
    banned boolean not null default false,
    ban_reason text,
    ban_expires timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz
);
create unique index users_email_key on auth.users (lower(email));
create index users_created_at_idx on auth.users (created_at desc);

-- token holds the SHA-256 of the session token. last_activity_at moves at most once a minute.
create table auth.sessions (
    id text primary key,
    token text not null,
    user_id text not null references auth.users (id) on delete cascade,
    expires_at timestamptz not null,
    absolute_expires_at timestamptz,
    ip_address text,
    user_agent text,
    device_id text,
    device_name text,
    remember_me boolean not null default true,
    active_organization_id text,
    active_team_id text,
    impersonated_by text,
    last_activity_at timestamptz not null default now(),
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint sessions_token_key unique (token)
);
create index sessions_user_id_idx on auth.sessions (user_id);
create index sessions_expires_at_idx on auth.sessions (expires_at);

-- A family is the chain of refresh tokens of one session; a child is derived from its parent, never stored in clear.
create table auth.refresh_tokens (
    id text primary key,
    session_id text not null references auth.sessions (id) on delete cascade,
    user_id text not null references auth.users (id) on delete cascade,
    family_id text not null,
    token_hash text not null,
    parent_id text,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    constraint refresh_tokens_token_hash_key unique (token_hash)
);
create index refresh_tokens_session_id_idx on auth.refresh_tokens (session_id);
create index refresh_tokens_family_id_idx on auth.refresh_tokens (family_id);
create index refresh_tokens_user_id_idx on auth.refresh_tokens (user_id);
create index refresh_tokens_expires_at_idx on auth.refresh_tokens (expires_at);

create table auth.accounts (
    id text primary key,
    account_id text not null,
    provider_id text not null,
    issuer text not null default 'local:credential',
    user_id text not null references auth.users (id) on delete cascade,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    password text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_provider_id_account_id_key unique (provider_id, account_id)
);
create index accounts_user_id_idx on auth.accounts (user_id);

create table auth.verification (
    id text primary key,
    identifier text not null,
    value text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index verification_identifier_idx on auth.verification (identifier);
create index verification_expires_at_idx on auth.verification (expires_at);

create table auth.user_settings (
    user_id text primary key references auth.users (id) on delete cascade,
    global_settings jsonb not null default
        '{"nav": {"desktopPosition": "top", "sidebarCollapsed": false}, "theme": {"mode": "system", "colorScheme": "ocean"}, "locale": "de"}',
    app_overrides jsonb not null default '{}',
    device_settings jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table auth.security_events (
    id uuid primary key,
    user_id text references auth.users (id) on delete cascade,
    event_type text not null,
    ip_address text,
    user_agent text,
    metadata jsonb,
    created_at timestamptz not null default now()
);
create index security_events_user_id_created_at_idx on auth.security_events (user_id, created_at desc, id desc);
create index security_events_event_type_created_at_idx on auth.security_events (event_type, created_at);

create table auth.login_attempts (
    id bigserial primary key,
    email text not null,
    ip_address text,
    successful boolean not null default false,
    method text not null default 'password',
    attempted_at timestamptz not null default now()
);
create index login_attempts_email_method_time_idx on auth.login_attempts (email, method, attempted_at);
create index login_attempts_attempted_at_idx on auth.login_attempts (attempted_at);

-- private_key is sealed under HKDF(MANA_AUTH_KEK, 'jwks'); a kid is never reused.
create table auth.jwks (
    id text primary key,
    public_key text not null,
    private_key text not null,
    alg text not null default 'EdDSA',
    crv text default 'Ed25519',
    expires_at timestamptz,
    created_at timestamptz not null default now()
);

-- Row-level security. A person sees and changes their own rows, an administrator reads everyone's, the server itself
-- (sign-in before anyone is known, jobs) works as `service`; without an actor there is no row.
do $$
declare
    protected record;
begin
    for protected in
        select * from (values
            ('users', 'id'), ('sessions', 'user_id'), ('accounts', 'user_id'), ('refresh_tokens', 'user_id'),
            ('user_settings', 'user_id'), ('security_events', 'user_id')
        ) as owned (table_name, owner_column)
    loop
        execute format('alter table auth.%I enable row level security', protected.table_name);
        execute format('alter table auth.%I force row level security', protected.table_name);
        execute format(
            'create policy %I on auth.%I for all to mana_app
                 using (current_setting(''mana.actor'', true) = ''user:'' || %I)
                 with check (current_setting(''mana.actor'', true) = ''user:'' || %I)',
            protected.table_name || '_owner', protected.table_name, protected.owner_column, protected.owner_column);
        execute format(
            'create policy %I on auth.%I for select to mana_app using (current_setting(''mana.actor'', true) like ''admin:%%'')',
            protected.table_name || '_admin', protected.table_name);
    end loop;
    for protected in
        select unnest(array['users', 'sessions', 'accounts', 'refresh_tokens', 'user_settings', 'security_events',
                            'verification', 'login_attempts', 'jwks']) as table_name
    loop
        execute format('alter table auth.%I enable row level security', protected.table_name);
        execute format('alter table auth.%I force row level security', protected.table_name);
        execute format(
            'create policy %I on auth.%I for all to mana_app
                 using (current_setting(''mana.actor'', true) = ''service'')
                 with check (current_setting(''mana.actor'', true) = ''service'')',
            protected.table_name || '_service', protected.table_name);
    end loop;
end
$$;

grant select, insert, update, delete on all tables in schema auth to mana_app;
grant usage on all sequences in schema auth to mana_app;
