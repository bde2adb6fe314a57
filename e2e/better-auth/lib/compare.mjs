// Compares two normalised recordings of one scenario, field by field.

const isObject = (value) => value !== null && typeof value === "object";

/** Every leaf that differs, as [path, reference, ours]. */
export const differencesOf = (reference, ours, path = "") => {
  if (isObject(reference) && isObject(ours) && Array.isArray(reference) === Array.isArray(ours)) {
    const keys = [...new Set([...Object.keys(reference), ...Object.keys(ours)])];
    return keys.flatMap((key) => differencesOf(reference[key], ours[key], path ? `${path}.${key}` : key));
  }
  return JSON.stringify(reference) === JSON.stringify(ours) ? [] : [[path, reference, ours]];
};

/** `*` stands for one part of a path, `**` for any number of them. */
const glob = (pattern) =>
  new RegExp(
    `^${pattern
      .split("**")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^.]*"))
      .join(".*")}$`,
  );

const shown = (value) => (value === undefined ? "<absent>" : JSON.stringify(value));

/** Loads the list of wanted differences; every entry must say where, which field and why. */
export const wantedDifferences = (entries) =>
  entries.map((entry) => {
    for (const field of ["endpoint", "field", "reason"]) {
      if (!entry[field]) throw new Error(`differences.json: an entry lacks "${field}": ${JSON.stringify(entry)}`);
    }
    return {
      ...entry,
      used: 0,
      matches: ({ scenario, number, endpoint, path, reference, ours }) =>
        (!entry.exchange || entry.exchange === number) &&
        glob(entry.endpoint).test(endpoint) &&
        glob(entry.field).test(path) &&
        (!entry.scenario || glob(entry.scenario).test(scenario)) &&
        (!entry.reference || new RegExp(entry.reference).test(shown(reference))) &&
        (!entry.ours || new RegExp(entry.ours).test(shown(ours))),
    };
  });

/** Compares one scenario; returns one outcome per exchange. */
export const compareScenario = (name, reference, ours, wanted) => {
  const outcomes = [];
  const count = Math.max(reference.exchanges.length, ours.exchanges.length);
  for (let index = 0; index < count; index += 1) {
    const left = reference.exchanges[index];
    const right = ours.exchanges[index];
    const exchange = left ?? right;
    const outcome = { number: index + 1, title: exchange.title, request: exchange.request, unwanted: [], wanted: [] };
    const found =
      !left || !right ? [["exchange", left && "recorded", right && "recorded"]]
      : [
          ...(left.endpoint === right.endpoint ? [] : [["endpoint", left.endpoint, right.endpoint]]),
          ...differencesOf(left.response, right.response),
        ];
    for (const [path, a, b] of found) {
      const entry = wanted.find((candidate) =>
        candidate.matches({ scenario: name, number: index + 1, endpoint: exchange.endpoint, path, reference: a, ours: b }),
      );
      if (entry) {
        entry.used += 1;
        outcome.wanted.push([path, a, b, entry.reason]);
      } else outcome.unwanted.push([path, a, b]);
    }
    outcomes.push(outcome);
  }
  if (ours.error !== reference.error) {
    outcomes.push({
      number: count + 1,
      title: "the scenario itself",
      unwanted: [["error", reference.error, ours.error]],
      wanted: [],
    });
  }
  return outcomes;
};

/** The lines that describe one failed exchange. */
export const describe = (outcome) => {
  const lines = [`    #${outcome.number} ${outcome.title}`];
  if (outcome.request) {
    const { headers, body } = outcome.request;
    if (Object.keys(headers).length) lines.push(`       sent headers ${JSON.stringify(headers)}`);
    if (body !== undefined) lines.push(`       sent body ${body.length > 300 ? `${body.slice(0, 300)}…` : body}`);
  }
  for (const [path, reference, ours] of outcome.unwanted) {
    lines.push(`       ${path}`, `         reference ${shown(reference)}`, `         ours      ${shown(ours)}`);
  }
  return lines;
};
