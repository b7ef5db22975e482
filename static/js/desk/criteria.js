// @ts-check
/** Questions with anchored answers: a digit answers the one in focus and moves on to the next; the last one sends. */
import { all } from "./page.js";

/** @param {Element} task @returns {HTMLElement[]} */
export const rowsOf = (task) => all(task, "[data-criterion]");

/** @param {Element} row */
const isAnswered = (row) => row.querySelector("input:checked") !== null;

/** @param {Element} task */
export const firstOpenRow = (task) => rowsOf(task).find((row) => !isAnswered(row));

/** @param {HTMLElement} row */
export const focusRow = (row) => {
  const radio = row.querySelector("input:checked") ?? row.querySelector("input");
  if (!(radio instanceof HTMLElement)) return;
  radio.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

/** @param {Element} task */
const rowInFocus = (task) => rowsOf(task).find((row) => row.contains(document.activeElement));

/** @param {Element} task @returns {HTMLElement | null} */
export const markedChoice = (task) => task.querySelector('.choice[aria-pressed="true"]');

/**
 * Which question a digit answers: the one in focus; else, once no verdict is missing, the first that is open.
 * @param {Element} task
 */
const rowForDigits = (task) => {
  const hasVerdict = task.querySelector(".choice") === null || markedChoice(task) !== null;
  return rowInFocus(task) ?? (hasVerdict ? (firstOpenRow(task) ?? rowsOf(task)[0]) : undefined);
};

/**
 * @param {Element} task @param {string} key @param {{onlyInFocus: boolean}} where
 * @returns {HTMLInputElement | undefined}
 */
export const anchorForKey = (task, key, { onlyInFocus }) => {
  const row = onlyInFocus ? rowInFocus(task) : rowForDigits(task);
  return /** @type {HTMLInputElement[]} */ (row ? all(row, "input[aria-keyshortcuts]") : []).find(
    (anchor) => anchor.getAttribute("aria-keyshortcuts") === key,
  );
};

/**
 * Answer one question and move on. @param {Element} task @param {HTMLInputElement} anchor @param {() => void} send
 */
export const answerRow = (task, anchor, send) => {
  anchor.checked = true;
  const rows = rowsOf(task);
  const here = rows.findIndex((row) => row.contains(anchor));
  const next = rows[here + 1] ?? firstOpenRow(task);
  if (next) focusRow(next);
  else send();
};

/**
 * A tap or click on an anchor; moving through a group with the arrow keys only looks around.
 * @param {MouseEvent} event
 */
export const tappedAnchor = (event) => {
  const label = event.target instanceof Element ? event.target.closest("[data-criterion] label") : null;
  if (!label || event.detail === 0) return null;
  // Or the label would click its input once more.
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
  return label.querySelector("input");
};
