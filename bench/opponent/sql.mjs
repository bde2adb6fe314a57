// Runs the SQL on standard input and prints the rows of its last statement: the machine may have no psql.
import { text } from "node:stream/consumers";
import pg from "pg";

const client = new pg.Client({ connectionString: process.argv[2] });
try {
  await client.connect();
  const results = [await client.query({ text: await text(process.stdin), rowMode: "array" })].flat();
  for (const row of results.at(-1).rows) console.log(row.join("|"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await client.end().catch(() => {});
}
