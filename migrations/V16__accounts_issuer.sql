-- A way to sign in is found by provider and account id, so nothing reads `issuer` any more. It stays for now, because the
-- version before, which may run beside this one, still reads and writes it; a later release drops it.
alter table auth.accounts alter column issuer drop not null;
comment on column auth.accounts.issuer is 'unused; a later release drops it';
