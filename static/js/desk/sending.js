// @ts-check
/**
 * Empties the outbox, strictly in order and one answer at a time. An answer leaves it when the server has stored it,
 * or has refused it for good with a sentence. Until then it is sent again, always with the same submission: it counts once.
 */
import * as outbox from "./outbox.js";
import { outboxKey, urlOf } from "./page.js";
import { post } from "./posting.js";
import { readReply } from "./reply.js";
import { inMs } from "./stopwatch.js";
import { alone } from "./storage.js";

/** @typedef {import("./outbox.js").Entry} Entry */
/** @typedef {import("./posting.js").Outcome} Outcome */
/** @typedef {import("./reply.js").Reply} Reply */
/** @typedef {"" | "unreachable" | "signed-out" | "misdirected"} Trouble Why answers wait. */

/**
 * @typedef {object} Listener
 * @property {(entry: Entry, reply: Reply | null) => void} stored
 * @property {(entry: Entry, sentence: string, reply: Reply | null) => void} refused
 * @property {() => void} changed The outbox, or the trouble with it, is not what it was.
 * @property {() => void} emptied
 * @property {() => string} painted The task on the screen.
 */

const LONGEST_PAUSE_MS = 30_000;
const SIGNED_OUT_PAUSE_MS = 5_000;

/** @type {Listener} */
let listener;
/** @type {Trouble} */
let trouble = "";
let failures = 0;
let isSending = false;
let cameMeanwhile = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export const troubleNow = () => trouble;

/** @param {Listener} given */
export const startSending = (given) => {
  listener = given;
  addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => document.hidden || void flush());
  addEventListener("focus", () => trouble && void flush());
};

/** Send what waits. Called again while it sends, it looks once more when it is done. */
export const flush = async () => {
  clearTimeout(timer);
  if (isSending) {
    cameMeanwhile = true;
    return;
  }
  isSending = true;
  try {
    do {
      cameMeanwhile = false;
      await alone(`${outboxKey}.send`, drain);
    } while (cameMeanwhile && !trouble);
  } finally {
    isSending = false; // whatever happens, the outbox can be emptied another time
  }
  listener.changed();
  if (trouble) timer = setTimeout(flush, pause());
  else listener.emptied();
};

const pause = () =>
  trouble === "unreachable" ? Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (failures - 1)) : SIGNED_OUT_PAUSE_MS;

const drain = async () => {
  /** @type {Entry | null} */
  let entry = null;
  while ((entry = await claim())) {
    const outcome = await send(entry);
    setTrouble(outcome.kind);
    if (trouble) return;
  }
  setTrouble("ok");
};

/** @param {Outcome["kind"]} kind */
const setTrouble = (kind) => {
  trouble = kind === "ok" || kind === "refused" ? "" : kind;
  failures = trouble === "unreachable" ? failures + 1 : 0;
  listener.changed();
};

/** From here on the first answer may be known to the server, and is not taken back any more. */
const claim = () =>
  alone(`${outboxKey}.claim`, () => {
    const entry = outbox.first();
    return entry && outbox.keep({ ...entry, attempts: entry.attempts + 1 });
  });

/** @param {Entry} entry @returns {Promise<Outcome>} */
const send = async (entry) => {
  const outcome = await post(urlOf(entry.kind), [...entry.fields, ...sentWith(entry)]);
  const reply = outcome.kind === "ok" || outcome.status === 409 ? readReply(outcome.text) : null;
  if (outcome.kind === "ok") return stored(entry, reply, outcome);
  if (outcome.kind !== "refused") return outcome;
  if (outcome.status === 409 && entry.insteadOf) return supersede(entry, outcome);
  outbox.drop(entry);
  listener.refused(entry, outcome.sentence, reply);
  return outcome;
};

/** @param {Entry} entry @param {Reply | null} reply @param {Outcome} outcome @returns {Outcome} */
const stored = (entry, reply, outcome) => {
  // A page without our fragment is not the server's word: something between us answered.
  if (!reply) return { ...outcome, kind: "unreachable" };
  outbox.drop(entry);
  if (reply.saved) outbox.noteSaved(reply.saved);
  listener.stored(entry, reply);
  return outcome;
};

/**
 * The answer it replaced had been sent after all, by another tab: then it supersedes that one.
 * @param {Entry} entry @param {Outcome} outcome @returns {Outcome}
 */
const supersede = (entry, outcome) => {
  const { insteadOf, ...rest } = entry;
  if (outbox.isStill(entry)) outbox.keep({ ...rest, fields: [...rest.fields, ["supersedes", insteadOf ?? ""]] });
  return outcome;
};

/** @param {Entry} entry @returns {[string, string][]} */
const sentWith = (entry) => {
  const painted = entry.fields.find(([name]) => name === "painted")?.[1];
  /** @type {[string, string][]} */
  const more = [["waited_ms", inMs(Date.now() - entry.answeredAt)]];
  if (!painted && entry.tab === outbox.thisTab && listener.painted()) more.push(["painted", listener.painted()]);
  return more;
};
