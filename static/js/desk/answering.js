// @ts-check
/**
 * From a key to the next task: the answer goes into the outbox, the held task onto the desk, and then out to the
 * server.
 */
import { answerRow, firstOpenRow, focusRow, markedChoice, rowsOf } from "./criteria.js";
import { dropDraft } from "./drafts.js";
import { letGo, noteDone, takeHeld } from "./holding.js";
import * as outbox from "./outbox.js";
import { all, formOf, hidden, idOf, isTraining, supersededBy, taskOnDesk } from "./page.js";
import { isLocked, sayLocked } from "./panes.js";
import { announce, showSaid, showSaved, tell } from "./saying.js";
import { flush, troubleNow } from "./sending.js";
import { isOn } from "./settings.js";
import { elapsed, inMs } from "./stopwatch.js";
import { isJustPainted, paint, paintWaiting } from "./swapping.js";
import { isGoingBack, remember, takeParked } from "./undo.js";
import { words } from "./words.js";

/** @typedef {[string, string][]} Fields */

/** Written anew for each send, or kept beside the fields. */
const NOT_COPIED = new Set(["csrfmiddlewaretoken", "submission", "supersedes", "shown_ms", "choice"]);

/** A verdict was pressed. @param {HTMLButtonElement} button */
export const choose = (button) => {
  const task = taskOnDesk();
  if (!task || isBusy(task)) return;
  if (isLocked(task)) return sayLocked();
  const rows = rowsOf(task);
  if (rows.length === 0 && !isOn("wait")) return give(task, button);
  for (const choice of all(task, ".choice")) choice.setAttribute("aria-pressed", String(choice === button));
  announce(`${saidBy(button)}: ${rows.length > 0 ? words.thenCriteria : words.marked}`);
  if (rows.length > 0) focusRow(firstOpenRow(task) ?? rows[0]);
};

/** A question was answered. @param {HTMLInputElement} anchor */
export const answerCriterion = (anchor) => {
  const task = taskOnDesk();
  if (task && !isBusy(task)) answerRow(task, anchor, () => (isOn("wait") ? focusSave(task) : sendMarked()));
};

/** @param {Element} task */
const focusSave = (task) => {
  const save = task.querySelector("[data-save]");
  if (save instanceof HTMLElement) save.focus({ preventScroll: true });
};

/** Enter, or Save: what is marked goes out, if it is whole. */
export const sendMarked = () => {
  const task = taskOnDesk();
  if (!task || isBusy(task)) return;
  if (isLocked(task)) return sayLocked();
  const choice = markedChoice(task);
  const open = firstOpenRow(task);
  if (task.querySelector(".choice") && !choice) return tell(words.answerFirst);
  if (open) {
    tell(words.everyQuestion);
    return focusRow(open);
  }
  give(task, /** @type {HTMLButtonElement | null} */ (choice));
};

/**
 * What is pressed before anybody can have looked was meant for the task before. Who goes back knows what comes.
 * @param {Element} task
 */
const isBusy = (task) =>
  isGoingBack() || task.hasAttribute("data-sent") || (isJustPainted() && !supersededBy(task));

/** @param {HTMLElement | null} button */
const saidBy = (button) => button?.dataset.said ?? words.rated;

/** @param {HTMLElement} task @param {HTMLButtonElement | null} button */
const give = (task, button) => {
  const said = saidBy(button);
  const submission = outbox.uuid();
  const fields = fieldsOf(task, button);
  const replaced = supersededBy(task);
  const next = nextFor(task);
  if (next && idOf(next)) fields.push(["painted", idOf(next)]);
  const entry = {
    kind: /** @type {const} */ ("answer"),
    assignment: idOf(task),
    submission,
    said,
  };
  // First into the outbox, and only then away from her eyes.
  if (replaced) putInstead({ ...entry, fields }, replaced);
  else outbox.put({ ...entry, fields: [...fields, ["submission", submission]] });
  dropDraft(idOf(task));
  if (!isTraining(task)) remember({ assignment: idOf(task), submission, task, choice: button?.value ?? "", said });
  goOn(task, next, said);
};

/** @param {HTMLElement} task @param {HTMLButtonElement | null} button @returns {Fields} */
const fieldsOf = (task, button) => {
  const form = formOf(task);
  if (!form) throw new Error("This task has no form.");
  const fields = /** @type {Fields} */ (
    [...new FormData(form)].filter(([name, value]) => !NOT_COPIED.has(name) && value !== "")
  );
  fields.push(["shown_ms", inMs(elapsed(task))]);
  if (button) fields.push(["choice", button.value]);
  return fields;
};

/**
 * An answer to take the place of one that may still wait here. If that one was never sent it is replaced where it
 * stands; if it may have been sent, the new one goes out behind it and supersedes it.
 * @param {Omit<import("./outbox.js").Entry, "place" | "tab" | "answeredAt" | "attempts">} entry
 * @param {string} replaced
 */
const putInstead = (entry, replaced) => {
  const before = outbox.waiting().find(({ submission }) => submission === replaced);
  /** @type {Fields} */
  const own = [...entry.fields, ["submission", entry.submission]];
  if (!before || before.attempts > 0) return outbox.put({ ...entry, fields: [...own, ["supersedes", replaced]] });
  const earlier = before.fields.filter(([name]) => name === "supersedes");
  outbox.keep({
    ...before,
    ...entry,
    fields: [...own, ...earlier],
    tab: outbox.thisTab,
    answeredAt: Date.now(),
    insteadOf: before.insteadOf ?? replaced,
  });
};

/** What comes onto the desk: the task she went back from, else the one held ready. @param {HTMLElement} task */
const nextFor = (task) => {
  if (isTraining(task)) return null;
  const before = takeParked();
  return before && !before.matches(".waiting") ? before : takeHeld();
};

/** @param {HTMLElement} task @param {HTMLElement | null} next @param {string} said */
const goOn = (task, next, said) => {
  showSaid(said);
  if (isTraining(task))
    markSent(task); // the explanation comes first
  else if (next) paint(next);
  else {
    letGo();
    paintWaiting(outbox.count(), troubleNow());
  }
  showSaved();
  void flush();
};

/** @param {HTMLElement} task */
const markSent = (task) => {
  task.setAttribute("data-sent", "");
  for (const button of /** @type {HTMLButtonElement[]} */ (all(task, ".ask button")))
    button.setAttribute("aria-disabled", "true");
};

/** The answer could not be stored after all: the task is open again. */
export const reopenSent = () => {
  const task = taskOnDesk();
  task?.removeAttribute("data-sent");
  for (const button of all(task ?? document.body, ".ask button")) button.removeAttribute("aria-disabled");
};

/** @param {HTMLButtonElement} button One of the reasons to pass this task on. */
export const skip = (button) => {
  const task = taskOnDesk();
  if (!task || isBusy(task)) return;
  const said = saidBy(button);
  const next = nextFor(task);
  /** @type {Fields} */
  const fields = [
    ["assignment", idOf(task)],
    ["reason", button.value],
  ];
  if (next && idOf(next)) fields.push(["painted", idOf(next)]);
  outbox.put({ kind: "skip", assignment: idOf(task), submission: "", said, fields });
  noteDone(idOf(task));
  dropDraft(idOf(task));
  goOn(task, next, said);
};

/**
 * No field of the browser's own asks for anything: what is missing is said in the desk's words.
 * @param {Element} task
 */
export const takeOver = (task) => {
  const form = formOf(task);
  if (form) form.noValidate = true;
  const shown = hidden(task, "shown_ms");
  if (shown) shown.value = "";
};
