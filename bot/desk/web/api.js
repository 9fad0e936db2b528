// Requests to the program. A message is kept by the page until the program has confirmed it.
import { nonce, recall, remember } from "./dom.js";
import { lang } from "./words.js";

// Refusal is an answer that no repeat would change; code picks its words.
export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// patience is how long an answer may take, in milliseconds: a program that hangs is as good as none.
const patience = 20_000;

async function call(path, options, limit = patience) {
  const answer = await fetch(path, { ...options, signal: AbortSignal.timeout(limit) }); // throws where there is no connection
  if (answer.ok) return answer.json();
  if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`);
  const said = await answer.json().catch(() => ({}));
  throw new Refusal(said.error ?? "bad");
}

const post = (chair, verb, body) =>
  call(`/desk/chairs/${chair}/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, lang }),
  });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// often makes a request again until it gets through, is refused or has failed too many times.
async function often(times, request, failed) {
  for (let i = 1; ; i++) {
    try {
      return await request();
    } catch (fault) {
      failed?.(i);
      if (fault instanceof Refusal || i >= times) throw fault;
      await pause(Math.min(400 * 2 ** i, 5000));
    }
  }
}

export const press = (chair, ref, data, key) => often(4, () => post(chair, "press", { key, ref: String(ref), data }));

export function edit(chair, ref, text) {
  const key = nonce();
  return often(4, () => post(chair, "edit", { key, ref: String(ref), text }));
}

export const places = (query) => call(`/desk/places?q=${encodeURIComponent(query)}`);

// upload does not give up; failed is told how many tries have failed, and may throw to end it.
export const upload = (blob, failed) =>
  often(Infinity, () => call("/desk/photos", { method: "POST", headers: { "Content-Type": blob.type }, body: blob }, 90_000), failed);

// Outbox sends a chair's messages one after the other and remembers them across a reload of the page.
export class Outbox {
  constructor(chair, changed) {
    this.chair = chair;
    this.changed = changed; // called whenever the list or a state in it changes
    this.name = `outbox.${chair}`;
    this.list = this.stored();
    this.own = new Set(); // keys of what this tab has sent
    this.busy = false;
    this.ahead = Promise.resolve();
  }

  // follow lets what is written from now on leave when a request that was made before it has ended: the words may answer
  // what a press asks.
  follow(request) {
    this.ahead = Promise.allSettled([this.ahead, request]);
  }

  add(message) {
    message = { key: nonce(), time: Date.now(), ...message };
    this.own.add(message.key);
    this.list.push(message);
    this.keep((list) => [...list, message]);
    this.run();
  }

  drop(key) {
    this.list = this.list.filter((m) => m.key !== key);
    this.keep((list) => list.filter((m) => m.key !== key));
    this.run();
  }

  again(key) {
    const message = this.list.find((m) => m.key === key);
    if (message) this.judge(message, undefined);
    this.run();
  }

  judge(message, error) {
    message.error = error;
    this.keep((list) => list.map((m) => (m.key === message.key ? { ...m, error } : m)));
  }

  stored() {
    return JSON.parse(recall(this.name) ?? "[]");
  }

  // keep makes one change in what is stored: other tabs keep their messages there, too.
  keep(change) {
    remember(this.name, JSON.stringify(change(this.stored())));
    this.changed();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    for (let tries = 0; ; ) {
      await this.ahead;
      const message = this.list.find((m) => !m.error);
      if (!message) break;
      const { key, text, photos, location, reply } = message;
      try {
        await post(this.chair, "say", { key, text, photos: photos?.map((p) => p.id), location, reply });
        tries = 0;
        this.list = this.list.filter((m) => m.key !== key);
        this.keep((list) => list.filter((m) => m.key !== key));
      } catch (fault) {
        if (fault instanceof Refusal) {
          this.judge(message, fault.code);
        } else {
          message.late = true;
          this.changed();
          await pause(Math.min(500 * 2 ** tries++, 8000));
        }
      }
    }
    this.busy = false;
  }
}
