// @ts-check
/**
 * Tells the server that she is still there, so that her tasks stay hers; and hears what became of the study
 * meanwhile.
 */
import { learnServerTime } from "./clock.js";
import { heldTask, letGo, replenish } from "./holding.js";
import { desk, idOf, supersededBy, taskOnDesk, urlOf } from "./page.js";
import { post } from "./posting.js";
import { takeBackNotice, tell } from "./saying.js";
import { noteState, parkedTask } from "./undo.js";
import { words } from "./words.js";

/** @typedef {{now: string, state: string, standing?: string, expires: Record<string, string | null>}} Beat */

const STATES = /** @type {Record<string, string>} */ ({
  paused: words.paused,
  closed: words.closed,
  quarantined: words.quarantined,
  left: words.left,
});
/** Tasks whose lost lease was told. */
const told = new Set();

/** @returns {HTMLElement[]} */
const holdings = () => {
  const task = taskOnDesk();
  const shown = parkedTask() ?? (task && !supersededBy(task) ? task : null);
  return [shown, heldTask()]
    .filter((held) => held !== null && idOf(held) !== "")
    .map((held) => /** @type {HTMLElement} */ (held));
};

/** @param {HTMLElement[]} tasks @returns {Promise<Beat | null>} */
const send = async (tasks) => {
  const outcome = await post(
    urlOf("beat"),
    tasks.map((task) => ["holds", idOf(task)]),
  );
  if (outcome.kind !== "ok") return null;
  try {
    return JSON.parse(outcome.text);
  } catch {
    return null;
  }
};

export const beat = async () => {
  const heard = document.hidden ? null : await send(holdings());
  if (!heard) return;
  learnServerTime(heard.now);
  for (const task of holdings()) takeLease(task, heard.expires[idOf(task)]);
  tellState(heard);
  noteState(heard.state);
  replenish();
};

/** @param {HTMLElement} task @param {string | null | undefined} until */
const takeLease = (task, until) => {
  if (until === undefined) return;
  if (until) task.dataset.expires = until;
  else if (task === heldTask()) letGo();
  else tellLost(idOf(task));
};

/** @param {string} assignment */
const tellLost = (assignment) => {
  if (told.has(assignment)) return;
  told.add(assignment);
  tell(words.leaseOver);
};

/** @param {Beat} heard */
const tellState = ({ state, standing = "" }) => {
  for (const [name, sentence] of Object.entries(STATES)) {
    if (name === state || name === standing) tell(sentence, { lasting: true });
    else takeBackNotice(sentence);
  }
};

/** A task came whose lease had run out: it may still be hers. @param {HTMLElement} task @param {() => void} then */
export const renew = async (task, then) => {
  const heard = await send([task]);
  const until = heard?.expires[idOf(task)];
  if (!heard || !until) return;
  learnServerTime(heard.now);
  task.dataset.expires = until;
  then();
};

export const startHeartbeat = () => {
  setInterval(beat, 1000 * Number(desk.dataset.beatSeconds || 60));
  document.addEventListener("visibilitychange", () => document.hidden || void beat());
};
