/* Ticks in the list of companies: a range with Shift, all of the page at once, and how many are ticked. */
(() => {
  const ticks = () => [...document.querySelectorAll("input[name=pick]")];
  let last = null;

  const show = () => {
    const form = document.querySelector("[data-bulk]");
    if (!form) return;
    const words = form.querySelector("[data-bulk-count]");
    words.dataset.none ??= words.textContent;
    const all = form.querySelector("[data-bulk-all]").checked;
    const ticked = ticks().filter((tick) => tick.checked).length;
    words.hidden = all;
    words.textContent = ticked ? words.dataset.bulkCount.replace("#", ticked) : words.dataset.none;
    ticks().forEach((tick) => {
      tick.disabled = all;
    });
    const page = document.querySelector("[data-bulk-page]");
    if (!page) return;
    page.disabled = all;
    page.checked = ticked > 0 && ticked === ticks().length;
    page.indeterminate = ticked > 0 && !page.checked;
  };

  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-bulk-page]")) {
      ticks().forEach((tick) => {
        tick.checked = event.target.checked;
      });
    } else if (event.target.matches("input[name=pick]")) {
      const list = ticks();
      const [from, to] = [list.indexOf(last), list.indexOf(event.target)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) {
        list.slice(from, to + 1).forEach((tick) => {
          tick.checked = event.target.checked;
        });
      }
      last = event.target;
    } else if (!event.target.matches("[data-bulk-all]")) return;
    show();
  });
  document.addEventListener("htmx:afterSwap", () => {
    last = null;
    show();
  });
  show();
})();
