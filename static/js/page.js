/* What every page has: theme switch, tables that scroll, print, copy, forms that send themselves. */
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* A table that scrolls sideways must be reachable by keyboard; one that does not must not add a tab stop. */
  const markScrollable = () =>
    all(".table-responsive").forEach((box) => {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });

  const switchTheme = () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("lz-theme", root.dataset.bsTheme);
    } catch {
      /* storage may be switched off */
    }
    document.dispatchEvent(new Event("lz:theme"));
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    button.lastChild.textContent = ` ${button.dataset.done}`;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-toggle],[data-print],[data-copy],[data-open-all]");
    if (!button) return;
    if ("themeToggle" in button.dataset) switchTheme();
    else if ("print" in button.dataset) print();
    else if ("openAll" in button.dataset)
      all("details", document.getElementById("main")).forEach((part) => {
        part.open = true;
      });
    else copy(button);
  });
  /* A select that says data-submit sends its form; the form's own button serves where scripts are off. */
  document.addEventListener("change", (event) => {
    if ("submit" in event.target.dataset) event.target.form.requestSubmit();
  });
  /* A part of the page on the whole screen, for the meeting room; its figures renew themselves there. */
  const RENEW_MS = 60000;
  all("[data-full-screen]").forEach((button) => {
    const part = document.getElementById(button.dataset.fullScreen);
    if (!document.fullscreenEnabled || !part) return;
    button.hidden = false;
    button.addEventListener("click", () => part.requestFullscreen());
    setInterval(() => {
      if (document.fullscreenElement === part) {
        window.htmx?.ajax("GET", location.href, { target: part, swap: "innerHTML" });
      }
    }, RENEW_MS);
  });
  addEventListener("resize", markScrollable);
  document.addEventListener("htmx:afterSwap", markScrollable);
  document.addEventListener("toggle", markScrollable, true);
  markScrollable();
  document.querySelector(".error-summary")?.focus();
})();
