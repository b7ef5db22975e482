// @ts-check
/** The small menus beside the question (skip, flag, comment), and the dialogs. */
import { all, now } from "./page.js";

/** @returns {HTMLDetailsElement | null} */
export const openMenu = () => now.querySelector("details.menu[open]");

/** @param {HTMLDetailsElement} menu */
export const closeMenu = (menu) => {
  menu.open = false;
  menu.querySelector("summary")?.focus({ preventScroll: true });
};

/** Out of the comment the keys belong to the task again. @param {HTMLElement} field */
export const leaveField = (field) => {
  const menu = field.closest("details.menu");
  if (menu instanceof HTMLDetailsElement) menu.open = false;
  const item = now.querySelector("#item");
  if (item instanceof HTMLElement) item.focus({ preventScroll: true });
};

export const dialogIsOpen = () => document.querySelector("dialog[open]") !== null;

/** @param {string} id */
export const openDialog = (id) => {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
};

/** @param {MouseEvent} event */
const onClick = (event) => {
  const { target } = event;
  if (!(target instanceof Element)) return;
  for (const menu of /** @type {HTMLDetailsElement[]} */ (all(now, "details.menu[open]"))) {
    if (!menu.contains(target)) menu.open = false;
  }
  if (target instanceof HTMLDialogElement) return target.close(); // the backdrop
  const opener = target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openDialog(opener.getAttribute("data-dialog") ?? "");
};

/** An open menu takes the focus at once: the next key is meant for it. @param {Element | null} menu */
export const focusMenu = (menu) => {
  if (!menu?.matches("details.menu[open]")) return;
  const first = menu.querySelector("textarea, button, input");
  if (first instanceof HTMLElement && !menu.querySelector(":focus:not(summary)")) first.focus();
};

export const startMenus = () => {
  document.addEventListener("click", onClick);
  document.addEventListener("toggle", (event) => focusMenu(/** @type {Element} */ (event.target)), true);
};
