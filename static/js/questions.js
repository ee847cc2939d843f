/* Questions: choices that exclude each other, notes that follow a state, the check of side-fields, keys. */
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const questions = () => all(".lz-q");

  /* "None of these" and the states (don't know, later, not applicable) stand alone among tick boxes. */
  const standsAlone = (input) => "none" in input.dataset || "alt" in input.dataset;
  const exclude = (question, chosen) => {
    if (!chosen.checked || !(chosen.type === "checkbox" || standsAlone(chosen))) return;
    all("input[data-key]", question).forEach((other) => {
      if (other !== chosen && other.type === "checkbox" && (standsAlone(chosen) || standsAlone(other))) other.checked = false;
      if (other !== chosen && other.type === "radio" && chosen.type === "checkbox") other.checked = false;
    });
  };
  const showNotes = (question) => all("[data-note]", question).forEach((note) => {
    note.hidden = !one(`[data-alt][value="${note.dataset.note}"]`, question)?.checked;
  });
  document.addEventListener("change", (event) => {
    const question = event.target.closest(".lz-q");
    if (!question || !event.target.name) return;
    exclude(question, event.target);
    showNotes(question);
  });

  /* Share of two figures against the chosen range; ranges are left-open and compared in integers.
     The answer is never chosen for the user. data-bounds lists the upper bounds in per cent. */
  const checkShare = (question) => {
    const line = one(".lz-check", question);
    const out = one("[data-out]", question);
    const part = one("[data-d]", question).value.trim();
    const [whole, number] = [+one("[data-n]", question).value, +part];
    line.textContent = "";
    out.textContent = "–";
    if (!part || !(whole > 0)) return;
    const show = (key, classes, share = "", range = "") => {
      line.className = "lz-check mb-3 " + classes;
      line.textContent = line.dataset[key].replace("%", share).replace("@", range);
    };
    if (number > whole) { show("max", "warn fw-bold"); return; }
    const bounds = (question.dataset.bounds || "10,20,40,60,100").split(",").map(Number);
    const share = (number / whole * 100).toFixed(1) + "%";
    const fitting = bounds.findIndex((bound) => number * 100 <= bound * whole);
    const choices = all(".lz-bins input", question);
    const chosen = choices.findIndex((choice) => choice.checked);
    out.textContent = share;
    const range = one(".t", choices[fitting].parentNode).textContent;
    if (chosen < 0) show("none", "text-secondary", share, range);
    else if (chosen === fitting) show("ok", "up fw-bold", share, range);
    else show("bad", "warn fw-bold", share, range);
  };
  const ofShare = (event) => event.target.closest("[data-share]");
  ["input", "change"].forEach((name) => document.addEventListener(name, (event) => {
    const question = ofShare(event);
    if (question) checkShare(question);
  }));
  all("[data-share]").forEach(checkShare);

  /* Keys: 0-5 choose or tick, D L N the states, J K next and previous. Off while typing; can be switched off
     (WCAG 2.1.4). */
  let current = 0;
  document.addEventListener("focusin", (event) => {
    const index = questions().indexOf(event.target.closest(".lz-q"));
    if (index >= 0) current = index;
  });
  const isTyping = (target) => /TEXTAREA|SELECT/.test(target.tagName)
    || (target.tagName === "INPUT" && !/radio|checkbox/.test(target.type));
  const choose = (input) => {
    input.checked = input.type === "radio" || !input.checked;
    input.focus({ preventScroll: true });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const step = (by) => {
    const list = questions();
    current = Math.max(0, Math.min(list.length - 1, current + by));
    const target = one("[data-key]:checked", list[current]) || one("[data-key]", list[current]);
    target?.focus({ preventScroll: true });
    list[current].scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    const list = questions();
    if (!list.length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || !one("#kbd-on")?.checked) return;
    const key = event.key.toLowerCase();
    const input = /^[0-5dln]$/.test(key) && one(`[data-key="${key}"]`, list[current]);
    if (input) choose(input);
    else if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else return;
    event.preventDefault();
  });
})();
