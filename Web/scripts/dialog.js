// Buttons with data-dialog open the dialog of that id; without scripts they are links or submit buttons of their own.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  } else if (event.target instanceof HTMLDialogElement && isOutside(event.target, event)) {
    event.target.close();
  }
});

function isOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// Buttons with data-confirm ask before their form is sent; the server asks nothing more.
document.addEventListener("submit", (event) => {
  const text = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (text && !window.confirm(text)) event.preventDefault();
});

// The button of a form that wants a name typed works once it stands there.
for (const field of document.querySelectorAll("input[data-must-equal]")) {
  const button = field.form?.querySelector("[data-needs-name]");
  if (!button) continue;
  const check = () => (button.disabled = field.value.trim() !== field.dataset.mustEqual);
  field.addEventListener("input", check);
  check();
}
