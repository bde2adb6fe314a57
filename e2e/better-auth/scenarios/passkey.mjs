// The passkey plugin, with a software authenticator.
import { foreignOrigin } from "../lib/context.mjs";

const options = async (t, tab, query = "") => t.need((await tab.get(`/passkey/generate-register-options${query}`)).json, "registration options");

/** A person with one passkey. */
const registered = async (t, name = "person", label = "Laptop") => {
  const tab = await t.person(name);
  const device = t.authenticator();
  const answer = await tab.post("/passkey/verify-registration", { response: device.register(await options(t, tab)), name: label });
  return { tab, device, row: answer.json };
};

const challenge = async (t, tab) => t.need((await tab.get("/passkey/generate-authenticate-options")).json, "authentication options");

export const scenarios = [
  {
    name: "registration options",
    run: async (t) => {
      const tab = await t.person();
      await options(t, tab);
      await options(t, tab, "?authenticatorAttachment=platform");
      await options(t, tab, "?authenticatorAttachment=cross-platform&name=My%20key");
      await options(t, tab, "?context=abc");
      await tab.get("/passkey/generate-register-options?authenticatorAttachment=other");
      await tab.post("/passkey/generate-register-options", {});
    },
  },
  {
    name: "register, list, rename, sign in, delete",
    run: async (t) => {
      const { tab, device, row } = await registered(t);
      await tab.get("/passkey/list-user-passkeys");
      await options(t, tab);
      await tab.post("/passkey/update-passkey", { id: t.need(row?.id, "the passkey's id"), name: "Renamed" });
      await challenge(t, tab);
      const other = t.browser();
      await other.post("/passkey/verify-authentication", { response: device.authenticate(await challenge(t, other)) });
      await other.get("/get-session");
      await other.get("/passkey/list-user-passkeys");
      await other.post("/passkey/delete-passkey", { id: row.id });
      await other.get("/passkey/list-user-passkeys");
      await other.post("/passkey/delete-passkey", { id: row.id });
      const last = t.browser();
      await last.post("/passkey/verify-authentication", { response: device.authenticate(await challenge(t, last)) });
    },
  },
  {
    name: "without a name, and a second one",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/passkey/verify-registration", { response: t.authenticator().register(await options(t, tab)) });
      await tab.post("/passkey/verify-registration", { response: t.authenticator({ counter: 7 }).register(await options(t, tab, "?name=Phone")), name: "" });
      await t.raw("GET", "/passkey/list-user-passkeys", { jar: tab.jar, isUnordered: true });
    },
  },
  {
    name: "the same device twice",
    run: async (t) => {
      const { tab, device } = await registered(t);
      await tab.post("/passkey/verify-registration", { response: device.register(await options(t, tab)) });
      const other = await t.person("other");
      await other.post("/passkey/verify-registration", { response: device.register(await options(t, other)) });
    },
  },
  {
    name: "registration: what fails",
    run: async (t) => {
      const tab = await t.person();
      const device = t.authenticator();
      const verify = (body, extra) => tab.post("/passkey/verify-registration", body, extra);
      await verify({ response: device.register({ rp: { id: "localhost" }, challenge: "none" }) });
      await options(t, tab);
      await verify({});
      await verify({ response: device.register({ rp: { id: "localhost" }, challenge: "AAAA" }) });
      const first = await options(t, tab);
      await verify({ response: device.register(first, { origin: foreignOrigin }) });
      const second = await options(t, tab);
      await verify({ response: device.register(second, { rpId: "example.net" }) });
      const third = await options(t, tab);
      await verify({ response: { id: "x" } });
      await verify({ response: device.register(third), name: 5 });
      const fourth = await options(t, tab);
      await verify({ response: device.register(fourth) });
      await verify({ response: device.register(fourth) });
      const fifth = await options(t, tab);
      await t.raw("POST", "/passkey/verify-registration", { jar: tab.jar, headers: { referer: `${t.base}/page` }, json: { response: t.authenticator().register(fifth) } });
    },
  },
  {
    name: "a challenge belongs to one person and one ceremony",
    run: async (t) => {
      const { tab, device } = await registered(t);
      const stranger = await t.person("stranger");
      const theirs = await options(t, stranger);
      const cookie = stranger.jar.cookies.get("mana.better-auth-passkey");
      t.need(cookie, "the challenge cookie");
      tab.jar.cookies.set("mana.better-auth-passkey", cookie);
      await tab.post("/passkey/verify-registration", { response: t.authenticator().register(theirs) });
      const mine = await options(t, tab);
      await tab.post("/passkey/verify-authentication", { response: device.authenticate({ ...mine, rpId: "localhost" }) });
      const entry = await challenge(t, tab);
      await tab.post("/passkey/verify-registration", { response: t.authenticator().register({ ...entry, rp: { id: "localhost" } }) });
    },
  },
  {
    name: "authentication: what fails",
    run: async (t) => {
      const { device } = await registered(t);
      const tab = t.browser();
      const verify = (response) => tab.post("/passkey/verify-authentication", { response });
      await verify(device.authenticate({ rpId: "localhost", challenge: "none" }));
      await verify(t.authenticator().authenticate(await challenge(t, tab)));
      await verify(device.authenticate(await challenge(t, tab), { privateKey: t.authenticator().privateKey }));
      await verify(device.authenticate(await challenge(t, tab), { origin: foreignOrigin }));
      await verify(device.authenticate(await challenge(t, tab), { origin: "http://localhost.evil.example.net" }));
      await verify(device.authenticate(await challenge(t, tab), { rpId: "example.net" }));
      await verify(device.authenticate(await challenge(t, tab), { challenge: "AAAA" }));
      await challenge(t, tab);
      await verify({ id: "x" });
      await challenge(t, tab);
      await tab.post("/passkey/verify-authentication", {});
      const used = await challenge(t, tab);
      await verify(device.authenticate(used));
      await verify(device.authenticate(used));
      const bare = await challenge(t, tab);
      await t.raw("POST", "/passkey/verify-authentication", { cookie: tab.jar.header(), json: { response: device.authenticate(bare) } });
    },
  },
  {
    name: "the counter may not go back",
    run: async (t) => {
      const { device } = await registered(t);
      const tab = t.browser();
      await tab.post("/passkey/verify-authentication", { response: device.authenticate(await challenge(t, tab), { step: 5 }) });
      const other = t.browser();
      await other.post("/passkey/verify-authentication", { response: device.authenticate(await challenge(t, other), { step: -3 }) });
    },
  },
  {
    name: "other people's passkeys",
    run: async (t) => {
      const { row } = await registered(t);
      const stranger = await t.person("stranger");
      const id = t.need(row?.id, "the passkey's id");
      await stranger.post("/passkey/update-passkey", { id, name: "Mine" });
      await stranger.post("/passkey/delete-passkey", { id });
      await stranger.post("/passkey/update-passkey", { id: "unknown", name: "Mine" });
      await stranger.post("/passkey/delete-passkey", { id: "unknown" });
      await stranger.post("/passkey/update-passkey", { id });
      await stranger.post("/passkey/update-passkey", { id, name: "" });
      await stranger.post("/passkey/delete-passkey", {});
      await stranger.get("/passkey/list-user-passkeys");
    },
  },
];
