--! insert (user_id?, ip_address?, user_agent?, metadata?)
insert into auth.security_events (id, user_id, event_type, ip_address, user_agent, metadata, created_at)
values (:id, :user_id, :event_type, :ip_address, :user_agent, :metadata, :now);

--: Event(ip_address?, user_agent?, metadata?)
--! list : Event
select id, event_type, ip_address, user_agent, metadata, created_at from auth.security_events
where user_id = :user_id and (created_at, id) < (:before_at, :before_id)
order by created_at desc, id desc limit :page_size;
