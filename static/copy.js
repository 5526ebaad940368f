// Copy buttons: they show where there is a clipboard, and take the text before them.
if (navigator.clipboard !== undefined) {
  const COPIED_MS = 1500;

  document.documentElement.dataset.copy = "";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button === null) return;
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
    setTimeout(() => button.textContent = "Copy", COPIED_MS);
  });
}
