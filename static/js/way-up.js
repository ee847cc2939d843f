/* The budget beside its slider while it is being moved; the server works out the rest. */
(() => {
  document.addEventListener("input", (event) => {
    if (!("budget" in event.target.dataset)) return;
    const yuan = Number(event.target.value) * 1000;
    document.getElementById("way-up-budget-shown").textContent = "¥" + yuan.toLocaleString("en");
  });
})();
