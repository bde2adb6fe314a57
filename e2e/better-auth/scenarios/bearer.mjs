// The bearer plugin.
export const scenarios = [
  {
    name: "sessions by Authorization header",
    run: async (t) => {
      const { jar, token } = await t.person();
      const signed = t.need(jar.cookies.get("mana.session_token"), "the session cookie");
      const get = (authorization, path = "/get-session") => t.raw("GET", path, { headers: { authorization } });
      await get(`Bearer ${decodeURIComponent(signed)}`);
      await get(`Bearer ${signed}`);
      await get(`bearer ${token}`);
      await get(`BEARER   ${token}  `);
      await get(`Bearer ${token}`, "/list-sessions");
      await get(`Bearer ${token}`, "/token");
      await get(`Bearer ${token}.AAAA`);
      await get(`Bearer ${decodeURIComponent(signed).slice(0, -4)}AAA=`);
      await get("Bearer garbage");
      await get("Bearer ");
      await get("Bearer");
      await get(`Basic ${token}`);
      await get(token);
      await get("Bearer garbage", "/list-sessions");
    },
  },
  {
    name: "a header beside a cookie",
    run: async (t) => {
      const first = await t.person("first");
      const second = await t.person("second");
      await t.raw("GET", "/get-session", { jar: first.jar, headers: { authorization: `Bearer ${second.token}` } });
      await t.raw("GET", "/get-session", { jar: first.jar, headers: { authorization: "Bearer garbage" } });
      await t.raw("POST", "/update-user", { headers: { authorization: `Bearer ${first.token}` }, json: { name: "By header" } });
      await t.raw("POST", "/update-user", { headers: { authorization: `Bearer ${first.token}` }, json: { name: "By header" }, origin: "https://evil.example.net" });
      await t.raw("POST", "/sign-out", { headers: { authorization: `Bearer ${first.token}` }, json: {} });
      await t.raw("GET", "/get-session", { headers: { authorization: `Bearer ${first.token}` } });
    },
  },
];
