// Asks /api/v1; refusals carry the sentence of the problem, and say whether another try may help.

// The codes of problems that no other try, no commit and no removal of other files can help.
export const NEVER_TAKEN = ["path-invalid", "file-too-large", "upload-size-invalid"];

export class Refusal extends Error {
  constructor(status, detail, code) {
    super(detail);
    this.status = status;
    // Of the same request, soon.
    this.mayPass = status === 0 || status === 408 || status === 429 || (status >= 500 && status !== 507);
    // What is wrong with the file itself stays wrong: its name, its size.
    this.isFinal = NEVER_TAKEN.includes(code);
    this.isSignedOut = status === 401;
  }
}

const field = () => document.querySelector("input[name=csrf_token]");

// The session may have been renewed on another page; then its token is a new one.
export async function renew() {
  const answer = await fetch("/api/v1/session", { headers: { Accept: "application/json" } }).catch(() => null);
  const token = answer?.ok ? (await answer.json()).csrfToken : null;
  if (token && field()) field().value = token;
  return Boolean(token);
}

// One request. `told` hears how many bytes of the body have left, which fetch cannot say.
function send(method, path, body, signal, told) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    request.open(method, `/api/v1/${path}`);
    request.setRequestHeader("X-CSRF-Token", field()?.value ?? "");
    request.setRequestHeader("Accept", "application/json");
    if (body) request.setRequestHeader("Content-Type", body instanceof Blob ? "application/octet-stream" : "application/json");
    if (told) request.upload.onprogress = (event) => told(event.loaded);
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop, { once: true });
    request.onloadend = () => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) return reject(signal.reason);
      let content = null;
      try {
        content = JSON.parse(request.responseText);
      } catch {
        // No body, or one for people.
      }
      if (request.status >= 200 && request.status < 300) return resolve(content);
      reject(new Refusal(request.status, content?.detail ?? (request.status ? `HTTP ${request.status}` : ""), content?.type?.split("/").pop()));
    };
    request.send(body && !(body instanceof Blob) ? JSON.stringify(body) : body);
  });
}

export async function ask(method, path, body, signal, told) {
  try {
    return await send(method, path, body, signal, told);
  } catch (error) {
    if (!(error instanceof Refusal) || ![401, 403].includes(error.status)) throw error;
    if (await renew()) return send(method, path, body, signal, told);
    throw new Refusal(401, error.message);
  }
}

const WAITS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 60000, 60000];

// As ask, again and again while the server is away or busy.
export async function askPatiently(method, path, body, signal, told) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(method, path, body, signal, told);
    } catch (error) {
      if (signal?.aborted || !error.mayPass || attempt === WAITS.length) throw error;
      told?.(0);
      await new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, WAITS[attempt]);
        signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
      });
    }
  }
}
