-- Outstanding links belong to a person, so that a changed password or address can void them.

alter table auth.verification add column user_id text references auth.users (id) on delete cascade;
alter table auth.verification add column kind text;
create index verification_user_id_idx on auth.verification (user_id) where user_id is not null;
