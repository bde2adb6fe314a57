// Better Auth under Hono: on Bun through Bun.serve, on Node through @hono/node-server.
import { Hono } from "hono";
import { auth } from "./auth.mjs";
import { useCredits } from "./credits.mjs";

const app = new Hono();
app.get("/health", (c) => c.json({ status: "ok" }));
app.on(["GET", "POST"], "/api/auth/*", (c) => auth.handler(c.req.raw));
app.post("/credits/use", async (c) => {
  const { status, body } = await useCredits(await c.req.json());
  return c.json(body, status);
});

const listen = { port: Number(process.env.PORT), hostname: "127.0.0.1", fetch: app.fetch };
if (globalThis.Bun) {
  Bun.serve(listen);
} else {
  const { serve } = await import("@hono/node-server");
  serve(listen);
}
