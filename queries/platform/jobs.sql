--! enqueue (dedupe_key?)
insert into platform.jobs (id, kind, payload, dedupe_key, run_at, created_at)
values (:id, :kind, :payload, :dedupe_key, :run_at, :now)
on conflict (dedupe_key) do nothing;

--: DueJob()
--! claim_due : DueJob
update platform.jobs set locked_until = :locked_until, attempts = attempts + 1
where id = any (
    select id from platform.jobs
    where dead_at is null and (run_at <= :now or run_at > :never)
        and (locked_until is null or locked_until < :now or locked_until > :never)
    order by run_at
    limit :batch
    for update skip locked)
returning id, kind, payload, attempts, max_attempts;

--! finish
delete from platform.jobs where id = :id;

--! retry
update platform.jobs set run_at = :run_at, locked_until = null, last_error = :error where id = :id;

--! give_back
update platform.jobs set attempts = attempts - 1, locked_until = null where id = any(:ids::uuid[]);

--! bury
update platform.jobs set dead_at = :now, locked_until = null, last_error = :error where id = :id;

--! count_waiting
select count(*) filter (where dead_at is not null) as dead, count(*) filter (where dead_at is null) as waiting
from platform.jobs;

--! delete_dead
delete from platform.jobs where dead_at < :before;

--! claim_slot
with claimed as (
    insert into platform.schedules (kind, last_slot) values (:kind, :slot)
    on conflict (kind) do update set last_slot = excluded.last_slot where schedules.last_slot < excluded.last_slot or schedules.last_slot > excluded.last_slot + 1
    returning kind)
insert into platform.jobs (id, kind, payload, run_at, created_at)
select :id, claimed.kind, 'null'::jsonb, :now, :now from claimed;
