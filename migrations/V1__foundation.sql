-- Schemas, the role every transaction runs as, the role that owns the ledger's functions, and the job queue.

create schema if not exists auth;
create schema if not exists credits;
create schema if not exists platform;

-- Roles belong to the cluster, not to the database: another database's migration may have made them, or be making them now.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['mana_app', 'mana_ledger'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin noinherit', wanted);
            end if;
        exception when duplicate_object or unique_violation then
            null;
        end;
        if not pg_has_role(current_user, wanted, 'member') then
            begin
                execute format('grant %I to %I', wanted, current_user);
            exception when unique_violation then
                null;
            end;
        end if;
    end loop;
end
$$;

revoke all on schema auth, credits, platform from public;
grant usage on schema auth, credits, platform to mana_app;
grant usage on schema credits to mana_ledger;

-- At-least-once work written in the transaction that needs it. Only the server itself sees it.
create table platform.jobs (
    id uuid primary key,
    kind text not null,
    payload jsonb not null,
    dedupe_key text,
    run_at timestamptz not null,
    attempts integer not null default 0,
    max_attempts integer not null default 12,
    locked_until timestamptz,
    last_error text,
    dead_at timestamptz,
    created_at timestamptz not null,
    constraint jobs_dedupe_key_key unique (dedupe_key)
);
create index jobs_run_at_idx on platform.jobs (run_at) where dead_at is null;
alter table platform.jobs enable row level security;
alter table platform.jobs force row level security;
create policy jobs_service on platform.jobs for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
-- A person's own transaction may leave work behind, but never read it.
create policy jobs_insert on platform.jobs for insert to mana_app
    with check (coalesce(current_setting('mana.actor', true), '') <> '');
grant select, insert, update, delete on platform.jobs to mana_app;

-- When each recurring job was last written, so that it comes round once over all replicas.
create table platform.schedules (
    kind text primary key,
    last_slot bigint not null
);
alter table platform.schedules enable row level security;
alter table platform.schedules force row level security;
create policy schedules_service on platform.schedules for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, update, delete on platform.schedules to mana_app;
