// Rate limits. The numbers differ by design (contract decision 19), so only the refusal itself is compared.
import { password } from "../lib/context.mjs";

/** Calls until the refusal and records that one alone. */
const untilRefused = async (t, attempt, most) => {
  for (let count = 0; count < most; count += 1) {
    const before = t.exchanges.length;
    const answer = await attempt(count);
    if (answer.status === 429) {
      t.exchanges.splice(0, t.exchanges.length - 1);
      return;
    }
    t.exchanges.splice(before);
  }
  t.record({ title: "no refusal", result: `after ${most} calls` });
};

export const scenarios = [
  {
    name: "sign-in",
    variant: "limited",
    run: (t) => untilRefused(t, () => t.raw("POST", "/sign-in/email", { json: { email: t.email("nobody"), password } }), 15),
  },
  {
    name: "request-password-reset",
    variant: "limited",
    run: (t) => untilRefused(t, () => t.raw("POST", "/request-password-reset", { json: { email: t.email("nobody") } }), 15),
  },
  {
    name: "magic link",
    variant: "limited",
    run: (t) => untilRefused(t, () => t.raw("POST", "/sign-in/magic-link", { json: { email: t.email("nobody") } }), 15),
  },
  {
    name: "two-factor",
    variant: "limited",
    run: (t) => untilRefused(t, () => t.raw("POST", "/two-factor/verify-totp", { json: { code: "123456" } }), 25),
  },
];
