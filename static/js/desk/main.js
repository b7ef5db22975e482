// @ts-check
/**
 * The rating desk, wired together. The page works without it; with it one key is one answer, and the next task is
 * painted before the answer has left. The order of things: answering.js (a key), outbox.js (kept), sending.js (sent),
 * arriving.js (what the server said), holding.js (the task held ready), swapping.js (painted).
 */
import { takeOver } from "./answering.js";
import { changed, emptied, failed, fetched, painted, refused, stored } from "./arriving.js";
import { startBreaks } from "./breaks.js";
import { showLocalTimes, tellTimeZone } from "./clock.js";
import { startDrafts } from "./drafts.js";
import { startHeartbeat } from "./heartbeat.js";
import { replenish, startHolding } from "./holding.js";
import { startKeys } from "./keys.js";
import { startLeaving } from "./leaving.js";
import { startMenus } from "./menus.js";
import * as outbox from "./outbox.js";
import { byId, idOf, onDesk, taskOnDesk } from "./page.js";
import { startPanes } from "./panes.js";
import { showSaved, tell } from "./saying.js";
import { flush, startSending, troubleNow } from "./sending.js";
import { startSettings } from "./settings.js";
import { lasts, tryStorage } from "./storage.js";
import { markLive, paintWaiting, prepare, startSwapping } from "./swapping.js";
import { onSetting, showTools, startTools } from "./tools.js";
import { parkedTask } from "./undo.js";
import { words } from "./words.js";

/** What is new on the desk belongs to the script. */
const whenPainted = () => {
  const task = taskOnDesk();
  if (task) takeOver(task);
  showTools();
};

/** Another tab of hers stored something, or sent what this one wrote. @param {StorageEvent} event */
const onStorage = (event) => {
  if (!outbox.concerns(event)) return;
  showSaved();
  if (outbox.count() === 0) replenish();
};

const start = () => {
  markLive();
  tellTimeZone();
  startSettings(onSetting);
  startDrafts();
  startMenus();
  startPanes();
  startBreaks();
  startSwapping(whenPainted);
  startHolding({ fetched, failed, parked: parkedTask });
  startSending({ stored, refused, changed, emptied, painted });
  startTools();
  startKeys();
  startHeartbeat();
  startLeaving();
  addEventListener("storage", onStorage);
};

/** @returns {string} */
const savedOnPage = () => byId("saved").querySelector("time")?.dateTime ?? "";

/** The page as the server sent it: unless what lies here is answered already, and its answer only waits. */
const begin = () => {
  tryStorage();
  outbox.noteSaved(savedOnPage());
  showLocalTimes(document);
  const task = taskOnDesk();
  if (task && !location.search && outbox.answers(idOf(task))) paintWaiting(outbox.count(), troubleNow());
  else if (onDesk()) prepare(/** @type {HTMLElement} */ (onDesk()));
  if (!lasts()) tell(words.keptInMemory, { lasting: true });
  // She comes back: that was her break.
  for (const line of byId("notices").querySelectorAll("[data-break]")) line.remove();
  void flush();
};

start();
begin();
