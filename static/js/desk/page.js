// @ts-check
/** Where things stand on the page. The desk itself is never replaced, only what lies on it. */

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
};

export const desk = byId("desk");
/** The place of the task, the feedback, or the reason why there is neither. */
export const now = byId("now");

/** What keeps this rater's answers in this browser, and nobody else's. */
export const outboxKey = desk.dataset.outbox ?? "touchstone";
/** The address of the desk alone, without `?change=`. */
export const deskUrl = location.pathname;

/** @param {"answer" | "next" | "skip" | "beat" | "leave" | "recent" | "login"} name @returns {string} */
export const urlOf = (name) => desk.dataset[`${name}Url`] ?? "";

/** What lies on the desk. @returns {HTMLElement | null} */
export const onDesk = () => /** @type {HTMLElement | null} */ (now.firstElementChild);

/** The task on the desk, if it is one that can be answered. @returns {HTMLElement | null} */
export const taskOnDesk = () => now.querySelector(":scope > [data-task]");

/** @param {Element | null | undefined} task @returns {string} */
export const idOf = (task) => (task instanceof HTMLElement ? (task.dataset.task ?? "") : "");

/** @param {Element} task @returns {HTMLFormElement | null} */
export const formOf = (task) => task.querySelector("form[data-answer]");

/** @param {Element} task */
export const isTraining = (task) => task.hasAttribute("data-training");

/** The submission that this task, opened again, would replace. @param {Element} task @returns {string} */
export const supersededBy = (task) => hidden(task, "supersedes")?.value ?? "";

/** @param {Element} task @param {string} name @returns {HTMLInputElement | null} */
export const hidden = (task, name) => task.querySelector(`form[data-answer] input[type=hidden][name="${name}"]`);

/** @template {Element} T @param {ParentNode} within @param {string} selector @returns {T[]} */
export const all = (within, selector) => /** @type {T[]} */ ([...within.querySelectorAll(selector)]);
