--: Key(expires_at?)
--! list_keys : Key
select id, public_key, private_key, alg, created_at, expires_at from auth.jwks
where expires_at is null or expires_at > :now
order by created_at desc, id desc;

--! lock_keys
select pg_advisory_xact_lock(7002)::text;

--! retire_keys
update auth.jwks set expires_at = :expires_at where expires_at is null;

--! insert_key
insert into auth.jwks (id, public_key, private_key, alg, crv, created_at)
values (:id, :public_key, :private_key, 'EdDSA', 'Ed25519', :now);

--! delete_expired_keys
delete from auth.jwks where expires_at < :before;
