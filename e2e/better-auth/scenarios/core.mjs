// Sign-up, sign-in, sign-out.
import { password } from "../lib/context.mjs";

export const scenarios = [
  {
    name: "sign-up signs in; sign-out ends it",
    run: async (t) => {
      const tab = await t.person();
      await tab.get("/get-session");
      const kept = tab.jar.clone();
      await tab.post("/sign-out", {});
      await tab.get("/get-session");
      await t.raw("GET", "/get-session", { jar: kept.clone() });
      await t.raw("GET", "/list-sessions", { jar: kept });
      await tab.post("/sign-out", {});
      await t.raw("POST", "/sign-out", { json: {} });
    },
  },
  {
    name: "sign-up: e-mails",
    run: async (t) => {
      await t.person("mixed");
      const signUp = (email) => t.raw("POST", "/sign-up/email", { json: { email, password, name: "E" } });
      await signUp(t.email("mixed"));
      await signUp(t.email("mixed").toUpperCase());
      await signUp(t.email("Upper").replace("Upper", "UPPER"));
      await signUp(t.email("plus+tag"));
      await signUp(` ${t.email("space")}`);
      await signUp("");
      await signUp("a@");
      await signUp("@example.com");
      await signUp(`${"a".repeat(65)}@example.com`);
      await signUp("ä@example.com");
      await signUp("a..b@example.com");
      await signUp("a@example");
      await signUp("a'b@example.com".replace("a'b", `o'neil.${t.slug}`));
    },
  },
  {
    name: "sign-up: passwords",
    run: async (t) => {
      const signUp = (name, secret) => t.raw("POST", "/sign-up/email", { json: { email: t.email(name), password: secret, name } });
      await signUp("seven", "1234567");
      await signUp("eight", "12345678");
      await signUp("most", "x".repeat(128));
      await signUp("more", "x".repeat(129));
      await signUp("blank", "");
      await signUp("spaces", "        ");
      // Length: four of these are eight UTF-16 units, 65 are 130.
      await signUp("few-astral", "👍".repeat(4));
      await signUp("many-astral", "👍".repeat(65));
      await signUp("composed", "Pässwörter");
      await t.raw("POST", "/sign-in/email", { json: { email: t.email("composed"), password: "Pässwörter".normalize("NFD") } });
      await t.raw("POST", "/sign-in/email", { json: { email: t.email("most"), password: "x".repeat(128) } });
      await t.raw("POST", "/sign-in/email", { json: { email: t.email("spaces"), password: "        " } });
    },
  },
  {
    name: "sign-up: fields that cannot be set",
    run: async (t) => {
      const signUp = (name, fields) => t.raw("POST", "/sign-up/email", { json: { email: t.email(name), password, name, ...fields } });
      await signUp("role", { role: "admin" });
      await signUp("tier", { accessTier: "founder" });
      await signUp("verified", { emailVerified: true, id: "chosen", createdAt: "2020-01-01T00:00:00.000Z" });
      await signUp("second", { twoFactorEnabled: true });
      await signUp("unknown", { favourite: "blue", nested: { a: 1 } });
      await signUp("image", { image: "https://images.example.test/me.png" });
      await signUp("noimage", { image: null });
      await signUp("name", { name: "" });
      await signUp("unicode", { name: "Ada Löve 🚀 <b>" });
    },
  },
  {
    name: "sign-up: remember me and callback",
    run: async (t) => {
      const tab = t.browser();
      await tab.post("/sign-up/email", { email: t.email("forget"), password, name: "F", rememberMe: false });
      await tab.get("/get-session");
      const other = t.browser();
      await other.post("/sign-up/email", { email: t.email("keep"), password, name: "K", rememberMe: true, callbackURL: "/welcome" });
      await other.get("/get-session");
    },
  },
  {
    name: "sign-in",
    run: async (t) => {
      const { email } = await t.person();
      const tab = await t.signIn(email);
      await tab.get("/get-session");
      await t.signIn(email.toUpperCase());
      await t.signIn(email, { callbackURL: "/in" });
      await t.signIn(email, { callbackURL: "/in", rememberMe: true });
      await t.signIn(email, { surplus: 1, role: "admin" });
    },
  },
  {
    name: "sign-in: what fails",
    run: async (t) => {
      const { email } = await t.person();
      await t.signIn(email, { password: "wrong password" });
      await t.signIn(email, { password: "" });
      await t.signIn(email, { password: password.toUpperCase() });
      await t.signIn(t.email("nobody"));
      await t.signIn("nope");
      await t.signIn("");
      await t.signIn(` ${email}`);
      await t.raw("POST", "/sign-in/email", { json: { email } });
      await t.raw("POST", "/sign-in/email", { json: { password } });
      await t.signIn(email, { password: "wrong password", callbackURL: "/in" });
    },
  },
  {
    name: "sign-in without remember me",
    run: async (t) => {
      const { email } = await t.person();
      const tab = await t.signIn(email, { rememberMe: false });
      await tab.get("/get-session");
      await tab.post("/update-user", { name: "Still not remembered" });
      await tab.post("/sign-out", {});
    },
  },
  {
    name: "sign-in on a tab that is signed in",
    run: async (t) => {
      const tab = await t.person();
      await t.signIn(tab.email, {}, tab);
      await tab.get("/get-session");
      await t.signIn(tab.email, { password: "wrong password" }, tab);
      await tab.get("/get-session");
    },
  },
  {
    name: "sign-out with options",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/sign-out", { callbackURL: "/bye" });
      const again = await t.signIn(tab.email);
      await again.post("/sign-out", { callbackURL: "https://evil.example.net" });
      await again.post("/sign-out", { disableRedirect: true, surplus: 1 });
      const broken = t.browser();
      await broken.post("/sign-out", {}, { cookie: "mana.session_token=garbage" });
    },
  },
  {
    name: "concurrent sign-ups of one address: one wins",
    run: async (t) => {
      // Recorded in the order of the answers: the winner's status may come at any place, so only the sorted ones are compared.
      const silent = t.exchanges;
      t.exchanges = [];
      const email = t.email();
      const answers = await Promise.all(
        [1, 2, 3].map(() => t.raw("POST", "/sign-up/email", { json: { email, password, name: "Race" } })),
      );
      t.exchanges = silent;
      t.record({ title: "statuses of three sign-ups", result: answers.map(({ status }) => (status === 200 ? 200 : "refused")).sort() });
      await t.signIn(email);
    },
  },
];
