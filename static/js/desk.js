// @ts-check
/**
 * The desk: keys, the time a pair was looked at, and honesty about what is saved.
 * The page works without it. What a key does is written in the page as `aria-keyshortcuts`; this file presses it.
 */

/**
 * @typedef {object} HtmxDetail What htmx tells about a request.
 * @property {XMLHttpRequest} xhr
 * @property {HTMLElement} target
 * @property {HTMLElement} elt
 * @property {Record<string, string>} headers
 * @property {Record<string, string>} parameters
 * @property {boolean} shouldSwap
 * @property {boolean} isError
 */
/** @typedef {CustomEvent<HtmxDetail>} HtmxEvent */

const NOT_SAVED = "Not saved yet.";
const AGAIN = "Press it again: however often it is sent, it counts once.";
const SAID_FOR_MS = 4000;

/** The form or link whose request is under way: a second press must not send a second answer. @type {Element | null} */
let sending = null;
/** When the present pair was painted, on the page's own clock. */
let paintedAt = performance.now();
/** The answer just sent, in words, to be shown for a moment once it is saved. */
let said = "";

/** @returns {HTMLElement} */
const desk = () => /** @type {HTMLElement} */ (document.getElementById("desk"));

// Keys ------------------------------------------------------------------------------------------------------

/** @param {KeyboardEvent} event */
const keyOf = (event) => {
  if (event.key === "?") return "?";
  // Some keyboards give digits only with shift; the place of the key is what the hand learns.
  const digit = /^Digit([1-9])$/.exec(event.code);
  return digit && !event.shiftKey ? digit[1] : event.key.toLowerCase();
};

/** @param {KeyboardEvent} event */
const isMeantForSomethingElse = (event) =>
  event.defaultPrevented ||
  event.repeat ||
  event.isComposing ||
  event.ctrlKey ||
  event.altKey ||
  event.metaKey ||
  (event.shiftKey && event.key !== "?") ||
  (event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) ||
  document.querySelector("dialog[open]");

/** @returns {HTMLDetailsElement | null} */
const openMenu = () => desk().querySelector("details.menu[open]");

/** @param {Element} within @param {string} key @returns {HTMLElement | undefined} */
const elementForKey = (within, key) =>
  [.../** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll("[aria-keyshortcuts]"))].find((element) =>
    element.getAttribute("aria-keyshortcuts")?.split(" ").includes(key),
  );

/** @param {HTMLDetailsElement} menu */
const closeMenu = (menu) => {
  menu.open = false;
  menu.querySelector("summary")?.focus();
};

/** @param {KeyboardEvent} event */
const onKey = (event) => {
  if (isMeantForSomethingElse(event)) return;
  const menu = openMenu();
  if (menu && event.key === "Escape") return closeMenu(menu);
  // While the reasons to skip are open, 1 to 4 mean a reason and never an answer.
  const pressed = elementForKey(menu ?? desk(), keyOf(event));
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
};

// Menus and dialogs -----------------------------------------------------------------------------------------

/** @param {MouseEvent} event */
const onClick = (event) => {
  if (!(event.target instanceof Element)) return;
  const menu = openMenu();
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
  const opener = event.target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.getElementById(opener.getAttribute("data-dialog") ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
};

/** @param {Event} event */
const onToggle = (event) => {
  if (event.target instanceof HTMLDetailsElement && event.target.matches(".menu[open]")) {
    event.target.querySelector("button")?.focus();
  }
};

// Sending ---------------------------------------------------------------------------------------------------

/** @param {SubmitEvent} event */
const onSubmit = (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-answer]")) return;
  if (sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sending = form;
  said = event.submitter?.dataset.said ?? "";
  const shown = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-shown-ms]"));
  if (shown) shown.value = String(Math.round(performance.now() - paintedAt));
  trouble("");
  saySaid(desk(), "");
  desk().classList.add("sending");
  event.submitter?.classList.add("pressed");
};

/** A link may not overtake an answer on its way. @param {HtmxEvent} event */
const onBeforeRequest = (event) => {
  const { elt } = event.detail;
  if (sending && sending !== elt) event.preventDefault();
  else sending = elt;
};

/** Whoever signed in again in another tab has a new token: send the cookie's, not the page's. @param {HtmxEvent} event */
const onConfigRequest = ({ detail }) => {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!token) return;
  detail.headers["X-CSRFToken"] = token;
  if ("csrfmiddlewaretoken" in detail.parameters) detail.parameters.csrfmiddlewaretoken = token;
};

