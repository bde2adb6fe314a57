--! list_days
select date, app_id, credits_used, uses
from credits.usage_stats
where user_id = :user_id and date >= :since
order by date desc, app_id;
