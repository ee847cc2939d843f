/* The budget beside its slider while it is being moved; the server works out the rest. The button that saves the
   steps as a plan sends the form itself: its click is kept from the script that asks what-if questions. */
(() => {
  document.addEventListener("input", (event) => {
    if (!("budget" in event.target.dataset)) return;
    const yuan = Number(event.target.value) * 1000;
    document.getElementById("way-up-budget-shown").textContent = `¥${yuan.toLocaleString("en")}`;
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.submitter && event.submitter.formMethod === "post") event.stopImmediatePropagation();
    },
    true,
  );
})();
