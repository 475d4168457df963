// The test page of a service: the answer is shown word by word, and can be cancelled. Without it the form shows it whole.

const form = document.querySelector("[data-service-test]");
const field = (name) => form.elements.namedItem(name);
const button = form.querySelector("button.primary");
const cancel = form.querySelector("[data-cancel]");
const fault = form.querySelector("[data-fault]");
let running = null;

function turn(who, text, isOwn) {
  const item = document.createElement("li");
  if (isOwn) item.dataset.own = "";
  const name = Object.assign(document.createElement("strong"), { textContent: who });
  const said = Object.assign(document.createElement("p"), { textContent: text });
  item.append(name, said);
  form.querySelector("[data-turns]").append(item);
  return said;
}

// Where the words go: a new turn of a chat, or the answer below.
function place(asked) {
  if (field("task").value === "chat") {
    turn(form.dataset.you, asked, true);
    const said = turn(form.dataset.model, "");
    said.setAttribute("aria-live", "polite");
    said.scrollIntoView({ block: "nearest" });
    return said;
  }
  document.querySelector("[data-answer-part]").hidden = false;
  const answer = document.querySelector("[data-answer]");
  answer.textContent = "";
  return answer;
}

// The events of a stream, as they come.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split(/\r?\n\r?\n/);
    rest = parts.pop();
    for (const part of parts) {
      const data = part.replace(/^data: ?/, "");
      if (data !== "[DONE]") yield JSON.parse(data);
    }
  }
}

async function ask() {
  const asked = field("text").value.trim();
  fault.textContent = "";
  running = new AbortController();
  [button.disabled, cancel.hidden] = [true, false];
  let said = null;
  try {
    const response = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/event-stream" }, signal: running.signal,
    });
    if (!response.ok) throw new Error((await response.json()).error?.message ?? form.dataset.failed);
    said = place(asked);
    for await (const event of events(response)) {
      if (event.error) throw new Error(event.error.message);
      const choice = event.choices?.[0];
      said.textContent += choice?.delta?.content ?? choice?.text ?? "";
    }
  } catch (error) {
    if (error.name !== "AbortError") fault.textContent = error instanceof TypeError || error instanceof SyntaxError ? form.dataset.failed : error.message;
  }
  running = null;
  [button.disabled, cancel.hidden] = [false, true];
  if (said && field("task").value === "chat") remember(asked, said.textContent);
}

function remember(asked, said) {
  const history = JSON.parse(field("history").value || "[]");
  if (said) history.push({ role: "user", content: asked }, { role: "assistant", content: said });
  field("history").value = JSON.stringify(history.slice(-50));
  field("text").value = "";
  field("text").focus();
}

form.addEventListener("submit", (event) => {
  // Vectors are shown as a table, and the conversation begins anew, by the server.
  if (field("task").value === "embeddings" || event.submitter?.name === "clear") return;
  event.preventDefault();
  if (!running && field("text").value.trim()) ask();
});

cancel.addEventListener("click", () => running?.abort());

field("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || field("task").value !== "chat") return;
  event.preventDefault();
  form.requestSubmit(button);
});
