--! take (user_id?)
insert into auth.mail_quotas (subject, free_at)
select case when exists (select from auth.known_devices where user_id = :user_id and fingerprint = :fingerprint)
            then :of_device::text else :of_everybody::text end,
       :now::timestamptz + make_interval(secs => :interval_seconds)
on conflict (subject) do update
    set free_at = greatest(mail_quotas.free_at, :now) + make_interval(secs => :interval_seconds)
    where greatest(mail_quotas.free_at, :now) + make_interval(secs => :interval_seconds) <= :horizon
returning subject;
