// @ts-check
/**
 * The task that is held ready behind the one on the desk, so that a key press need not wait for the server.
 * It is swapped in only while its lease lasts, by the server's clock.
 */
import { leaseHasEnded } from "./clock.js";
import * as outbox from "./outbox.js";
import { idOf, isTraining, onDesk, taskOnDesk, urlOf } from "./page.js";
import { post } from "./posting.js";
import { readReply } from "./reply.js";
import { isWaiting } from "./swapping.js";

const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** @type {HTMLElement | null} */
let held = null;
/**
 * Tasks whose answer the server has: should an older reply bring one again, it is not asked twice.
 * @type {Set<string>}
 */
const done = new Set();
/** @type {(reply: import("./reply.js").Reply) => void} */
let whenFetched = () => {};
/** @type {(kind: string) => void} */
let whenFailed = () => {};
/** @type {() => HTMLElement | null} */
let parked = () => null;
let isFetching = false;
let failures = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {{fetched: typeof whenFetched, failed: typeof whenFailed, parked: typeof parked}} given */
export const startHolding = (given) => {
  whenFetched = given.fetched;
  whenFailed = given.failed;
  parked = given.parked;
  addEventListener("online", replenish);
};

export const heldTask = () => held;

/** The held task, if it may be painted now; it is then no longer held. */
export const takeHeld = () => {
  if (!held || leaseHasEnded(held)) return null;
  const task = held;
  held = null;
  return task;
};

export const letGo = () => {
  held = null;
};

/** @param {HTMLElement} task */
export const hold = (task) => {
  held = task;
};

/** @param {string} assignment */
export const noteDone = (assignment) => done.add(assignment);

/** @param {string} assignment */
export const noteOpen = (assignment) => done.delete(assignment);

/** Whether this task is already before her, behind her, or on its way. @param {HTMLElement} task */
export const isKnown = (task) => {
  const id = idOf(task);
  return done.has(id) || id === idOf(taskOnDesk()) || id === idOf(parked()) || outbox.answers(id);
};

/** Fetch the task to hold, unless one is held or the answers under way will bring it. */
export const replenish = () => {
  clearTimeout(timer);
  if (isFetching || outbox.count() > 0 || !needsOne()) return;
  void fetchNext();
};

const needsOne = () => {
  if (isWaiting()) return true;
  const task = parked() ?? taskOnDesk();
  return task !== null && !isTraining(task) && (!held || leaseHasEnded(held));
};

/** Ask for the next task, also where none is missing: "Go on", "Look again". */
export const fetchNext = async () => {
  if (isFetching) return;
  isFetching = true;
  const outcome = await post(urlOf("next"), [["painted", idOf(parked() ?? taskOnDesk())]]);
  isFetching = false;
  const reply = outcome.kind === "ok" ? readReply(outcome.text) : null;
  failures = reply ? 0 : failures + 1;
  if (reply) whenFetched(reply);
  else whenFailed(outcome.kind === "refused" ? outcome.sentence : outcome.kind);
  if (!reply || (isWaiting() && onDesk()))
    timer = setTimeout(replenish, Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** failures));
};
