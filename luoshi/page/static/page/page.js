/* Entry: binds every part to the page, and to each fragment that htmx brings in later. Loads what is large only where it is used. */

import { bindCharts } from "./charts.js";
import { bindDrafts, forgetOnLogout } from "./drafts.js";
import { bindForms } from "./forms.js";
import { bindHotkeys } from "./hotkeys.js";
import { bindMenus } from "./menus.js";
import { bindQuick } from "./quick.js";
import { load, say, tell } from "./settings.js";
import { bindTables } from "./tables.js";

function bind(root) {
  bindForms(root);
  bindDrafts(root);
  bindTables(root);
  bindCharts(root);
  bindQuick(root);
  if (root.querySelector("[data-bs-toggle], [data-bs-dismiss]")) load("tabler");
  if (root.querySelector("[x-data]")) load("alpine");
  root.querySelector("[data-focus]")?.focus();
}

bind(document);
bindHotkeys();
bindMenus();
forgetOnLogout();

document.addEventListener("htmx:after:swap", () => bind(document));

/* 409 and 422 come as fragments and are swapped in; other failures must not replace half a page: their heading is told. */
document.addEventListener("htmx:response:error", (event) => {
  const { response, text } = event.detail.ctx;
  if (response.status === 409 || response.status === 422) return;
  const heading = new DOMParser().parseFromString(text || "", "text/html").querySelector("h1");
  tell(heading ? heading.textContent.trim() : say("failed"));
});
document.addEventListener("htmx:error", () => tell(say("failed")));

window.addEventListener("offline", () => tell(say("offline")));
window.addEventListener("online", () => tell(""));
