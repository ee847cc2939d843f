/* Evidence beside a question: files are sent one by one with their progress, also from a drop or several at once.
   Without scripts the same forms work as they stand. */
(() => {
  const words = document.querySelector("#evidence-words")?.dataset;
  if (!words) return;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const fill = (text, name, number = "") => text.replace("@", name).replace("#", number);
  const formOf = (box) => document.getElementById(`evidence-${box.dataset.evidence}`);
  const boxOf = (element) => element.closest("[data-evidence]");
  const tokenOf = (box) => one("[name=csrfmiddlewaretoken]", formOf(box)).value;
  const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;
  const say = (box, text) => {
    one("[data-evidence-said]", box).textContent = text;
  };

  function show(box, html) {
    const list = one("[data-evidence-list]", box);
    list.innerHTML = html;
    const count = one("[data-count]", list)?.dataset.count;
    one("[data-evidence-count]", box.closest("details")).textContent = count ? ` (${count})` : "";
  }

  /* ---- A row for each file until the server has it. ---- */
  const queue = [];
  let isSending = false;
  function addRow(box, file) {
    const element = document.createElement("li");
    element.className = "lz-file flex-wrap";
    const name = document.createElement("span");
    name.className = "flex-fill text-truncate";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const state = document.createElement("span");
    state.className = "small text-secondary text-wrap w-100";
    state.textContent = words.queued;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm";
    again.textContent = words.again;
    again.hidden = true;
    const leave = document.createElement("button");
    leave.type = "button";
    leave.className = "btn btn-icon btn-sm";
    leave.setAttribute("aria-label", fill(words.dismiss, file.name));
    leave.textContent = "×";
    leave.hidden = true;
    element.append(name, bar, again, leave, state);
    one("[data-evidence-queue]", box).append(element);
    const row = { box, file, element, bar, state, again, leave, waits: true };
    again.addEventListener("click", () => {
      retry(row);
    });
    leave.addEventListener("click", () => {
      queue.splice(queue.indexOf(row), 1);
      element.remove();
    });
    queue.push(row);
    box.closest("details").open = true;
    if (file.size > Number(box.dataset.limit))
      stop(row, words.tooLarge.replace("#", megabytes(box.dataset.limit)), false);
  }
  function stop(row, text, canRetry = true) {
    row.waits = false;
    row.bar.hidden = true;
    row.again.hidden = !canRetry;
    row.leave.hidden = false;
    row.state.textContent = text;
    row.state.className = "small fw-bold down text-wrap w-100";
    say(row.box, `${row.file.name}: ${text}`);
  }
  function retry(row) {
    row.waits = true;
    row.bar.hidden = false;
    row.again.hidden = row.leave.hidden = true;
    row.state.className = "small text-secondary text-wrap w-100";
    row.state.textContent = words.queued;
    next();
  }
  function next() {
    const row = queue.find((entry) => entry.waits);
    if (isSending || !row) return;
    isSending = true;
    const request = new XMLHttpRequest();
    const done = () => {
      isSending = false;
      next();
    };
    request.open("POST", formOf(row.box).action);
    request.setRequestHeader("X-CSRFToken", tokenOf(row.box));
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      row.bar.value = percent;
      row.state.textContent =
        percent < 100 ? fill(words.sending, row.file.name, `${percent} %`) : fill(words.checking, row.file.name);
    });
    request.addEventListener("load", () => {
      const outcome = request.getResponseHeader("X-Evidence");
      if (outcome === "stored") {
        queue.splice(queue.indexOf(row), 1);
        row.element.remove();
        show(row.box, request.responseText);
        say(row.box, fill(words.stored, row.file.name));
      } else if (outcome === "refused") stop(row, request.responseText, request.status === 507);
      else if (outcome === "signed-out") stop(row, words.signedOut);
      else stop(row, fill(words.failed, row.file.name));
      done();
    });
    request.addEventListener("error", () => {
      stop(row, fill(words.offline, row.file.name));
      row.isOffline = true;
      done();
    });
    const data = new FormData();
    data.append("file", row.file, row.file.name);
    request.send(data);
  }
  addEventListener("online", () =>
    queue
      .filter((row) => row.isOffline)
      .forEach((row) => {
        row.isOffline = false;
        retry(row);
      }),
  );
  addEventListener("beforeunload", (event) => {
    if (queue.some((row) => row.waits || row.isOffline)) event.preventDefault();
  });

  const add = (box, files) => {
    for (const file of files) addRow(box, file);
    next();
  };
  const prepare = (box) =>
    all("input[type=file]", box).forEach((input) => {
      input.multiple = true;
      input.className = "sr";
      one("[data-evidence-send]", box).hidden = true;
    });
  all("[data-evidence]").forEach(prepare);
  /* A question that a conflict replaced comes back from the server as it was without scripts. */
  document.addEventListener("htmx:afterSwap", () => all("[data-evidence]").forEach(prepare));
  document.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !boxOf(event.target)) return;
    add(boxOf(event.target), event.target.files);
    event.target.value = "";
  });
  for (const name of ["dragover", "drop"])
    document.addEventListener(name, (event) => {
      const drop = event.target.closest?.("[data-evidence] .lz-drop");
      if (!drop) return;
      event.preventDefault();
      if (name === "drop") add(boxOf(drop), event.dataTransfer.files);
    });

  /* ---- A picture is shown in the page; without scripts its link saves the file. ---- */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-evidence] a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const viewer = document.createElement("dialog");
    viewer.className = "lz-picture";
    viewer.setAttribute("aria-label", link.textContent);
    const picture = new Image();
    picture.src = link.href;
    picture.alt = link.textContent;
    const bar = document.createElement("form");
    bar.method = "dialog";
    bar.className = "d-flex flex-wrap gap-2 align-items-center";
    const name = document.createElement("span");
    name.className = "flex-fill text-break";
    name.textContent = link.textContent;
    const save = document.createElement("a");
    save.className = "btn btn-sm";
    save.href = link.href;
    save.textContent = words.save;
    const close = document.createElement("button");
    close.className = "btn btn-sm btn-primary";
    close.autofocus = true;
    close.textContent = words.close;
    bar.append(name, save, close);
    viewer.append(picture, bar);
    viewer.addEventListener("click", (clicked) => {
      if (clicked.target === viewer) viewer.close();
    });
    viewer.addEventListener("close", () => {
      viewer.remove();
      link.focus();
    });
    document.body.append(viewer);
    viewer.showModal();
  });

  /* ---- Remove, undo, use again. ---- */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-evidence-change]");
    if (!button) return;
    event.preventDefault();
    const box = boxOf(button);
    const body = new FormData();
    if (button.name) body.append(button.name, button.value);
    button.disabled = true;
    try {
      const response = await fetch(button.hasAttribute("formaction") ? button.formAction : formOf(box).action, {
        method: "POST",
        body,
        headers: { "HX-Request": "true", "X-CSRFToken": tokenOf(box) },
      });
      const text = await response.text();
      const outcome = response.headers.get("X-Evidence");
      if (outcome === "stored") {
        show(box, text);
        (one("[data-evidence-undo]", box) || one("a, input[type=file]", box))?.focus();
        return;
      }
      say(box, outcome ? text : fill(words.failed, ""));
      one("[data-evidence-said]", box).className = "small fw-bold down mt-2 mb-0";
    } catch {
      say(box, words.offline.split(". ")[0]);
      one("[data-evidence-said]", box).className = "small fw-bold down mt-2 mb-0";
    }
    button.disabled = false;
  });
})();
