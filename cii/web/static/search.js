// The search box offers what it finds while somebody types: a combobox with a list (arrows, Enter, Escape).
// Without this file the box is a form that leads to the page of results. Nothing of what was found stays in the browser.
(() => {
  "use strict";
  const box = document.querySelector("form.search[data-suggest]");
  const field = box?.querySelector("#search");
  if (!field) return;
  const WAIT = 200, PATIENCE = 3000, SHORTEST = 2;
  let options = [], at = -1, asked = null, timer, shown = "";

  const make = (tag, attributes, text = "") => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.textContent = text;
    return made;
  };
  const list = make("div", { id: "search-list", class: "search-list", role: "listbox", "aria-label": box.dataset.offers });
  list.hidden = true;
  const keys = make("span", { id: "search-keys", class: "ds-sr-only" }, box.dataset.keys);
  const live = make("p", { class: "ds-sr-only", role: "status" });
  box.append(list, keys, live);
  field.type = "text";
  Object.entries({ role: "combobox", inputmode: "search", enterkeyhint: "search", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-list", "aria-describedby": "search-keys" })
    .forEach(([name, value]) => field.setAttribute(name, value));

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    asked = null;
    list.hidden = true;
    list.replaceChildren();
    options = [];
    at = -1;
    shown = "";
    live.textContent = "";
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (next) => {
    options[at]?.setAttribute("aria-selected", "false");
    at = next;
    const option = options[at];
    if (!option) { field.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const offer = (row) => {
    const option = make("div", { role: "option", id: `search-option-${options.length}`, "aria-selected": "false" });
    option.dataset.url = row.url;
    option.append(make("span", { class: "search-name" }, row.name));
    if (row.detail) option.append(" ", make("span", { class: "sub" }, row.detail));
    options.push(option);
    return option;
  };
  const show = (told, text) => {
    options = [];
    at = -1;
    field.removeAttribute("aria-activedescendant");
    const groups = told.groups.map((group, n) => {
      const held = make("div", { role: "group", "aria-labelledby": `search-group-${n}` });
      held.append(make("div", { id: `search-group-${n}`, class: "search-group", role: "presentation" }, group.label), ...group.rows.map(offer));
      return held;
    });
    const rest = offer({ name: told.all.label, url: told.all.url });
    rest.classList.add("search-all");
    list.replaceChildren(...groups, rest);
    list.hidden = false;
    list.scrollTop = 0;
    shown = text;
    field.setAttribute("aria-expanded", "true");
    live.textContent = told.said;
  };
  const ask = async () => {
    const text = field.value.trim();
    if (text.length < SHORTEST) { close(); return; }
    if (text === shown && !list.hidden) return;
    asked?.abort();
    const mine = asked = new AbortController();
    const patience = setTimeout(() => mine.abort(), PATIENCE);
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: text })}`, { signal: mine.signal, headers: { Accept: "application/json" }, cache: "no-store" });
      const told = answer.ok && !answer.redirected ? await answer.json() : null;
      if (mine !== asked) return;
      if (told && document.activeElement === field) show(told, text);
      else close();
    } catch { if (mine === asked) close(); } finally { clearTimeout(patience); }
  };

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) { clearTimeout(timer); ask(); return; }
      const by = event.key === "ArrowDown" ? 1 : -1;
      choose(at < 0 ? (by > 0 ? 0 : options.length - 1) : (at + by + options.length + 1) % (options.length + 1));
    } else if (event.key === "Escape" && (open || field.value)) {
      event.preventDefault();
      if (open) close();
      else field.value = "";
    } else if (event.key === "Enter" && open && options[at]) {
      event.preventDefault();
      location.assign(options[at].dataset.url);
    } else if (event.key === "Enter" || event.key === "Tab") close();
  });
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) close(); });
})();
