-- The apps that spent most keep their names while their sums fill no more than max_bytes; all others are one, "other". By windows
-- alone: a join would be planned for the few apps that most people have.
--! list_days
select date, case when bytes <= :max_bytes then app_id else 'other' end as app_id, sum(credits_used)::bigint as credits_used,
    sum(uses)::bigint as uses
from (
    select date, app_id, credits_used, uses, sum(octet_length(app_id) + 80) over (order by spent desc, app_id) as bytes
    from (
        select date, app_id, credits_used, uses, sum(credits_used) over (partition by app_id) as spent
        from credits.usage_stats
        where user_id = :user_id and date >= :since) used) ranked
group by 1, 2
order by 1 desc, 2;
