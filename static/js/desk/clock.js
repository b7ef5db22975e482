// @ts-check
/** The server's clock, by which leases end; and times of day as the rater's own clock shows them. */
import { all } from "./page.js";

/** A lease that ends while the next key is pressed has ended. */
const MARGIN_MS = 1500;
/** How far the server's clock is ahead of this one. */
let ahead = 0;

/** @param {string | null} told A `Date` header, or ISO. */
export const learnServerTime = (told) => {
  const at = Date.parse(told ?? "");
  if (Number.isFinite(at)) ahead = at - Date.now();
};

/** @param {HTMLElement} task */
export const leaseHasEnded = (task) => {
  const end = Date.parse(task.dataset.expires ?? "");
  return Number.isFinite(end) && end - (Date.now() + ahead) < MARGIN_MS;
};

/** The server counts her days, and pages without script show their times, in her own zone from now on. */
export const tellTimeZone = () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone)
    document.cookie = `tz=${encodeURIComponent(zone).replaceAll("%2F", "/")}; path=/; max-age=31536000; SameSite=Lax`;
};

/** @param {ParentNode} root */
export const showLocalTimes = (root) => {
  for (const time of all(root, "time[data-clock]")) {
    if (time instanceof HTMLTimeElement)
      time.textContent = inWords(new Date(time.dateTime), time.dataset.clock === "seconds");
  }
};

/** @param {Date} at @param {boolean} seconds */
export const inWords = (at, seconds) => {
  /** @type {Intl.DateTimeFormatOptions} */
  const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (seconds) shape.second = "2-digit";
  if (at.toDateString() !== new Date().toDateString()) Object.assign(shape, { day: "numeric", month: "short" });
  return at.toLocaleString("en-GB", shape);
};
