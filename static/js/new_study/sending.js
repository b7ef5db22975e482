// @ts-check
/** Sends the file as soon as it is chosen or dropped, and says at once when it is too large to be sent at all. */

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("file-form"));
const input = /** @type {HTMLInputElement | null} */ (document.getElementById("file"));
const button = /** @type {HTMLButtonElement | null} */ (document.getElementById("send"));
const refusal = document.getElementById("file-refusal");

if (form && input && button && refusal) {
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    const isTooLarge = file !== undefined && file.size > Number(form.dataset.limit);
    refusal.hidden = !isTooLarge;
    refusal.textContent = isTooLarge ? (form.dataset.tooLarge ?? "") : "";
    if (isTooLarge) input.value = "";
    else if (file) form.requestSubmit(button);
  });
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    button.textContent = "Reading…";
  });
  // Back from the next page: the form stands as it was, and may be sent again.
  window.addEventListener("pageshow", () => {
    form.removeAttribute("aria-busy");
    button.textContent = "Read the file";
  });
}
