/* Runs before the first paint: follow the system's light or dark unless the reader chose one (the server wrote it then). */
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  if (root.hasAttribute("data-theme-chosen")) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", () => {
    follow();
    document.dispatchEvent(new CustomEvent("luoshi:theme"));
  });
})();
