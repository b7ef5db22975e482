// @ts-check
/** The tools under the task, and every button and link of the desk that the script takes over. */
import { answerCriterion, choose, sendMarked, skip } from "./answering.js";
import { tappedAnchor } from "./criteria.js";
import { isMarked, markDifferences, unmark } from "./diff.js";
import { fetchNext } from "./holding.js";
import * as outbox from "./outbox.js";
import { all, byId, now, onDesk } from "./page.js";
import { announce, tell } from "./saying.js";
import { alignPanes } from "./scroll.js";
import { flush, troubleNow } from "./sending.js";
import { isOn, set } from "./settings.js";
import { openAbouts, paintWaiting } from "./swapping.js";
import { changeIn, goBack, openListed, showRecent, undo } from "./undo.js";
import { words } from "./words.js";

/** The task that comes next is fetched, with words for the meantime. */
const fetchOntoDesk = () => {
  paintWaiting(outbox.count(), troubleNow());
  if (outbox.count() > 0) void flush();
  else void fetchNext();
};

/** @type {[string, (element: Element) => void][]} */
const PRESSED = [
  ["[data-undo]", () => void undo()],
  ["[data-recent]", () => void showRecent()],
  ["#recent-dialog a[href*='change=']", (link) => openFromList(link)],
  ["[data-leave-as-is]", () => goBack(fetchOntoDesk)],
  ["[data-go-on]", fetchOntoDesk],
  ["[data-try-again]", fetchOntoDesk],
  ['[data-tool="diff"]', () => toggleDiff()],
  ['[data-tool="linked"]', () => set("linked", !isOn("linked"))],
  ['[data-tool="whole"]', (button) => toggleWhole(button)],
];

/** @param {Element} link */
const openFromList = (link) => {
  const dialog = byId("recent-dialog");
  if (dialog instanceof HTMLDialogElement) dialog.close();
  void openListed(changeIn(link));
};

const toggleDiff = () => {
  if (isMarked()) {
    unmark();
    announce(words.unmarked);
  } else {
    const { marked, sentence } = markDifferences();
    if (marked) announce(sentence);
    else tell(sentence);
  }
  showTools();
};

/** @param {Element} button */
const toggleWhole = (button) => {
  const whole = document.documentElement.toggleAttribute("data-whole");
  button.setAttribute("aria-pressed", String(whole));
};

/** Which tools are on, for the task that lies on the desk now. */
export const showTools = () => {
  for (const tool of all(document, '[data-tool="diff"]')) tool.setAttribute("aria-pressed", String(isMarked()));
  for (const tool of all(document, '[data-tool="linked"]')) tool.setAttribute("aria-pressed", String(isOn("linked")));
};

/** @param {string} name */
export const onSetting = (name) => {
  showTools();
  if (name === "linked" && isOn("linked")) alignPanes();
  if (name === "context") openAbouts(now);
};

/** Whatever answers a task, or passes it on. */
const ANSWERS = ".choice, [data-skip] button, [data-criterion] label, [data-save]";
/** What lay on the desk when a click, double or not, began. @type {Element | null} */
let clickedOn = null;

/** A double click whose first half took the task away: the second was not meant for the next. @param {MouseEvent} event */
const isSecondHalf = ({ detail }) => {
  if (detail > 1) return onDesk() !== clickedOn;
  clickedOn = onDesk();
  return false;
};

/** @param {MouseEvent} event */
const onClick = (event) => {
  if (!(event.target instanceof Element) || event.defaultPrevented) return;
  if (isSecondHalf(event) && event.target.closest(ANSWERS)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
  const anchor = tappedAnchor(event);
  if (anchor) return answerCriterion(anchor);
  for (const [selector, act] of PRESSED) {
    const pressed = event.target.closest(selector);
    if (!pressed) continue;
    event.preventDefault();
    return act(pressed);
  }
};

/** @param {SubmitEvent} event */
const onSubmit = (event) => {
  const { target, submitter } = event;
  if (!(target instanceof HTMLFormElement) || !target.matches("[data-answer], [data-skip]")) return;
  event.preventDefault();
  if (!(submitter instanceof HTMLButtonElement)) return sendMarked();
  if (target.matches("[data-skip]")) skip(submitter);
  else if (submitter.matches(".choice")) choose(submitter);
  else sendMarked();
};

export const startTools = () => {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  showTools();
};
