--: Kept()
--! lock_code : Kept
select id, value, created_at, expires_at from auth.verification where identifier = :identifier
order by created_at desc, id desc limit 1 for update;

--! count_attempt
update auth.verification set value = :value, updated_at = :now where id = :id;

--! renew_code
update auth.verification set expires_at = :expires_at, updated_at = :now where id = :id;

--! forget_codes
delete from auth.verification where identifier = :identifier;
