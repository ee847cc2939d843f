/* The visit: shows one item at a time, moves on after each decision, and keeps decisions on the device without a
   network. Without scripts the address chooses the item and each decision is a plain form. */
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const desk = one(".lz-visit");
  const words = one("#script-words")?.dataset;
  if (!desk || !words) return;

  desk.classList.add("js");
  let current = "";
  const show = (code, focus = true) => {
    const panel = document.getElementById(code);
    if (!panel?.matches(".lz-q")) return;
    current = code;
    for (const old of all(".lz-q.is-current", desk)) old.classList.remove("is-current");
    panel.classList.add("is-current");
    all("[data-row]", desk).forEach((row) => {
      if (row.dataset.row === code) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    const row = one(`[data-row="${code}"]`, desk);
    const list = row?.closest("details");
    /* On a narrow screen the list stands above the item: it stays folded, so that the item is what one sees. */
    const isWide = matchMedia("(min-width: 992px)").matches;
    if (list)
      all(".lz-items", desk).forEach((section) => {
        section.open = isWide && section === list;
      });
    if (isWide) row?.scrollIntoView({ block: "nearest" });
    if (focus) {
      panel.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "start" });
    }
  };
  const place = () => decodeURIComponent(location.hash.slice(1));
  const isOpen = (row) => !row.dataset.decision && !("kept" in row.dataset);
  const showNext = () => {
    const rows = all("[data-row]", desk);
    const at = rows.findIndex((row) => row.dataset.row === current);
    const around = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
    const next = around.find(isOpen);
    if (!next) {
      show(current);
      return;
    }
    history.replaceState(null, "", `#${next.dataset.row}`);
    show(next.dataset.row);
  };

  /* A reply holds the panel, the figures and the list of the dimension: each takes the place of what has its id. */
  const takeIn = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    [...holder.content.children].forEach((fresh) => {
      const old = fresh.id && document.getElementById(fresh.id);
      if (!old) return;
      fresh.removeAttribute("hx-swap-oob");
      old.replaceWith(fresh);
      window.htmx?.process(fresh);
    });
    show(current, false);
  };
  const markKept = (item) => {
    const row = one(`[data-row="${item}"]`, desk);
    if (!row || "kept" in row.dataset) return;
    row.dataset.kept = "";
    const mark = document.createElement("span");
    mark.className = "warn text-nowrap";
    mark.textContent = words.kept;
    row.firstElementChild.append(mark);
  };
  window.Waiting({
    queueName: desk.dataset.queue,
    words,
    panelOf: (event) => event.detail.requestConfig?.elt.closest(".lz-q"),
    onAsk: () => {},
    onSaved: (_panel, html) => takeIn(html),
    onKept: (panel) => {
      markKept(panel.dataset.item);
      showNext();
    },
    onReplayed: () => {},
  });
  /* What was saved is put in place here: htmx would copy attributes of what stood there before. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("X-Answer") !== "saved") return;
    event.detail.shouldSwap = false;
    takeIn(event.detail.xhr.responseText);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const outcome = event.detail.xhr.getResponseHeader("X-Answer");
    if (outcome === "saved") showNext();
    else if (outcome) show(current);
  });
  /* Several kinds of points add up, but "none of these" and "does not apply" stand alone. */
  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (chosen.name !== "value") return;
    const isOther = chosen.type !== "checkbox";
    all("[name=value]", chosen.form).forEach((other) => {
      if (other !== chosen && (isOther || other.type !== "checkbox")) other.checked = false;
    });
  });
  addEventListener("hashchange", () => show(place()));
  show(document.getElementById(place())?.matches(".lz-q") ? place() : one(".lz-q.first", desk)?.id, Boolean(place()));
})();
