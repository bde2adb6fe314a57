--! insert (user_id?, ip_address?, user_agent?, metadata?)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
values (:id, :user_id, :event_type, :ip_address, :user_agent, :metadata, :now);

--: Event(ip_address?, user_agent?, metadata?)
--! list : Event
-- Those of a page that fit into 256 KiB, the first in any case; `found` tells of the others.
select id, event_type, ip_address, user_agent, metadata, created_at, found
from (
    select *, count(*) over () as found,
        sum(200 + octet_length(coalesce(user_agent, '')) + octet_length(coalesce(metadata::text, '')))
            over (order by created_at desc, id desc rows between unbounded preceding and 1 preceding) as bytes_before
    from (
        select id, event_type, ip_address, user_agent, metadata, created_at from auth.security_events
        where user_id = :user_id and (created_at, id) < (:before_at, :before_id)
        order by created_at desc, id desc limit :page_size) page) sized
where coalesce(bytes_before, 0) < 262144
order by created_at desc, id desc;
