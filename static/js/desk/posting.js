// @ts-check
/** One request to the server, and what became of it. */
import { learnServerTime } from "./clock.js";
import { outboxKey } from "./page.js";

const TIMEOUT_MS = 15_000;
/** Misdirected: the page belongs to another rater than the one who is signed in. */
const NOT_HERS = 421;

/**
 * @typedef {object} Outcome
 * @property {"ok" | "refused" | "signed-out" | "someone-else" | "unreachable"} kind
 * @property {number} status
 * @property {string} text The body.
 * @property {string} sentence Why it was refused, in the server's words.
 */

const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

/** @param {string} url @param {[string, string][]} fields @returns {Promise<Outcome>} */
export const post = async (url, fields) => {
  const first = await request(url, { method: "POST", body: new URLSearchParams(fields) });
  // Whoever signed in again in another tab has a new token: the cookie knows it.
  const again =
    first.status === 403 ? await request(url, { method: "POST", body: new URLSearchParams(fields) }) : first;
  return again.status === 403 ? { ...again, kind: "signed-out" } : again;
};

/** @param {string} url @returns {Promise<Outcome>} */
export const get = (url) => request(url, { method: "GET" });

/** @param {string} url @param {RequestInit} init @returns {Promise<Outcome>} */
const request = async (url, init) => {
  try {
    const response = await fetch(url, {
      ...init,
      credentials: "same-origin",
      redirect: "manual", // a redirect leads to the page to sign in
      // To someone else who signed in in this browser her answers are unknown: the server asks whose they are.
      headers: { "X-Desk": "1", "X-Outbox": outboxKey, "X-CSRFToken": token() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.type === "opaqueredirect") return outcome("signed-out", 0, "");
    learnServerTime(response.headers.get("Date"));
    return judge(response.status, await response.text());
  } catch {
    return outcome("unreachable", 0, "");
  }
};

/** @param {number} status @param {string} text @returns {Outcome} */
const judge = (status, text) => {
  if (status >= 200 && status < 300) return outcome("ok", status, text);
  // Too many, too slow, or broken for now: another time it may work. And a refusal of the desk says a sentence: what
  // says none comes from something between, and is no word on the answer.
  const sentence = sentenceIn(text);
  if (status >= 500 || status === 429 || status === 408 || !sentence) return outcome("unreachable", status, text);
  return outcome(status === NOT_HERS ? "someone-else" : "refused", status, text, sentence);
};

/** @param {Outcome["kind"]} kind @param {number} status @param {string} text @returns {Outcome} */
const outcome = (kind, status, text, sentence = "") => ({ kind, status, text, sentence });

/** A refusal says itself what to do. @param {string} text */
const sentenceIn = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const sentence = page.querySelector("[data-sentence]") ?? page.querySelector("#reply [data-notice]");
  return sentence?.textContent?.replace(/\s+/g, " ").trim() ?? "";
};