/** Only a desk is ever put in the place of the desk. @param {HtmxEvent} event */
const onBeforeSwap = ({ detail }) => {
  const isDesk = detail.xhr.responseText.includes('id="desk"');
  detail.shouldSwap = isDesk;
  detail.isError = !isDesk;
  if (!isDesk) fail(reasonIn(detail.xhr));
};

/** A refusal says itself what to do; anything else may be tried again. @param {XMLHttpRequest} xhr */
const reasonIn = (xhr) => {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const sentence = page.querySelector("[data-sentence]")?.textContent?.trim();
  if (sentence) return sentence;
  if (xhr.status < 400) return `You are signed out. Sign in again in another tab, then come back here. ${AGAIN}`;
  return `The server could not take it (${xhr.status}). ${AGAIN}`;
};

/** @param {string} reason */
const fail = (reason) => {
  sending = null;
  said = "";
  desk().classList.remove("sending");
  for (const button of desk().querySelectorAll(".pressed")) button.classList.remove("pressed");
  trouble(`${NOT_SAVED} ${reason}`);
};

/** @param {string} words */
const trouble = (words) => {
  const strip = /** @type {HTMLElement | null} */ (desk().querySelector("[data-trouble]"));
  if (!strip) return;
  strip.hidden = !words;
  strip.textContent = words;
  const saved = document.getElementById("saved");
  if (!saved || !words) return;
  saved.className = "unsaved";
  saved.textContent = "Not saved yet";
};

// The next pair ---------------------------------------------------------------------------------------------

/** @param {HTMLElement} root */
const prepare = (root) => {
  for (const time of root.querySelectorAll("time[data-clock]")) showLocal(/** @type {HTMLTimeElement} */ (time));
  foldItem(root);
  paintedAt = performance.now(); // at the latest now, for whoever answers before the next frame
  requestAnimationFrame(() => requestAnimationFrame(() => (paintedAt = performance.now())));
};

/** The server writes times in UTC; the rater lives in her own zone. @param {HTMLTimeElement} time */
const showLocal = (time) => {
  const at = new Date(time.dateTime);
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (time.dataset.clock === "seconds") Object.assign(clock, { second: "2-digit" });
  if (at.toDateString() !== new Date().toDateString()) Object.assign(clock, { day: "numeric", month: "short" });
  time.textContent = at.toLocaleString("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (clock));
};

/** @param {HTMLElement} root */
const foldItem = (root) => {
  const text = root.querySelector(".item-text");
  const toggle = /** @type {HTMLElement | null} */ (root.querySelector("[data-fold]"));
  if (text && toggle) toggle.hidden = text.scrollHeight <= text.clientHeight + 2;
};

/** @param {HTMLElement} root @param {string} words */
const saySaid = (root, words) => {
  const strip = root.querySelector("[data-said-last]");
  if (strip) strip.textContent = words;
};

/** What was just chosen stays readable for a moment, outside the panes. @param {HTMLElement} root */
const tellWhatWasSaid = (root) => {
  saySaid(root, said);
  said = "";
  setTimeout(() => saySaid(root, ""), SAID_FOR_MS);
};

/** @param {Event} event */
const onAfterSwap = (event) => {
  if (/** @type {Element} */ (event.target).id !== "desk") return;
  sending = null;
  const root = desk();
  const count = root.querySelector("[data-count]")?.textContent?.replace(/\s+/g, " ").trim();
  announce(`${said ? `${said}, saved. ` : ""}${nextInWords(root)} ${count}.`);
  tellWhatWasSaid(root);
  prepare(root);
  /** @type {HTMLElement | null} */ (root.querySelector("#item"))?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
};

/** @param {HTMLElement} root */
const nextInWords = (root) =>
  root.querySelector(".panes") ? "Next pair." : (root.querySelector(".empty h2")?.textContent ?? "");

/** @param {string} words */
const announce = (words) => {
  const live = document.getElementById("live");
  if (live) live.textContent = words;
};

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("toggle", onToggle, true);
document.addEventListener("submit", onSubmit, true);
document.addEventListener("htmx:beforeRequest", /** @type {EventListener} */ (onBeforeRequest));
document.addEventListener("htmx:configRequest", /** @type {EventListener} */ (onConfigRequest));
document.addEventListener("htmx:beforeSwap", /** @type {EventListener} */ (onBeforeSwap));
document.addEventListener("htmx:afterSwap", onAfterSwap);
document.addEventListener("htmx:sendError", () => fail(`The network did not answer. ${AGAIN}`));
document.addEventListener("htmx:timeout", () => fail(`The server took too long. ${AGAIN}`));
window.addEventListener("pageshow", () => (sending = null)); // back from the browser's page cache
window.addEventListener("resize", () => foldItem(desk()));
prepare(desk());
