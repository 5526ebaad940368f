// What answers is another host or another service than the page was made for: once it is made anew. Pages
// with charts ask that together with their lines.
document.addEventListener("sample", ({ detail }) => {
  const { key } = JSON.parse(detail.data);
  if (key === document.body.dataset.key || history.state === key) return;
  history.replaceState(key, "");
  location.reload();
});
