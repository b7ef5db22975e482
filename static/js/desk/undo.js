// @ts-check
/** The last ten answers, open to be answered again. The new judgment supersedes the old one; both stay. */
import { showLocalTimes } from "./clock.js";
import { takeHeld } from "./holding.js";
import { openDialog } from "./menus.js";
import * as outbox from "./outbox.js";
import { all, byId, deskUrl, formOf, hidden, isTraining, onDesk, supersededBy, taskOnDesk, urlOf } from "./page.js";
import { get } from "./posting.js";
import { DEPTH, beforeAsking, isOutOfReach, noteGiven, noteListed } from "./reach.js";
import { readReply } from "./reply.js";
import { announce, takeBackStanding, tell } from "./saying.js";
import { paint } from "./swapping.js";
import { words } from "./words.js";

/**
 * @typedef {object} Record An answer of this page load, and the task as it stood when it was given.
 * @property {string} assignment
 * @property {string} submission
 * @property {HTMLElement} task
 * @property {string} choice
 * @property {string} said
 */

/** Newest last. @type {Record[]} */
const given = [];
/** How far back the answer is that is open now. */
let depth = 0;
/** What she had before her when she went back. @type {HTMLElement | null} */
let parked = null;
let isOpening = false;
/** Then the server alone knows which answers still may be changed. */
let isClosed = false;

/** @param {string} state Of the study, as the server told it. */
export const noteState = (state) => (isClosed = state === "closed");

export const parkedTask = () => parked;
/** Between the key and the earlier task no answer may be given: it would go to the wrong one. */
export const isGoingBack = () => isOpening;
export const isChanging = () => supersededBy(taskOnDesk() ?? document.body) !== "";

/** @param {Record} record */
export const remember = (record) => {
  noteGiven(record.assignment, supersededBy(record.task) !== "");
  const before = given.findIndex(({ assignment }) => assignment === record.assignment);
  if (before >= 0) given.splice(before, 1);
  given.push(record);
  if (given.length > DEPTH) given.shift();
};

/** @param {string} assignment */
export const forget = (assignment) => {
  const place = given.findIndex((record) => record.assignment === assignment);
  if (place >= 0) given.splice(place, 1);
};

/** An answer is stored under another number than it was sent with. @param {string} from @param {string} to */
export const renumber = (from, to) => {
  for (const record of given) if (record.submission === from) record.submission = to;
  const opened = hidden(taskOnDesk() ?? document.body, "supersedes");
  if (opened?.value === from) opened.value = to;
};

/** What lay on the desk before she went back, once. */
export const takeParked = () => {
  const before = parked;
  parked = null;
  depth = 0;
  return before;
};

/** `z`: one answer further back. */
export const undo = () =>
  opening(async () => {
    if (isTraining(onDesk() ?? document.body)) return tell(words.inTraining);
    const wanted = isChanging() ? depth + 1 : 1;
    if (wanted > DEPTH) return tell(words.asFarBack);
    const record = given.at(-wanted);
    const assignment = record?.assignment ?? (await fromServer(wanted - given.length));
    if (!assignment) return;
    if (await open(assignment)) depth = wanted;
  });

/** An answer of the list. @param {string} assignment */
export const openListed = (assignment) =>
  opening(async () => {
    const place = given.findIndex((record) => record.assignment === assignment);
    if (await open(assignment)) depth = place >= 0 ? given.length - place : DEPTH;
  });

/** @param {() => Promise<void>} work */
const opening = async (work) => {
  if (isOpening) return;
  isOpening = true;
  try {
    await work();
  } finally {
    isOpening = false;
  }
};

/** @param {string} assignment */
const open = async (assignment) => {
  if (isOutOfReach(assignment)) {
    tell(words.asFarBack);
    return false;
  }
  const record = given.find((one) => one.assignment === assignment);
  const opensHere = record && (!isClosed || outbox.answers(assignment));
  const task = opensHere ? reopened(record) : await fetched(assignment);
  if (!task) return false;
  parked ??= isChanging() ? null : onDesk();
  paint(task);
  takeBackStanding(assignment);
  const marked = task.querySelector('.choice[aria-pressed="true"]');
  announce(
    words.opened(record ? given.length - given.indexOf(record) : 0, marked?.getAttribute("data-said") ?? ""),
  );
  return true;
};

