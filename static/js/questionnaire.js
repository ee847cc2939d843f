/* The questionnaire: save line, answers that wait on this device, choices that exclude each other, the share of
   two figures, keys. htmx sends each answer as it is given; without scripts the page is a plain form. */
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = one("#section-form");
  const words = one("#script-words")?.dataset;
  const queueName = one("[data-queue]")?.dataset.queue;
  if (!words || !queueName) return;

  /* ---- The save line: it never says "saved" before the server said so. ---- */
  const line = one("#save-line");
  let savedAt = 0;
  const say = (state, text) => {
    if (!line) return;
    line.dataset.s = state;
    one("span", line).textContent = text;
  };
  const saySaved = () => {
    const seconds = Math.round((Date.now() - savedAt) / 1000);
    const text = seconds < 5 ? words.justNow
      : seconds < 60 ? words.seconds.replace("%", seconds)
      : words.minutes.replace("%", Math.round(seconds / 60));
    say("saved", text);
  };
  setInterval(() => { if (savedAt && line?.dataset.s === "saved") saySaved(); }, 15000);

  /* ---- Answers that could not be sent are kept here, the latest per question, and sent again. ---- */
  const KEY = `lz-waiting:${queueName}`;
  const PAGE = String(Math.random());
  const RETRY_MS = 30000;
  const banner = one("#waiting");
  const readQueue = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
  const writeQueue = (queue) => {
    try { localStorage.setItem(KEY, JSON.stringify(queue)); } catch { /* private mode: the page still holds it */ }
    showBanner();
  };
  const keep = (item, url, fields, state = "waiting") => {
    const kept = fields.filter(([name]) => name !== "csrfmiddlewaretoken");
    writeQueue({ ...readQueue(), [item]: { url, fields: kept, state, page: PAGE } });
  };
  const forget = (item) => {
    const queue = readQueue();
    if (!(item in queue)) return;
    delete queue[item];
    writeQueue(queue);
  };
  let isSignedOut = false;
  const refusals = {};
  function showBanner() {
    if (!banner) return;
    const queue = readQueue();
    const items = Object.keys(queue);
    const elsewhere = items.filter((item) => queue[item].state === "conflict" && !document.getElementById(item));
    banner.hidden = !items.length && !Object.keys(refusals).length;
    one("[data-title]", banner).textContent = items.length === 1 ? words.waitingOne : words.waitingMany.replace("%", items.length);
    one("[data-words]", banner).textContent = isSignedOut ? words.signedOut : items.length ? words.waitingWords : "";
    one("[data-sign-in]", banner).hidden = !isSignedOut;
    one("[data-list]", banner).replaceChildren(...elsewhere.map((item) => {
      const entry = document.createElement("li");
      entry.textContent = `${item}: ${words.conflict}`;
      return entry;
    }), ...Object.entries(refusals).map(([item, text]) => {
      const entry = document.createElement("li");
      entry.textContent = `${item}: ${text}`;
      return entry;
    }));
    all("[data-needs-empty-queue]").forEach((button) => { button.disabled = items.length > 0; });
  }

  const csrf = () => one("[name=csrfmiddlewaretoken]")?.value || "";
  const send = (entry, options = {}) => fetch(entry.url, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": csrf() },
    body: new URLSearchParams(entry.fields),
    ...options,
  });
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

  let isReplaying = false;
  async function replay() {
    if (isReplaying) return;
    isReplaying = true;
    let mustReload = false;
    try {
      for (const [item, entry] of Object.entries(readQueue())) {
        const response = await send(entry);
        const outcome = response.headers.get("X-Answer");
        const html = await response.text();
        const question = document.getElementById(item);
        if (outcome === "saved") {
          forget(item);
          savedAt = Date.now();
          if (question && entry.page !== PAGE) mustReload = true;
          else if (question) one(".lz-status", question).innerHTML = html;
        } else if (outcome === "conflict") {
          keep(item, entry.url, entry.fields, "conflict");
          if (question && !("conflict" in question.dataset)) replaceQuestion(question, html);
        } else if (outcome === "refused" || outcome === "closed") {
          forget(item);
          refusals[item] = textOf(html);
        } else {
          isSignedOut = outcome === "signed-out";
          break;
        }
      }
    } catch { /* still no network */ }
    isReplaying = false;
    showBanner();
    const waits = Object.values(readQueue()).some((entry) => entry.state === "waiting");
    if (mustReload && !waits) location.reload();
    else if (!waits && savedAt) { countAnswered(); saySaved(); }
  }
  function replaceQuestion(question, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const panel = holder.content.firstElementChild;
    question.replaceWith(panel);
    window.htmx?.process(panel);
  }
  addEventListener("online", replay);
  one("[data-retry]")?.addEventListener("click", replay);
  setInterval(() => {
    if (Object.values(readQueue()).some((entry) => entry.state === "waiting")) replay();
  }, RETRY_MS);
  showBanner();
  if (Object.keys(readQueue()).length) replay();
  if (!form) return;

  /* ---- Following the requests of htmx ---- */
  const section = form.dataset.section;
  /* The element that asked: after a swap the event itself comes from further up. */
  const questionOf = (event) => event.detail.requestConfig?.elt.closest(".lz-q");
  const dirty = new Set();
  function countAnswered() {
    if (one("[data-conflict]", form)) return;
    const answered = all('[data-answered="1"]', form).length;
    const total = Number(form.dataset.total);
    all(`[data-count-of="${section}"]`).forEach((count) => {
      count.textContent = `${answered}/${total}`;
      count.classList.toggle("done", answered === total);
    });
  }
  const keepRequest = (question, detail) => {
    keep(question.dataset.item, detail.pathInfo.requestPath, [...detail.requestConfig.formData.entries()]);
    say("offline", words.offline);
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const question = questionOf(event);
    if (!question) return;
    dirty.delete(question.dataset.item);
    say("saving", words.saving);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const question = questionOf(event);
    if (question) keepRequest(question, event.detail);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const question = questionOf(event);
    if (!question) return;
    const { xhr } = event.detail;
    const outcome = xhr.getResponseHeader("X-Answer");
    event.detail.shouldSwap = ["saved", "shown", "conflict", "refused", "closed"].includes(outcome);
    event.detail.isError = false;
    all(".lz-refusal", question).forEach((old) => old.remove());
    if (outcome === "conflict") {
      event.detail.target = question;
      event.detail.swapOverride = "outerHTML";
    } else if (outcome === "refused" || outcome === "closed") {
      event.detail.swapOverride = "beforeend";
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const question = questionOf(event);
    const { xhr } = event.detail;
    if (!question || !xhr.status) return;
    const { item } = question.dataset;
    const outcome = xhr.getResponseHeader("X-Answer");
    if (outcome === "saved" || outcome === "shown") {
      forget(item);
      savedAt = Date.now();
      saySaved();
    } else if (outcome === "conflict") {
      const sent = event.detail.requestConfig.formData;
      keep(item, event.detail.pathInfo.requestPath, [...sent.entries()].filter(([name]) => name !== "whole"), "conflict");
      say("refused", words.refused);
    } else if (outcome === "refused" || outcome === "closed") {
      say("refused", words.refused);
    } else {
      isSignedOut = outcome === "signed-out";
      keepRequest(question, event.detail);
    }
  });
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
  addEventListener("pagehide", () => dirty.forEach((item) => {
    const question = document.getElementById(item);
    const names = question.getAttribute("hx-params").split(",");
    const fields = [...new FormData(form).entries()].filter(([name]) => names.includes(name));
    send({ url: question.getAttribute("hx-post"), fields }, { keepalive: true }).catch(() => {});
  }));
  form.addEventListener("submit", (event) => {
    dirty.clear();
    if (navigator.onLine) return;
    event.preventDefault();
    say("offline", words.offline);
  });

  /* ---- "None of these" and the states stand alone among tick boxes. Runs before htmx reads the form. ---- */
  document.addEventListener("change", (event) => {
    const chosen = event.target;
    const question = chosen.closest(".lz-q");
    if (!question || chosen.type !== "checkbox" || !chosen.checked) return;
    all("input[type=checkbox]", one(".lz-choose", question)).forEach((other) => {
      if (other !== chosen && ("alone" in chosen.dataset || "alone" in other.dataset)) other.checked = false;
    });
  }, true);

  /* ---- Share of two figures against the chosen range. Ranges are left-open and compared without division;
     the answer is never chosen for the user. ---- */
  const number = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN);
  const valueOf = (name) => document.getElementById(name)?.value || "";
  function checkShare(figures) {
    const question = figures.closest(".lz-q");
    const out = one("[data-share-out]", figures);
    const check = one(".lz-check", question);
    const part = number(valueOf(figures.dataset.part));
    const whole = number(figures.dataset.whole ? valueOf(figures.dataset.whole) : figures.dataset.fixedWhole);
    out.textContent = "–";
    if (!(part >= 0) || !(whole > 0)) return;
    const show = (tone, text) => {
      check.className = `lz-check mb-3 ${tone}`;
      check.textContent = text;
    };
    if (part > whole) { show("warn fw-bold", words.shareMax); return; }
    const share = `${(part / whole * 100).toFixed(1)}%`;
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
  try { if (shortcuts) shortcuts.checked = localStorage.getItem("lz-shortcuts") !== "off"; } catch { /* no storage */ }
  shortcuts?.addEventListener("change", () => {
    try { localStorage.setItem("lz-shortcuts", shortcuts.checked ? "on" : "off"); } catch { /* no storage */ }
  });
  const questions = () => all(".lz-q", form);
  let current = 0;
  document.addEventListener("focusin", (event) => {
    const index = questions().indexOf(event.target.closest(".lz-q"));
    if (index >= 0) current = index;
  });
  const isTyping = (target) => /TEXTAREA|SELECT/.test(target.tagName)
    || (target.tagName === "INPUT" && !/radio|checkbox/.test(target.type));
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
