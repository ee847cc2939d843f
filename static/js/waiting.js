/* Work that waits on this device: the save line, a queue that outlives the page, and following the requests of htmx.
   The questionnaire and the visit desk use it. A reply says in `X-Answer` how it went: saved, shown, conflict, refused,
   closed or signed-out; anything else counts as no network. A panel is the element of one item, with its code in
   `data-item` and as its id. */
window.Waiting = ({ queueName, words, panelOf, onAsk, onSaved, onKept, onReplayed }) => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

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
    const text =
      seconds < 5
        ? words.justNow
        : seconds < 60
          ? words.seconds.replace("%", seconds)
          : words.minutes.replace("%", Math.round(seconds / 60));
    say("saved", text);
  };
  setInterval(() => {
    if (savedAt && line?.dataset.s === "saved") saySaved();
  }, 15000);

  /* ---- Answers that could not be sent are kept here, the latest per item, and sent again. ---- */
  const KEY = `lz-waiting:${queueName}`;
  const PAGE = String(Math.random());
  const RETRY_MS = 30000;
  const banner = one("#waiting");
  const readQueue = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };
  const writeQueue = (queue) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(queue));
    } catch {
      /* private mode: the page still holds it */
    }
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
    one("[data-title]", banner).textContent =
      items.length === 1 ? words.waitingOne : words.waitingMany.replace("%", items.length);
    one("[data-words]", banner).textContent = isSignedOut ? words.signedOut : items.length ? words.waitingWords : "";
    one("[data-sign-in]", banner).hidden = !isSignedOut;
    one("[data-list]", banner).replaceChildren(
      ...elsewhere.map((item) => {
        const entry = document.createElement("li");
        entry.textContent = `${item}: ${words.conflict}`;
        return entry;
      }),
      ...Object.entries(refusals).map(([item, text]) => {
        const entry = document.createElement("li");
        entry.textContent = `${item}: ${text}`;
        return entry;
      }),
    );
    all("[data-needs-empty-queue]").forEach((button) => {
      button.disabled = items.length > 0;
    });
  }

  const csrf = () => one("[name=csrfmiddlewaretoken]")?.value || "";
  const send = (entry, options = {}) =>
    fetch(entry.url, {
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
        const panel = document.getElementById(item);
        if (outcome === "saved") {
          forget(item);
          savedAt = Date.now();
          if (panel && entry.page !== PAGE) mustReload = true;
          else if (panel) onSaved(panel, html, replacePanel);
        } else if (outcome === "conflict") {
          keep(item, entry.url, entry.fields, "conflict");
          if (panel && !("conflict" in panel.dataset)) replacePanel(panel, html);
        } else if (outcome === "refused" || outcome === "closed") {
          forget(item);
          refusals[item] = textOf(html);
        } else {
          isSignedOut = outcome === "signed-out";
          break;
        }
      }
    } catch {
      /* still no network */
    }
    isReplaying = false;
    showBanner();
    const waits = Object.values(readQueue()).some((entry) => entry.state === "waiting");
    if (mustReload && !waits) location.reload();
    else if (!waits && savedAt) {
      onReplayed();
      saySaved();
    }
  }
  function replacePanel(panel, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.firstElementChild;
    panel.replaceWith(fresh);
    window.htmx?.process(fresh);
  }
  addEventListener("online", replay);
  one("[data-retry]")?.addEventListener("click", replay);
  setInterval(() => {
    if (Object.values(readQueue()).some((entry) => entry.state === "waiting")) replay();
  }, RETRY_MS);
  showBanner();
  if (Object.keys(readQueue()).length) replay();
  /* ---- Following the requests of htmx ---- */
  const keepRequest = (panel, detail) => {
    keep(panel.dataset.item, detail.pathInfo.requestPath, [...detail.requestConfig.formData.entries()]);
    say("offline", words.offline);
    onKept(panel);
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const panel = panelOf(event);
    if (!panel) return;
    onAsk(panel.dataset.item);
    say("saving", words.saving);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const panel = panelOf(event);
    if (panel) keepRequest(panel, event.detail);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const panel = panelOf(event);
    if (!panel) return;
    const { xhr } = event.detail;
    const outcome = xhr.getResponseHeader("X-Answer");
    event.detail.shouldSwap = ["saved", "shown", "conflict", "refused", "closed"].includes(outcome);
    event.detail.isError = false;
    for (const old of all(".lz-refusal", panel)) old.remove();
    if (outcome === "conflict") {
      event.detail.target = panel;
      event.detail.swapOverride = "outerHTML";
    } else if (outcome === "refused" || outcome === "closed") {
      event.detail.swapOverride = "beforeend";
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const panel = panelOf(event);
    const { xhr } = event.detail;
    if (!panel || !xhr.status) return;
    const { item } = panel.dataset;
    const outcome = xhr.getResponseHeader("X-Answer");
    if (outcome === "saved" || outcome === "shown") {
      forget(item);
      savedAt = Date.now();
      saySaved();
    } else if (outcome === "conflict") {
      const sent = event.detail.requestConfig.formData;
      keep(
        item,
        event.detail.pathInfo.requestPath,
        [...sent.entries()].filter(([name]) => name !== "whole"),
        "conflict",
      );
      say("refused", words.refused);
    } else if (outcome === "refused" || outcome === "closed") {
      say("refused", words.refused);
    } else {
      isSignedOut = outcome === "signed-out";
      keepRequest(panel, event.detail);
    }
  });

  return { say, saySaved, send, isEmpty: () => !Object.keys(readQueue()).length };
};
