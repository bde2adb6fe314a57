-- One use of one credit from each of the wallets $1 as transfers $2, with nothing around it.
SELECT count(*) FILTER (WHERE outcome = 'done')
FROM credits.use_batch(
    now(), date_trunc('day', now()), false,
    $2::uuid[], $1::text[], array_fill(1::bigint, ARRAY[cardinality($1)]),
    array_fill('bench'::text, ARRAY[cardinality($1)]), array_fill('bench'::text, ARRAY[cardinality($1)]),
    array_fill(NULL::text, ARRAY[cardinality($1)]), ARRAY(SELECT 'user:' || w FROM unnest($1) w),
    array_fill(NULL::text, ARRAY[cardinality($1)]), array_fill(NULL::bytea, ARRAY[cardinality($1)]),
    array_fill(NULL::text, ARRAY[cardinality($1)]))
