/* The questionnaire: choices that exclude each other, the share of two figures, keys; answers wait on this device
   through waiting.js. htmx sends each answer as it is given; without scripts the page is a plain form. */
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = one("#section-form");
  const words = one("#script-words")?.dataset;
  const queueName = one("[data-queue]")?.dataset.queue;
  if (!words || !queueName) return;

  const dirty = new Set();
  const { say, send } = window.Waiting({
    queueName,
    words,
    /* The element that asked: after a swap the event itself comes from further up. */
    panelOf: (event) => event.detail.requestConfig?.elt.closest(".lz-q"),
    onAsk: (item) => dirty.delete(item),
    onSaved: (question, html) => {
      one(".lz-status", question).innerHTML = html;
    },
    onKept: () => {},
    onReplayed: () => {
      if (form) countAnswered();
    },
  });
  if (!form) return;

  const section = form.dataset.section;
  function countAnswered() {
    if (one("[data-conflict]", form)) return;
    const answered = all('[data-answered="1"]', form).length;
    const total = Number(form.dataset.total);
    all(`[data-count-of="${section}"]`).forEach((count) => {
      count.textContent = `${answered}/${total}`;
      count.classList.toggle("done", answered === total);
    });
  }
  document.addEventListener("htmx:afterSwap", () => {
    countAnswered();
    all("[data-part]", form).forEach(checkShare);
    one("[data-conflict] h2", form)?.focus({ preventScroll: true });
  });

  /* What was typed but not sent yet goes out when the page is left. */
  form.addEventListener("input", (event) => {
    const question = event.target.closest(".lz-q");
    if (question && /text|textarea/.test(event.target.type)) dirty.add(question.dataset.item);
  });
  addEventListener("pagehide", () =>
    dirty.forEach((item) => {
      const question = document.getElementById(item);
      const names = question.getAttribute("hx-params").split(",");
      const fields = [...new FormData(form).entries()].filter(([name]) => names.includes(name));
      send({ url: question.getAttribute("hx-post"), fields }, { keepalive: true }).catch(() => {});
    }),
  );
  form.addEventListener("submit", (event) => {
    dirty.clear();
    if (navigator.onLine) return;
    event.preventDefault();
    say("offline", words.offline);
  });

  /* ---- "None of these" and the states stand alone among tick boxes. Runs before htmx reads the form. ---- */
  document.addEventListener(
    "change",
    (event) => {
      const chosen = event.target;
      const question = chosen.closest(".lz-q");
      if (!question || chosen.type !== "checkbox" || !chosen.checked) return;
      all("input[type=checkbox]", one(".lz-choose", question)).forEach((other) => {
        if (other !== chosen && ("alone" in chosen.dataset || "alone" in other.dataset)) other.checked = false;
      });
    },
    true,
  );

  /* ---- Share of two figures against the chosen range. Ranges are left-open and compared without division;
     the answer is never chosen for the user. ---- */
  /* Full-width digits and commas between thousands are read as the server reads them. */
  const plain = (text) => {
    const narrow = text.normalize("NFKC").trim();
    return /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(narrow) ? narrow.replaceAll(",", "") : narrow;
  };
  const number = (text) => (/^\d+(\.\d+)?$/.test(plain(text)) ? Number(plain(text)) : NaN);
  const valueIn = (name) => document.getElementById(name)?.value || "";
  function checkShare(figures) {
    const question = figures.closest(".lz-q");
    const out = one("[data-share-out]", figures);
    const check = one(".lz-check", question);
    const typedWhole = figures.dataset.whole ? valueIn(figures.dataset.whole) : figures.dataset.fixedWhole;
    const typed = [valueIn(figures.dataset.part), typedWhole];
    const [part, whole] = typed.map(number);
    const show = (tone, text) => {
      check.className = `lz-check mb-3 ${tone}`;
      check.textContent = text;
    };
    out.textContent = "–";
    const unread = typed.find((text) => text.trim() && Number.isNaN(number(text)));
    if (unread) {
      show("warn fw-bold", words.shareNumber.replace("@", unread));
      return;
    }
    if (!(part >= 0) || !(whole > 0)) return;
    if (part > whole) {
      const label = one(`label[for="${figures.dataset.part}"]`, question);
      show("warn fw-bold", words.shareMax.replace("@", label.firstChild.textContent.trim()));
      return;
    }
    const share = `${((part / whole) * 100).toFixed(1)}%`;
    const choices = all(".lz-levels input", question);
    const fitting = figures.dataset.bins.split(",").findIndex((bound) => part * 100 <= Number(bound) * whole);
    const chosen = choices.findIndex((choice) => choice.checked);
    out.textContent = share;
    const range = one(".t", choices[fitting].closest(".lz-level")).textContent;
    if (chosen < 0) show("text-secondary", words.shareNone.replace("%", share));
    else if (chosen === fitting) show("up fw-bold", words.shareOk.replace("%", share));
    else show("warn fw-bold", words.shareBad.replace("%", share).replace("@", range));
  }
  const checkShares = () => all("[data-part]", form).forEach(checkShare);
  form.addEventListener("input", checkShares);
  form.addEventListener("change", checkShares);
  checkShares();

  /* ---- Keys: 0-5 choose or tick, D L N the states, J K next and previous. Off while typing; the switch is
     remembered (WCAG 2.1.4). ---- */
  const shortcuts = one("#shortcuts");
  try {
    if (shortcuts) shortcuts.checked = localStorage.getItem("lz-shortcuts") !== "off";
  } catch {
    /* no storage */
  }
  shortcuts?.addEventListener("change", () => {
    try {
      localStorage.setItem("lz-shortcuts", shortcuts.checked ? "on" : "off");
    } catch {
      /* no storage */
    }
  });
  const questions = () => all(".lz-q", form);
  let current = 0;
  document.addEventListener("focusin", (event) => {
    const index = questions().indexOf(event.target.closest(".lz-q"));
    if (index >= 0) current = index;
  });
  const isTyping = (target) =>
    /TEXTAREA|SELECT/.test(target.tagName) || (target.tagName === "INPUT" && !/radio|checkbox/.test(target.type));
  const press = (input) => {
    input.checked = input.type === "radio" || !input.checked;
    input.focus({ preventScroll: true });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const goTo = (index) => {
    const list = questions();
    current = Math.max(0, Math.min(list.length - 1, index));
    const question = list[current];
    (one("[data-key]:checked", question) || one("[data-key], button", question))?.focus({ preventScroll: true });
    question.scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !shortcuts?.checked) return;
    const key = event.key.toLowerCase();
    const input = /^[0-5dln]$/.test(key) && one(`[data-key="${key}"]:enabled`, questions()[current]);
    if (input) press(input);
    else if (key === "j" || key === "k") goTo(current + (key === "j" ? 1 : -1));
    else return;
    event.preventDefault();
  });
})();
