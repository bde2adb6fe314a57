-- One use of one credit from wallet $1 as transfer $2, with nothing around it.
SELECT outcome FROM credits.use_batch(
    now(), date_trunc('day', now()), false,
    ARRAY[$2::uuid], ARRAY[$1::text], ARRAY[1::bigint], ARRAY['bench'], ARRAY['bench'], ARRAY[NULL::text],
    ARRAY['user:' || $1::text], ARRAY[NULL::text], ARRAY[NULL::bytea], ARRAY[NULL::text])
