--: Standing()
--! session_standing : Standing
select u.two_factor_enabled as is_on, s.factor_met_at is not null as is_met
from auth.sessions s join auth.users u on u.id = s.user_id
where s.id = :session_id and s.user_id = :user_id and s.revoked_at is null and u.deleted_at is null;

--! forget_pending
update auth.two_factor_auth set pending_secret = null, pending_backup_codes = null
where user_id = :user_id and pending_secret is not null;
