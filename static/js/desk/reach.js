// @ts-check
/**
 * How many answers she gave after an earlier one. The server lets her change the last ten, and an answer that still
 * waits here goes out before the change does: it counts too.
 */
import * as outbox from "./outbox.js";

export const DEPTH = 10;
/** How many tasks were answered on this page; a change of an answer is none. */
let n_given = 0;
/**
 * For each answer how many others came after it, less those given on this page.
 * @type {Map<string, number>}
 */
const others = new Map();

/** @param {string} assignment @param {boolean} isChange */
export const noteGiven = (assignment, isChange) => {
  if (!isChange) others.set(assignment, -++n_given);
  // Opened by its address: as far back as may be.
  else if (!others.has(assignment)) others.set(assignment, DEPTH - 1 - n_given);
};

/** Before the server is asked for her last answers: what it may not know of yet. */
export const beforeAsking = () => ({ n_given, waiting: outbox.waiting().filter(isFirst) });

/** @param {import("./outbox.js").Entry} entry */
const isFirst = ({ kind, fields }) => kind === "answer" && !fields.some(([name]) => name === "supersedes");

/** @param {string[]} listed Her last answers, newest first. @param {ReturnType<typeof beforeAsking>} asked */
export const noteListed = (listed, asked) => {
  const unlisted = asked.waiting.filter(({ assignment }) => !listed.includes(assignment)).length;
  listed.forEach((assignment, place) => others.set(assignment, place + unlisted - asked.n_given));
};

/** @param {string} assignment */
export const isOutOfReach = (assignment) => (others.get(assignment) ?? -n_given) + n_given >= DEPTH;
