-- Devices a person signed in on, so that a new one is told of; how much was mailed to an address; links to addresses that
-- nobody had yet.

-- A fingerprint is a digest of the app's own device id, or of browser, system and network.
create table auth.known_devices (
    user_id text not null references auth.users (id) on delete cascade,
    fingerprint text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    primary key (user_id, fingerprint)
);
create index known_devices_last_seen_at_idx on auth.known_devices (last_seen_at);

alter table auth.known_devices enable row level security;
alter table auth.known_devices force row level security;
create policy known_devices_owner on auth.known_devices for all to mana_app
    using (current_setting('mana.actor', true) = 'user:' || user_id)
    with check (current_setting('mana.actor', true) = 'user:' || user_id);
create policy known_devices_admin on auth.known_devices for select to mana_app
    using (current_setting('mana.actor', true) like 'admin:%');
create policy known_devices_service on auth.known_devices for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, update, delete on auth.known_devices to mana_app;

-- subject is the kind of mail and a digest of the address; the account is settled at free_at.
create table auth.mail_quotas (
    subject text primary key,
    free_at timestamptz not null
);
create index mail_quotas_free_at_idx on auth.mail_quotas (free_at);

alter table auth.mail_quotas enable row level security;
alter table auth.mail_quotas force row level security;
create policy mail_quotas_service on auth.mail_quotas for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, update, delete on auth.mail_quotas to mana_app;

-- Of links and codes that went to an address without an account, so that whoever takes it later can void them.
alter table auth.verification add column address text;
create index verification_address_idx on auth.verification (address) where address is not null;
