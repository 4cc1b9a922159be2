// What the pages need beyond HTML and htmx: keys, theme, dialogs, one submit only, unsaved entries, focus and announcements.
// Nothing about a person is kept in the browser; two cookies hold the theme and whether single keys act, the session's
// store that a form was sent a moment ago.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const remember = (name, value) => {
    document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  };

  // Announcements: spoken by screen readers, shown for six seconds.
  let hush;
  const say = (text) => {
    const live = one("#live");
    if (!live || !text) return;
    live.textContent = text;
    clearTimeout(hush);
    hush = setTimeout(() => { live.textContent = ""; }, 6000);
  };

  // Theme: at once on the page, by cookie for the server.
  const chooseScheme = (button) => {
    document.documentElement.dataset.colorScheme = button.dataset.scheme;
    remember("color_scheme", button.dataset.scheme);
    all("[data-scheme]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  };

  // Dialogs and menus.
  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-opens], [data-closes], [data-scheme]");
    if (target?.dataset.scheme) chooseScheme(target);
    else if (target?.dataset.opens) openDialog(target.dataset.opens);
    else if (target) target.closest("dialog")?.close();
    else if (event.target.matches?.("dialog")) event.target.close();
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Single keys: / ? j k x and those of the page; never while somebody types, never with a modifier, off on request.
  let keysOn = !/(?:^|; )shortcuts=off/.test(document.cookie);
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const rowLinks = () => all("[data-rows] tbody tr").map((row) => one("[data-row-link]", row) || one("a, button, input", row)).filter(Boolean);
  const move = (by) => {
    const links = rowLinks();
    if (!links.length) return false;
    const row = document.activeElement?.closest("[data-rows] tbody tr");
    const at = links.findIndex((link) => row?.contains(link));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
    return true;
  };
  const tick = () => {
    const box = one("input[type=checkbox]", document.activeElement?.closest("[data-rows] tbody tr") || document.createElement("i"));
    box?.click();
    return Boolean(box);
  };
  const follow = (key) => {
    const link = all("[data-shortcut]").find((item) => item.dataset.shortcut === key);
    if (link) location.assign(link.href);
    return Boolean(link);
  };
  const keys = {
    "/": () => { const field = one("#search"); field?.focus(); field?.select(); return Boolean(field); },
    "?": () => { openDialog("shortcuts"); return true; },
    j: () => move(1),
    k: () => move(-1),
    x: tick,
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = one("details.menu[open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); }
    }
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || one("dialog[open]")) return;
    if (keys[event.key] ? keys[event.key]() : event.key.length === 1 && follow(event.key)) event.preventDefault();
  });

  // Ticked rows.
  const count = (form) => {
    const boxes = all("td.tick input", form);
    const ticked = boxes.filter((box) => box.checked).length;
    all("[data-ticked]", form).forEach((out) => { out.textContent = ticked; });
    all("[data-bulk]", form).forEach((bar) => { bar.toggleAttribute("data-active", ticked > 0); });
    all("[data-bulk] button", form).forEach((button) => { button.disabled = ticked === 0; });
    all("[data-tick-all]", form).forEach((box) => {
      box.checked = ticked > 0 && ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    });
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.bulk");
    if (event.target.matches("[data-tick-all]")) all("td.tick input", form).forEach((box) => { box.checked = event.target.checked; });
    if (form) count(form);
    if (event.target.matches("[data-shortcuts-on]")) {
      keysOn = event.target.checked;
      remember("shortcuts", keysOn ? "on" : "off");
    }
  });

  // One submit only; entries not yet saved are not left by accident.
  const sent = new Set();
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    sent.add(form);
    sessionStorage.setItem("sent", "yes");
    dirty = false;
    form.setAttribute("aria-busy", "true");
    event.submitter?.setAttribute("aria-busy", "true");
    say(document.body.dataset.liveSending);
  }, true);
  const release = () => {
    sent.forEach((form) => { form.removeAttribute("aria-busy"); all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy")); });
    sent.clear();
  };
  window.addEventListener("pageshow", (event) => { if (event.persisted) release(); });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  // Drafts: what is being written is kept every three seconds while somebody types, and once more when the page is left.
  const drafts = new Map();
  const keepDraft = (box, leaving = false) => {
    const field = one("textarea", box);
    const token = one("meta[name=csrf-token]")?.content;
    clearTimeout(drafts.get(box));
    drafts.delete(box);
    if (!field || !token || sent.has(box.closest("form"))) return;
    const body = new URLSearchParams({ case_ref: box.dataset.case, place: box.dataset.place, part: box.dataset.part || "", text: field.value });
    fetch(box.dataset.draft, { method: "POST", body, headers: { "X-CSRF-Token": token }, keepalive: leaving })
      .then((answer) => {
        one("[data-draft-state]", box).textContent = answer.ok ? box.dataset.said : box.dataset.unsaid;
        if (answer.ok && !drafts.size) dirty = false;
      })
      .catch(() => { one("[data-draft-state]", box).textContent = box.dataset.unsaid; });
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-draft]");
    if (box && !drafts.has(box)) drafts.set(box, setTimeout(() => keepDraft(box), 3000));
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) [...drafts.keys()].forEach((box) => keepDraft(box, true)); });

  // htmx: token on every change, focus where it was, one sentence about what happened.
  let focused = null;
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const token = one("meta[name=csrf-token]")?.content;
    if (token && !["GET", "HEAD"].includes(request.method.toUpperCase())) request.headers["X-CSRF-Token"] = token;
  });
  document.addEventListener("htmx:before:swap", () => { focused = document.activeElement?.id || null; });
  document.addEventListener("htmx:after:swap", (event) => {
    prepare();
    if (event.detail.ctx?.sourceEvent?.type === "load") return; // a part that came by itself: nobody asked for it
    const target = event.detail.ctx?.target;
    const region = target?.id ? document.getElementById(target.id) : null;
    if (document.activeElement === document.body) {
      const again = (focused && document.getElementById(focused)) || (region && one("[data-errors], [autofocus], [data-focus]", region)) || one("#title");
      again?.focus();
    }
    say(region?.dataset.announce || document.body.dataset.liveUpdated);
  });
  document.addEventListener("htmx:finally:request", release);
  document.addEventListener("htmx:error", () => say(document.body.dataset.liveUnreachable));

  // A region that does not scroll is no stop for the Tab key; the error summary of a refused form is read first.
  const fits = (region) => region.scrollWidth <= region.clientWidth + 1 && region.scrollHeight <= region.clientHeight + 1;
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    target.toggleAttribute("data-wide", target.scrollWidth > target.clientWidth + 1);
    if (fits(target)) target.removeAttribute("tabindex");
    else target.tabIndex = 0;
  }));
  const prepare = () => {
    all(".table-region").forEach((region) => watch.observe(region));
    all("form.bulk").forEach(count);
    all("[data-errors] a:not([data-named])").forEach((fault) => { // several fields say the same: each fault begins with its field
      const field = one(`label[for="${CSS.escape(fault.hash.slice(1))}"]`)?.firstChild?.textContent.trim();
      if (field) fault.prepend(field, document.documentElement.lang === "fr" ? "\u00a0: " : ": ");
      fault.dataset.named = "";
    });
  };
  prepare();
  // Where the keyboard goes on after a form: at its faults, else at what was done, else at the title of the page.
  const begin = () => {
    const came = sessionStorage.getItem("sent");
    sessionStorage.removeItem("sent");
    const faults = one("[data-errors]");
    const start = faults || (came && (one("#notices > *") || one("#title") || one("#main")));
    if (!start || (!faults && document.activeElement !== document.body)) return;
    if (!start.hasAttribute("tabindex")) start.tabIndex = -1;
    start.focus({ preventScroll: !faults });
  };
  begin();
  all("[data-shortcuts-on]").forEach((box) => { box.checked = keysOn; });
})();
