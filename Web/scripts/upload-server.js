// Asks /api/v1; refusals carry the sentence of the problem, and say whether another try may help.

export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.mayPass = status === 0 || status === 408 || status === 429 || status >= 500;
  }
}

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

export async function ask(method, path, body, signal) {
  const isRaw = body instanceof Blob;
  const headers = { "X-CSRF-Token": token() };
  if (body) headers["Content-Type"] = isRaw ? "application/octet-stream" : "application/json";
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, { method, headers, signal, body: isRaw || !body ? body : JSON.stringify(body) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal(0, error.message);
  }
  const type = answer.headers.get("Content-Type") ?? "";
  const content = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refusal(answer.status, content?.detail ?? answer.statusText);
  return content;
}

const WAITS = [500, 1000, 2000, 4000, 8000, 15000, 30000];

// As ask, again and again while the server is away or busy.
export async function askPatiently(method, path, body, signal) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(method, path, body, signal);
    } catch (error) {
      if (signal?.aborted || !error.mayPass || attempt === WAITS.length) throw error;
      await new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, WAITS[attempt]);
        signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
      });
    }
  }
}
