--! replace_setup_token
with gone as (delete from auth.verification where identifier = 'setup-admin')
insert into auth.verification (id, identifier, value, expires_at, created_at, updated_at)
values (:id, 'setup-admin', :value, :expires_at, :now, :now);

--! find_setup_token
select expires_at from auth.verification where identifier = 'setup-admin' and value = :value;

--! take_setup_token
delete from auth.verification where identifier = 'setup-admin' and value = :value and expires_at > :now
returning expires_at;
