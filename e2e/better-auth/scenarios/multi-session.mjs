// The multi-session plugin: several people signed in on one device.
import { password } from "../lib/context.mjs";

export const scenarios = [
  {
    name: "two people on one device",
    run: async (t) => {
      const tab = await t.person("first");
      const first = tab.token;
      await t.raw("GET", "/multi-session/list-device-sessions", { jar: tab.jar });
      await tab.post("/sign-up/email", { email: t.email("second"), password, name: "Second" });
      await t.raw("GET", "/multi-session/list-device-sessions", { jar: tab.jar, isUnordered: true });
      await tab.get("/get-session");
      await tab.post("/multi-session/set-active", { sessionToken: t.need(first, "the first token") });
      await tab.get("/get-session");
      await tab.post("/multi-session/revoke", { sessionToken: first });
      await tab.get("/get-session");
      await tab.get("/multi-session/list-device-sessions");
      await tab.post("/sign-out", {});
      await tab.get("/multi-session/list-device-sessions");
    },
  },
  {
    name: "revoking another person's session on the device",
    run: async (t) => {
      const tab = await t.person("first");
      const first = tab.token;
      await tab.post("/sign-up/email", { email: t.email("second"), password, name: "Second" });
      await tab.post("/multi-session/revoke", { sessionToken: first });
      await tab.get("/get-session");
      await tab.get("/multi-session/list-device-sessions");
    },
  },
  {
    name: "signing in again on the device replaces the session",
    run: async (t) => {
      const tab = await t.person();
      const kept = tab.jar.clone();
      await t.signIn(tab.email, {}, tab);
      await t.raw("GET", "/get-session", { jar: kept });
      await tab.get("/multi-session/list-device-sessions");
    },
  },
  {
    name: "sign-out ends all sessions of the device",
    run: async (t) => {
      const tab = await t.person("first");
      const kept = tab.jar.clone();
      await tab.post("/sign-up/email", { email: t.email("second"), password, name: "Second" });
      await tab.post("/sign-out", {});
      await t.raw("GET", "/get-session", { jar: kept });
    },
  },
  {
    name: "at most five",
    run: async (t) => {
      const tab = t.browser();
      for (let count = 1; count <= 7; count += 1) {
        await tab.post("/sign-up/email", { email: t.email(`person${count}`), password, name: `Person ${count}` });
      }
      await t.raw("GET", "/multi-session/list-device-sessions", { jar: tab.jar, isUnordered: true });
    },
  },
  {
    name: "what fails",
    run: async (t) => {
      const tab = await t.person();
      const stranger = await t.person("stranger");
      await t.raw("GET", "/multi-session/list-device-sessions");
      await t.raw("GET", "/multi-session/list-device-sessions", { cookie: `mana.session_token=${tab.jar.cookies.get("mana.session_token")}` });
      await t.raw("GET", "/multi-session/list-device-sessions", { cookie: "mana.session_token_multi-abc=garbage" });
      await tab.post("/multi-session/set-active", { sessionToken: "unknown" });
      await tab.post("/multi-session/set-active", { sessionToken: stranger.token ?? "none" });
      await tab.post("/multi-session/set-active", {});
      await tab.post("/multi-session/revoke", { sessionToken: "unknown" });
      await tab.post("/multi-session/revoke", { sessionToken: stranger.token ?? "none" });
      await tab.post("/multi-session/revoke", {});
      await tab.post("/multi-session/set-active", { sessionToken: tab.token ?? "none" });
      await stranger.post("/revoke-sessions", {});
      await stranger.post("/multi-session/set-active", { sessionToken: stranger.token ?? "none" });
      await stranger.get("/multi-session/list-device-sessions");
    },
  },
];
