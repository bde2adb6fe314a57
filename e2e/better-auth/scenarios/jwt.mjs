// The jwt plugin.
export const scenarios = [
  {
    name: "token and keys",
    run: async (t) => {
      await t.raw("GET", "/jwks");
      const tab = await t.person();
      await tab.get("/token");
      await tab.get("/get-session");
      await tab.post("/token", {});
      await t.raw("GET", "/jwks", { origin: "https://evil.example.net" });
    },
  },
  {
    name: "token of an ended session",
    run: async (t) => {
      const tab = await t.person();
      const kept = tab.jar.clone();
      await tab.post("/sign-out", {});
      await t.raw("GET", "/token", { jar: kept });
      await t.raw("GET", "/token", { cookie: "mana.session_token=garbage" });
    },
  },
  {
    name: "an access token is no session",
    run: async (t) => {
      const tab = await t.person();
      const answer = await tab.get("/token");
      await t.raw("GET", "/get-session", { headers: { authorization: `Bearer ${t.need(answer.json?.token, "an access token")}` } });
      await t.raw("GET", "/list-sessions", { headers: { authorization: `Bearer ${answer.json.token}` } });
    },
  },
];
