// The words of an answer as they come: OpenAI's chat completions as server-sent events.

async function* texts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}

// `failed` is said where there is nothing better to say.
export async function* answerOf(address, { body, csrf, failed, signal }) {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream", "X-CSRF-Token": csrf };
  const response = await fetch(address, { method: "POST", signal, headers, body }).catch((error) => {
    throw error.name === "AbortError" ? error : new Error(failed);
  });
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? failed);
  let rest = "";
  let isWhole = false;
  for await (const text of texts(response.body)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      const event = JSON.parse(data);
      if (event.error) throw new Error(failed);
      const choice = event.choices?.[0];
      if (choice?.delta?.content) yield choice.delta.content;
      isWhole ||= Boolean(choice?.finish_reason);
    }
  }
  if (!isWhole) throw new Error(failed);
}
