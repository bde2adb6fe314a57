// The leanest Node set-up: node:http and Better Auth's own handler, no framework.
import http from "node:http";
import { toNodeHandler } from "better-auth/node";
import { auth } from "./auth.mjs";
import { useCredits } from "./credits.mjs";

const authHandler = toNodeHandler(auth);

function answer(res, status, body) {
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify(body));
}

async function handle(req, res) {
  if (req.url.startsWith("/api/auth/")) return authHandler(req, res);
  if (req.url === "/health") return answer(res, 200, { status: "ok" });
  if (req.url === "/credits/use" && req.method === "POST") {
    let text = "";
    for await (const chunk of req) text += chunk;
    const { status, body } = await useCredits(JSON.parse(text));
    return answer(res, status, body);
  }
  return answer(res, 404, { error: "Not found" });
}

http
  .createServer((req, res) => handle(req, res).catch((error) => answer(res, 500, { error: String(error) })))
  .listen(Number(process.env.PORT), "127.0.0.1");
