-- A thousand wallets that no run can empty; the daily grant is off, so that a loop does nothing but debits.
SELECT count(credits.open_wallet(gen_random_uuid(), gen_random_uuid(), 'probe-' || n, 1000000000, 0, now()))
FROM generate_series(0, 999) n;
ANALYZE;
