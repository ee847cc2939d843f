/* Tables with tick boxes: "all", a bar that names the count, shift-click for a range; columns on and off. */
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  let last = null;
  const boxes = (table) => all("tbody input[type=checkbox]", table);
  const update = (table) => {
    const bar = document.querySelector(table.dataset.bulk);
    if (!bar) return;
    const count = boxes(table).filter((box) => box.checked).length;
    bar.hidden = count === 0;
    all("[data-count]", bar).forEach((place) => { place.textContent = count; });
  };
  document.addEventListener("click", (event) => {
    const table = event.target.closest("table[data-bulk]");
    if (!table || event.target.type !== "checkbox") return;
    const list = boxes(table);
    if ("all" in event.target.dataset) list.forEach((box) => { box.checked = event.target.checked; });
    else if (event.shiftKey && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(event.target)].sort((a, b) => a - b);
      list.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = event.target;
    update(table);
  });
  document.addEventListener("change", (event) => {
    const column = event.target.dataset.col;
    if (column) all(".col-" + column).forEach((cell) => { cell.hidden = !event.target.checked; });
  });
  const updateAll = () => all("table[data-bulk]").forEach(update);
  document.addEventListener("htmx:afterSwap", updateAll);
  updateAll();
})();
