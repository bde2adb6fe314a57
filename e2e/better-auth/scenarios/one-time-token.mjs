// The one-time-token plugin.
export const scenarios = [
  {
    name: "carries a session to another browser",
    run: async (t) => {
      const tab = await t.person();
      const { json } = await tab.get("/one-time-token/generate");
      const token = t.need(json?.token, "a token");
      const other = t.browser();
      await other.post("/one-time-token/verify", { token });
      await other.get("/get-session");
      await other.post("/one-time-token/verify", { token });
      await t.raw("POST", "/one-time-token/verify", { json: { token: "bad" } });
      await t.raw("POST", "/one-time-token/verify", { json: { token: 5 } });
      await tab.post("/one-time-token/generate", {});
    },
  },
  {
    name: "of a session that has ended",
    run: async (t) => {
      const tab = await t.person();
      const { json } = await tab.get("/one-time-token/generate");
      await tab.post("/sign-out", {});
      await t.raw("POST", "/one-time-token/verify", { json: { token: t.need(json?.token, "a token") } });
    },
  },
  {
    name: "expires",
    needsDatabase: true,
    run: async (t) => {
      const tab = await t.person();
      const { json } = await tab.get("/one-time-token/generate");
      await t.expire(t.need(json?.token, "a token"));
      await t.raw("POST", "/one-time-token/verify", { json: { token: json.token } });
    },
  },
  {
    name: "used twice at once: one wins",
    run: async (t) => {
      const tab = await t.person();
      const { json } = await tab.get("/one-time-token/generate");
      const silent = t.exchanges;
      t.exchanges = [];
      const answers = await Promise.all([1, 2, 3].map(() => t.raw("POST", "/one-time-token/verify", { json: { token: json?.token } })));
      t.exchanges = silent;
      t.record({ title: "three uses", result: answers.map(({ status }) => (status === 200 ? "accepted" : "refused")).sort() });
    },
  },
];
