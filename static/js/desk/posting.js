// @ts-check
/** One request to the server, and what became of it. */
import { learnServerTime } from "./clock.js";
import { outboxKey } from "./page.js";

const TIMEOUT_MS = 15_000;
/** The page is not that of whoever is signed in. */
const MISDIRECTED = 421;

/**
 * @typedef {object} Outcome
 * @property {"ok" | "refused" | "signed-out" | "misdirected" | "unreachable"} kind
 * @property {number} status
 * @property {string} text The body.
 * @property {string} sentence Why it was refused, in the server's words.
 */

const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

/** @param {string} url @param {[string, string][]} fields @returns {Promise<Outcome>} */
export const post = async (url, fields) => {
  const send = () => request(url, { method: "POST", body: new URLSearchParams(fields) });
  const first = await send();
  // Whoever signed in again in another tab has a new token: the cookie knows it.
  return first.status === 403 ? send() : first;
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
  const page = new DOMParser().parseFromString(text, "text/html");
  if (status === 403 && page.querySelector("[data-session-over]")) return outcome("signed-out", status, text);
  // Too many, too slow, or broken for now: another time it may work. And a refusal of the desk marks its sentence: a
  // page without one comes from something between, or from before the desk was asked, and is no word on the answer.
  const sentence = sentenceIn(page);
  if (status >= 500 || status === 429 || status === 408 || !sentence) return outcome("unreachable", status, text);
  return outcome(status === MISDIRECTED ? "misdirected" : "refused", status, text, sentence);
};

/** @param {Outcome["kind"]} kind @param {number} status @param {string} text @returns {Outcome} */
const outcome = (kind, status, text, sentence = "") => ({ kind, status, text, sentence });

/** A refusal says itself what to do. @param {Document} page */
const sentenceIn = (page) => {
  const sentence = page.querySelector("[data-sentence]") ?? page.querySelector("#reply [data-notice]");
  return sentence?.textContent?.replace(/\s+/g, " ").trim() ?? "";
};
