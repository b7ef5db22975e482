// @ts-check
/**
 * On leaving, the task that was held ready and not yet seen is given back at once, and nothing that waits is
 * forgotten.
 */
import { heldTask, letGo, replenish } from "./holding.js";
import * as outbox from "./outbox.js";
import { idOf, urlOf } from "./page.js";
import { lasts } from "./storage.js";

const release = () => {
  const task = heldTask();
  if (!task) return;
  const form = new FormData();
  form.set("csrfmiddlewaretoken", /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "");
  form.set("holds", idOf(task));
  form.set("until", task.dataset.expires ?? "");
  navigator.sendBeacon(urlOf("leave"), form);
  letGo();
};

/** The outbox outlives the page, unless the browser forbids it to keep anything. @param {BeforeUnloadEvent} event */
const warn = (event) => {
  if (!lasts() && outbox.count() > 0) event.preventDefault();
};

export const startLeaving = () => {
  addEventListener("pagehide", release);
  addEventListener("beforeunload", warn);
  addEventListener("pageshow", (event) => event.persisted && replenish()); // out of the browser's cache of pages
};
