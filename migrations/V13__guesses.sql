-- Wrong passwords count by where they come from, so that nobody locks anybody else out.

-- near: the device that signed in before, else the client's own network; wide: the networks around it; whole: everybody of
-- whom no more is known. A device or session that is known has one count under all three.
alter table auth.login_attempts
    add column near text not null default '',
    add column wide text not null default '',
    add column whole text not null default '';

-- Until when passwords for an address are refused from somewhere; null when they are not. Fifteen minutes of failures count
-- from one place, four times as many from the networks around it, and a day's twenty times as many altogether.
create function auth.guesses_locked_until(
    guessed_email text, guess_near text, guess_wide text, guess_whole text,
    asked_at timestamptz, most bigint, lock_seconds bigint
) returns timestamptz language plpgsql stable as $$
begin
    return (
        with recent as (
            select l.attempted_at, l.near, l.wide, l.whole from auth.login_attempts l
            where l.email = guessed_email and not l.successful and l.attempted_at > asked_at - interval '1 day'
        ),
        here as (
            select attempted_at, most as allowed, 1 as tier from recent where near = guess_near
            union all
            select attempted_at, most * 4, 2 from recent where wide = guess_wide
        ),
        latest as (
            select tier, allowed, max(attempted_at) as at from here group by tier, allowed
        ),
        locks as (
            select latest.at + make_interval(secs => lock_seconds) as ends from latest
            where (select count(*) from here
                   where here.tier = latest.tier and here.attempted_at > latest.at - interval '15 minutes') >= latest.allowed
            union all
            (select attempted_at + interval '1 day' from recent
             where whole = guess_whole order by attempted_at desc offset most * 20 - 1 limit 1)
        )
        select max(ends) from locks where ends > asked_at
    );
end
$$;
revoke all on function auth.guesses_locked_until(text, text, text, text, timestamptz, bigint, bigint) from public;
grant execute on function auth.guesses_locked_until(text, text, text, text, timestamptz, bigint, bigint) to mana_app;

-- The kinds of hashes that are in use, each the beginning of a hash up to its salt: a refused password takes as long as the
-- dearest of them, whoever's it is.
create table auth.password_kinds (
    kind text primary key
);

create function auth.password_kind(hash text) returns text language sql immutable as $$
    select coalesce(
        substring(hash from '^(\$2[aby]\$[0-9]{2}\$|\$argon2(?:id|i|d)\$v=[0-9]{1,9}\$[a-z0-9=,]{1,64}\$)'),
        case when hash ~ '^[^$:]*:[0-9a-f]{128}$' then 'scrypt' end)
$$;
revoke all on function auth.password_kind(text) from public;
grant execute on function auth.password_kind(text) to mana_app;

create function auth.note_password_kind() returns trigger language plpgsql as $$
begin
    insert into auth.password_kinds (kind)
    select known.kind from (select auth.password_kind(new.password) as kind) known
    where known.kind is not null and not exists (select from auth.password_kinds k where k.kind = known.kind)
    on conflict do nothing;
    return null;
end
$$;
revoke all on function auth.note_password_kind() from public;
create trigger accounts_password_kind after insert or update of password on auth.accounts
    for each row when (new.password is not null) execute function auth.note_password_kind();

insert into auth.password_kinds (kind)
select distinct auth.password_kind(password) from auth.accounts where auth.password_kind(password) is not null;

-- A kind says nothing of a person: whoever's password is set may note it.
alter table auth.password_kinds enable row level security;
alter table auth.password_kinds force row level security;
create policy password_kinds_service on auth.password_kinds for all to mana_app
    using (current_setting('mana.actor', true) = 'service')
    with check (current_setting('mana.actor', true) = 'service');
grant select, insert, delete on auth.password_kinds to mana_app;
