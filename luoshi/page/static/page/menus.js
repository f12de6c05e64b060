/* Menus, dialogues, the phone's navigation, and the small acts: print, copy, full screen, show a password. */

import { say } from "./settings.js";

export function bindMenus() {
  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const act = event.target.closest("[data-opens], [data-closes], [data-print], [data-copy], [data-full], [data-reveal], [data-open-side]");
    if (!act) return;
    if (act.dataset.opens) document.getElementById(act.dataset.opens)?.showModal();
    if ("closes" in act.dataset) act.closest("dialog")?.close();
    if ("print" in act.dataset) window.print();
    if ("copy" in act.dataset) copy(act);
    if ("full" in act.dataset) fullScreen();
    if (act.dataset.reveal) reveal(act);
    if ("openSide" in act.dataset) {
      event.preventDefault();
      document.querySelector(".frame")?.classList.toggle("side-open");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details:is(.menu, .filter, .ls-columns)[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("fullscreenchange", () => {
    document.querySelector(".frame")?.classList.toggle("frame-bare", Boolean(document.fullscreenElement));
  });
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details:is(.menu, .filter, .ls-columns)[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

async function copy(act) {
  const source = act.dataset.copy ? document.querySelector(act.dataset.copy) : null;
  await navigator.clipboard.writeText((source ? source.value ?? source.textContent : act.dataset.text || "").trim());
  const before = act.textContent;
  act.textContent = say("copied");
  setTimeout(() => { act.textContent = before; }, 2000);
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

function reveal(act) {
  const input = document.getElementById(act.dataset.reveal);
  if (!input) return;
  const hidden = input.type === "password";
  input.type = hidden ? "text" : "password";
  act.textContent = say(hidden ? "hide" : "show");
}
