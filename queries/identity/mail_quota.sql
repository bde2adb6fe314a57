--! take
insert into auth.mail_quotas (subject, free_at)
values (:subject, :now::timestamptz + make_interval(secs => :interval_seconds))
on conflict (subject) do update
    set free_at = greatest(mail_quotas.free_at, :now) + make_interval(secs => :interval_seconds)
    where greatest(mail_quotas.free_at, :now) + make_interval(secs => :interval_seconds) <= :horizon
returning subject;
