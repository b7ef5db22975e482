// @ts-check
/** Keys. What a key does is written in the page as `aria-keyshortcuts`; this presses what carries it. */
import { answerCriterion, sendMarked } from "./answering.js";
import { endBreak, isBreak } from "./breaks.js";
import { anchorForKey, markedChoice, rowsOf } from "./criteria.js";
import { closeMenu, dialogIsOpen, focusMenu, leaveField, openMenu } from "./menus.js";
import { all, desk, now, taskOnDesk } from "./page.js";
import { scrollByKey } from "./scroll.js";
import { isOn } from "./settings.js";
import { isChanging } from "./undo.js";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** @param {KeyboardEvent} event */
const keyOf = (event) => {
  if (event.key === "?" || event.key === "Enter" || event.key === "Escape" || event.key === "Backspace")
    return event.key;
  // Some keyboards give digits only with shift; the place of the key is what the hand learns.
  const digit = /^Digit([1-9])$/.exec(event.code);
  return digit ? digit[1] : event.key.toLowerCase();
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
  dialogIsOpen();

/** @param {KeyboardEvent} event @returns {HTMLElement | null} */
const fieldOf = ({ target }) => (target instanceof HTMLElement && target.matches(FIELDS) ? target : null);

/** Whether the key did something here, so that the browser need not. @param {KeyboardEvent} event @returns {boolean} */
const press = (event) => {
  const key = keyOf(event);
  const field = fieldOf(event);
  if (key === "Escape") return escape(field);
  if (field) return false;
  if (isBreak() && isAnswerLike(event)) {
    endBreak();
    return true;
  }
  if (key === "Enter") return enter(event);
  if (key === "Backspace") return click(elementForKey(desk, "z"));
  return scrollByKey(event) || character(key);
};

/** A character, Enter or Backspace; not the keys that move the focus. @param {KeyboardEvent} event */
const isAnswerLike = ({ key }) => key.length === 1 || key === "Enter" || key === "Backspace";

/** @param {string} key */
const character = (key) => {
  const task = taskOnDesk();
  const menu = openMenu();
  const anchor = task && !menu && anchorForKey(task, key, { onlyInFocus: !isOn("keys") });
  if (anchor) {
    answerCriterion(anchor);
    return true;
  }
  return isOn("keys") && click(elementForKey(meant(menu, key), key));
};

/**
 * While the reasons to skip are open no key is an answer. The flags go with one: there only digits mean the menu.
 * @param {HTMLDetailsElement | null} menu @param {string} key
 */
const meant = (menu, key) => (menu && (menu.dataset.menu !== "flag" || /^\d$/.test(key)) ? menu : desk);

/** @param {HTMLElement | null} field */
const escape = (field) => {
  const menu = openMenu();
  if (field) leaveField(field);
  else if (menu) closeMenu(menu);
  else return isChanging() && click(now.querySelector("[data-leave-as-is]"));
  return true;
};

/** @param {KeyboardEvent} event */
const enter = ({ target }) => {
  const task = taskOnDesk();
  const on = target instanceof Element ? target.closest("button, a, summary, input") : null;
  const isMarkedChoice = on?.matches('.choice[aria-pressed="true"]') && isOn("wait");
  if (on && !on.matches("input") && !isMarkedChoice) return false; // the browser presses what has the focus
  if (!task) return click(now.querySelector("[data-go-on]"));
  if (!markedChoice(task) && rowsOf(task).length === 0 && !isOn("wait")) return on !== null;
  sendMarked();
  return true;
};

/** @param {Element | null | undefined} element */
const click = (element) => {
  if (!(element instanceof HTMLElement)) return false;
  element.click();
  if (element.matches("summary")) focusMenu(element.parentElement);
  return true;
};

/**
 * What carries this key, and is not put away in a closed menu.
 * @param {Element} within @param {string} key @returns {HTMLElement | undefined}
 */
const elementForKey = (within, key) =>
  /** @type {HTMLElement[]} */ (all(within, "[aria-keyshortcuts]")).find(
    (element) =>
      element.getAttribute("aria-keyshortcuts")?.split(" ").includes(key) &&
      !element.closest("[data-criterion], [inert]") &&
      !isPutAway(element),
  );

/** @param {Element} element */
const isPutAway = (element) => {
  const closed = element.closest("details:not([open])");
  return closed !== null && !(element.matches("summary") && element.parentElement === closed);
};

export const startKeys = () =>
  document.addEventListener("keydown", (event) => {
    if (!isMeantForSomethingElse(event) && press(event)) event.preventDefault();
  });
