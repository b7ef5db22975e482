// @ts-check
/** What the server's answers change on the page. */
import { reopenSent } from "./answering.js";
import { showBreak } from "./breaks.js";
import { leaseHasEnded } from "./clock.js";
import { keepRefused } from "./drafts.js";
import { renew } from "./heartbeat.js";
import { fetchNext, heldTask, hold, isKnown, letGo, noteDone, noteOpen, replenish } from "./holding.js";
import * as outbox from "./outbox.js";
import { idOf, onDesk, supersededBy, taskOnDesk } from "./page.js";
import { announce, countInWords, showProgress, showSaved, showStanding, takeBackSaid, tell } from "./saying.js";
import { troubleNow } from "./sending.js";
import { isWaiting, paint, paintWaiting, updateWaiting } from "./swapping.js";
import { changeIn, forget, openListed, parkedTask, renumber } from "./undo.js";
import { words } from "./words.js";

/** @typedef {import("./outbox.js").Entry} Entry */
/** @typedef {import("./reply.js").Reply} Reply */

/** Whether the last reply said that there is nothing to hold. */
let isDrained = false;
/** The entry whose trouble was said aloud. */
let saidWaiting = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let lookAgain;
const SOONEST_LOOK_MS = 15_000;

/** The server stored an answer, or the end of a task. @param {Entry} entry @param {Reply | null} reply */
export const stored = (entry, reply) => {
  noteDone(entry.assignment);
  if (!reply) return;
  noteNumber(entry, reply);
  take(isChange(entry) ? { ...reply, rest: null } : reply); // her count of today is what it was
  // What comes next was meant for the page that asked. The explanation of an answer comes only this once.
  if (entry.tab !== outbox.thisTab && reply.next?.kind !== "feedback") return;
  offer(reply);
  const place = countInWords();
  announce([words.andSaved(entry.said), nextInWords(), place && `${place}.`].filter(Boolean).join(" "));
};

/**
 * A change of mind supersedes what is stored, and that may be what another tab sent.
 * @param {Entry} entry @param {Reply} reply
 */
const noteNumber = ({ submission }, reply) => {
  if (!submission || !reply.submission || reply.submission === submission) return;
  outbox.renumber(submission, reply.submission);
  renumber(submission, reply.submission);
};

/** @param {Entry} entry */
const isChange = ({ fields }) => fields.some(([name]) => name === "supersedes");

/**
 * The server took it for good that it will not.
 * @param {Entry} entry @param {string} sentence @param {Reply | null} reply
 */
export const refused = (entry, sentence, reply) => {
  forget(entry.assignment);
  keepRefused(entry.assignment, entry.fields, { onlyWords: Boolean(reply?.stands) });
  if (reply) noteDone(entry.assignment);
  else noteOpen(entry.assignment);
  takeBackSaid(entry.said);
  if (reply?.stands) showStanding(reply.stands, (link) => void openListed(changeIn(link)));
  else sayRefusal(sentence);
  reopenSent();
  if (!reply) return;
  take({ ...reply, notices: [] });
  if (entry.tab === outbox.thisTab) offer(reply);
};

/** @param {string} sentence */
const sayRefusal = (sentence) => {
  tell(sentence, { lasting: true });
  announce(sentence);
};

/** @param {Reply} reply */
export const fetched = (reply) => {
  take(reply);
  offer(reply);
};

/** @param {string} why The kind of trouble, or a sentence. */
export const failed = (why) => {
  const trouble = why === "signed-out" || why === "misdirected" || why === "unreachable" ? why : "";
  if (!trouble) tell(why);
  updateWaiting(outbox.count(), trouble || "unreachable");
};

/** The outbox, or what hinders it, is not what it was. */
export const changed = () => {
  showSaved();
  updateWaiting(outbox.count(), troubleNow());
  const entry = outbox.first();
  if (!troubleNow() || !entry || saidWaiting === entry.place) return;
  saidWaiting = entry.place;
  announce(words.andWaiting(entry.said));
};

/** Everything that waited is with the server. */
export const emptied = () => {
  if (!isDrained || isWaiting()) replenish();
};

/** The task she sees, or will see again when she comes back from an earlier one. */
export const painted = () => {
  const before = parkedTask();
  if (before) return idOf(before);
  const task = taskOnDesk();
  return task && !supersededBy(task) ? idOf(task) : "";
};

/** @param {Reply} reply */
const take = (reply) => {
  showProgress(reply.progress);
  for (const notice of reply.notices) tell(notice);
  if (reply.rest && reply.saved) showBreak(reply.rest);
};

// The next task -------------------------------------------------------------------------------------------------

/** @param {Reply} reply */
const offer = ({ next }) => {
  isDrained = next?.kind === "empty";
  if (next?.kind === "feedback") return paint(next.element);
  if (next?.kind === "task") return offerTask(next.element);
  if (isSent()) return askAnew();
  if (next && isIdle()) paintEmpty(next.element);
};

/** A task without an explanation of its answer: on to the next. */
const askAnew = () => {
  paintWaiting(0, "");
  void fetchNext();
};

/** Whether the answer given to the task on the desk is on its way, and nothing else is to be done. */
const isSent = () => onDesk()?.hasAttribute("data-sent") ?? false;
const isIdle = () => onDesk()?.matches(".empty") ?? true;

/** @param {HTMLElement} task */
const offerTask = (task) => {
  if (isKnown(task)) return;
  if (leaseHasEnded(task)) return void renew(task, () => offerTask(task));
  if (!isIdle() && !isSent()) return hold(task);
  if (idOf(heldTask()) === idOf(task)) letGo();
  paint(task);
  announce(nextInWords());
  replenish();
};

/** @param {HTMLElement} empty */
const paintEmpty = (empty) => {
  clearTimeout(lookAgain);
  if (onDesk()?.textContent !== empty.textContent) paint(empty);
  const back = empty.querySelector("time[datetime]")?.getAttribute("datetime");
  if (back) lookAgain = setTimeout(lookOnceMore, Math.max(SOONEST_LOOK_MS, Date.parse(back) - Date.now()));
};

const lookOnceMore = () => {
  if (isIdle()) void fetchNext();
};

const nextInWords = () => {
  const lying = onDesk();
  if (lying?.dataset.kind === "rubric") return `${words.nextOutput}.`;
  if (lying?.matches("[data-task]")) return `${words.nextPair}.`;
  return lying?.querySelector("h2")?.textContent?.trim() ?? "";
};
