// @ts-check
/** What the page says: aloud to a screen reader, in the strip beside what is saved, and in notices over the task. */
import { inWords, showLocalTimes } from "./clock.js";
import * as outbox from "./outbox.js";
import { byId, urlOf } from "./page.js";
import { troubleNow } from "./sending.js";
import { lasts } from "./storage.js";
import { words } from "./words.js";

const SAID_FOR_MS = 4000;
const NOTICE_FOR_MS = 30_000;
/** Only what takes longer than a good network takes is called waiting. */
const PATIENCE_MS = 2500;

const live = byId("live");
const said = byId("said");
const saved = byId("saved");
const notices = byId("notices");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let saidTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let patience;

/** To a screen reader. @param {string} sentence */
export const announce = (sentence) => {
  live.textContent = sentence;
};

/** What was just chosen stays readable for a moment, outside the panes. @param {string} what */
export const showSaid = (what) => {
  said.textContent = what;
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => (said.textContent = ""), SAID_FOR_MS);
};

/** What was chosen and then refused does not stay beside the word "saved". @param {string} what */
export const takeBackSaid = (what) => {
  if (said.textContent === what) showSaid("");
};

/**
 * A sentence over the task; the same one is not said twice at once.
 * @param {string} sentence @param {{lasting?: boolean}} [how]
 */
export const tell = (sentence, { lasting = false } = {}) => {
  if (!sentence || [...notices.children].some((shown) => shown.firstChild?.textContent === sentence)) return;
  const line = document.createElement("p");
  line.className = "callout";
  const text = document.createElement("span");
  text.textContent = sentence;
  line.append(text, closer(line));
  notices.append(line);
  if (!lasting) setTimeout(() => line.remove(), NOTICE_FOR_MS);
};

/** @param {HTMLElement} line */
const closer = (line) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = words.close;
  button.addEventListener("click", () => line.remove());
  return button;
};

/**
 * What is stored instead of the answer that was sent. It stays until she closes it, or opens that answer.
 * @param {HTMLElement} notice @param {(link: Element) => void} open
 */
export const showStanding = (notice, open) => {
  takeBackStanding(notice.dataset.stands ?? "");
  showLocalTimes(notice);
  const ways = notice.querySelector(".stands-ways") ?? notice;
  ways.querySelector("a")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
    event.preventDefault();
    open(/** @type {Element} */ (event.currentTarget));
  });
  ways.append(closer(notice));
  notices.append(notice);
};

/** @param {string} assignment */
export const takeBackStanding = (assignment) => {
  for (const notice of notices.querySelectorAll(`[data-stands="${CSS.escape(assignment)}"]`)) notice.remove();
};

/** @param {string} sentence */
export const takeBackNotice = (sentence) => {
  for (const line of notices.children) if (line.firstChild?.textContent === sentence) line.remove();
};

/**
 * How far she is; never back to what an older reply, overtaken on its way, still believed.
 * @param {HTMLElement | null} progress
 */
export const showProgress = (progress) => {
  if (!progress || doneIn(progress) < doneIn(byId("progress"))) return;
  showLocalTimes(progress);
  keepTimeLeft(progress);
  byId("progress").replaceWith(progress);
};

/** The server takes her pace at every tenth answer; in between the last word on the time left stands. @param {HTMLElement} progress */
const keepTimeLeft = (progress) => {
  const left = byId("progress").querySelector(".left");
  if (left && !progress.querySelector(".left")) progress.querySelector("[data-count]")?.append(left);
};

/** @param {HTMLElement} progress */
const doneIn = (progress) => Number(progress.querySelector("[data-count] b")?.textContent ?? 0);

/** "12 of 60", as far as the server knows. */
export const countInWords = () => {
  const count = document.querySelector("#progress [data-count]")?.cloneNode(true);
  if (!(count instanceof HTMLElement)) return "";
  for (const more of count.querySelectorAll("span")) more.remove();
  return count.textContent?.replace(/\s+/g, " ").trim() ?? "";
};

/** Only the server's word makes "saved". */
export const showSaved = () => {
  const waiting = outbox.count();
  clearTimeout(patience);
  if (waiting === 0) return showServerWord();
  const trouble = troubleNow();
  const age = Date.now() - (outbox.first()?.answeredAt ?? 0);
  if (!trouble && age < PATIENCE_MS) {
    patience = setTimeout(showSaved, PATIENCE_MS);
    return fill("waiting", words.saving);
  }
  if (trouble === "signed-out") return fill("unsaved", `${waiting} waiting: ${words.signedOut}. `, signIn());
  if (trouble === "misdirected") return fill("unsaved", `${waiting} waiting: ${words.notYours}. `, signIn());
  fill("waiting", `${waiting} ${words.waiting}${lasts() ? "" : ` (${words.keptInMemory})`}`);
};

const showServerWord = () => {
  const iso = outbox.savedAt();
  if (iso) fill("saved", `saved ${inWords(new Date(iso), true)}`);
  else fill(""); // what was on its way was refused
};

/** @param {string} name @param {...(string | Node)} parts */
const fill = (name, ...parts) => {
  if (saved.className === name && saved.textContent === parts.map(textOf).join("")) return;
  saved.className = name;
  saved.replaceChildren(...parts);
};

/** @param {string | Node} part */
const textOf = (part) => (typeof part === "string" ? part : (part.textContent ?? ""));

const signIn = () => {
  const link = document.createElement("a");
  link.href = urlOf("login");
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = words.signIn;
  return link;
};