/** Leave the earlier answer as it is. @param {() => void} fetchOne What to do where nothing lay here before. */
export const goBack = (fetchOne) => {
  const before = takeParked();
  const next = before && !before.matches(".waiting") ? before : takeHeld();
  if (!next) return fetchOne();
  paint(next);
  announce(words.backToTask);
};

// From this page ----------------------------------------------------------------------------------------------

/** @param {Record} record */
const reopened = (record) => {
  const task = /** @type {HTMLElement} */ (record.task.cloneNode(true));
  markSuperseding(task, record.submission);
  for (const choice of all(task, ".choice")) markGiven(choice, choice.getAttribute("value") === record.choice);
  for (const menu of all(task, '[data-menu="skip"]')) menu.remove();
  for (const menu of all(task, "details.menu")) menu.removeAttribute("open");
  if (!task.querySelector(".changing")) task.prepend(changingLine());
  return task;
};

/** @param {HTMLElement} task @param {string} submission */
const markSuperseding = (task, submission) => {
  const field = hidden(task, "supersedes") ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name: "supersedes", value: submission });
  formOf(task)?.append(field);
};

/** @param {Element} choice @param {boolean} isIt */
const markGiven = (choice, isIt) => {
  choice.classList.toggle("chosen", isIt);
  choice.querySelector(".before")?.remove();
  if (!isIt) return choice.removeAttribute("aria-pressed");
  choice.setAttribute("aria-pressed", "true");
  const badge = document.createElement("span");
  badge.className = "before";
  badge.textContent = words.yourAnswer;
  choice.prepend(badge);
};

const changingLine = () => {
  const line = document.createElement("p");
  line.className = "callout changing desk-width";
  const text = document.createElement("span");
  text.textContent = words.changing;
  const link = document.createElement("a");
  link.href = deskUrl;
  link.dataset.leaveAsIs = "";
  link.textContent = words.leaveIt;
  line.append(text, " ", link);
  return line;
};

// From the server ---------------------------------------------------------------------------------------------

/** @param {string} assignment @returns {Promise<HTMLElement | null>} */
const fetched = async (assignment) => {
  const outcome = await get(`${deskUrl}?change=${encodeURIComponent(assignment)}`);
  if (outcome.kind !== "ok") tell(whyNot(outcome));
  return readReply(outcome.text)?.next?.element ?? null;
};

/** @param {import("./posting.js").Outcome} outcome */
const whyNot = ({ kind, sentence }) => sentence || (kind === "signed-out" ? words.signInThenOn : words.cannotOpen);

/** The answer of an earlier page load, so many before those of this one. @param {number} further */
const fromServer = async (further) => {
  const list = await recentList();
  if (!list) return;
  const known = new Set(given.map(({ assignment }) => assignment));
  const earlier = linksIn(list).filter((assignment) => !known.has(assignment));
  if (!earlier[further - 1]) tell(further + given.length === 1 ? words.nothingToUndo : words.asFarBack);
  return earlier[further - 1];
};

/** The list, or null once it is said why there is none. @returns {Promise<HTMLElement | null>} */
const recentList = async () => {
  const asked = beforeAsking();
  const outcome = await get(urlOf("recent"));
  const list = new DOMParser().parseFromString(outcome.text, "text/html").getElementById("recent");
  if (outcome.kind !== "ok" || !list) tell(whyNot(outcome));
  else noteListed(linksIn(list), asked);
  return list;
};

/** @param {Element} list @returns {string[]} */
const linksIn = (list) =>
  all(list, 'a[href*="change="]')
    .map(changeIn)
    .filter((id) => id !== "");

/** @param {Element} link */
export const changeIn = (link) =>
  new URL(link.getAttribute("href") ?? "", location.href).searchParams.get("change") ?? "";

/** `r`: the last ten answers as a list. */
export const showRecent = async () => {
  const list = await recentList();
  if (!list) return;
  showLocalTimes(list);
  byId("recent-dialog").querySelector("[data-body]")?.replaceChildren(document.adoptNode(list));
  openDialog("recent-dialog");
};
