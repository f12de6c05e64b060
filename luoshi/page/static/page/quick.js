/* The quick look: a popover below its row or mark, from a <template> (data-quick="#id") or an address (data-quick="/…/"). */

let open = null;
let waiting = 0;

export function bindQuick(root) {
  for (const anchor of root.querySelectorAll("[data-quick]:not([data-quick-bound])")) {
    anchor.dataset.quickBound = "";
    if (anchor.matches("button, a")) {
      anchor.setAttribute("aria-expanded", "false");
      anchor.addEventListener("click", (event) => {
        event.preventDefault();
        if (open?.anchor === anchor) closeQuick();
        else lookInto(anchor);
      });
    } else {
      anchor.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse") waiting = setTimeout(() => lookInto(anchor), 700);
      });
      anchor.addEventListener("pointerleave", () => clearTimeout(waiting));
    }
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-quick-close]")) return closeQuick();
  if (open && !open.panel.contains(event.target) && !open.anchor.contains(event.target)) closeQuick();
});

export async function lookInto(anchor) {
  closeQuick();
  const panel = document.createElement("section");
  panel.className = "quick";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", anchor.dataset.quickLabel || anchor.textContent.trim().slice(0, 60));
  panel.tabIndex = -1;
  open = { anchor, panel };
  const contents = await contentsOf(anchor);
  if (!contents || open?.panel !== panel) return;
  panel.replaceChildren(...contents);
  document.body.append(panel);
  place(panel, anchor);
  anchor.setAttribute("aria-expanded", "true");
  window.htmx?.process(panel);
  if (anchor.matches("button, a")) panel.focus();
}

async function contentsOf(anchor) {
  const source = anchor.dataset.quick;
  if (source.startsWith("#")) return [document.querySelector(source)?.content.cloneNode(true)].filter(Boolean);
  const response = await fetch(source, { headers: { "HX-Request": "true", Accept: "text/html" } });
  const target = response.headers.get("HX-Redirect");
  if (target) window.location.assign(target);
  if (target || !response.ok) return null;
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...parsed.body.childNodes];
}

/* Below the anchor, above it only where there is no room below: it never covers what it belongs to. */
function place(panel, anchor) {
  const at = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const start = anchor.matches("tr") ? at.left + at.width / 3 : at.left;
  const left = Math.max(16, Math.min(start, document.documentElement.clientWidth - width - 16));
  const below = at.bottom + 6 + height <= window.innerHeight || at.top < height + 12;
  const top = below ? at.bottom + 6 : at.top - height - 6;
  panel.style.left = `${left + window.scrollX}px`;
  panel.style.top = `${top + window.scrollY}px`;
}

export function closeQuick() {
  clearTimeout(waiting);
  if (!open) return;
  const { anchor, panel } = open;
  const inside = panel.contains(document.activeElement);
  open = null;
  panel.remove();
  if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "false");
  if (inside) anchor.focus();
}
