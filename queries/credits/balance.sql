--: Balance(last_daily_reset_at?)
--! find_balance : Balance
select balance, free_credits_remaining, daily_free_credits, last_daily_reset_at, total_earned, total_spent
from credits.balances
where user_id = :user_id;
