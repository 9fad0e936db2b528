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

async function call(path, options) {
  const answer = await fetch(path, options); // throws where there is no connection
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

// often makes a request again until it gets through or is refused.
async function often(times, request) {
  for (let i = 1; ; i++) {
    try {
      return await request();
    } catch (fault) {
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

export const upload = (blob) =>
  often(3, () => call("/desk/photos", { method: "POST", headers: { "Content-Type": blob.type }, body: blob }));

// Outbox sends a chair's messages one after the other and remembers them across a reload of the page.
export class Outbox {
  constructor(chair, changed) {
    this.chair = chair;
    this.changed = changed; // called whenever the list or a state in it changes
    this.list = JSON.parse(recall(`outbox.${chair}`) ?? "[]");
    this.busy = false;
    this.ahead = Promise.resolve();
  }

  // follow lets what is written from now on leave when a request that was made before it has ended: the words may answer
  // what a press asks.
  follow(request) {
    this.ahead = Promise.allSettled([this.ahead, request]);
  }

  add(message) {
    this.list.push({ key: nonce(), time: Date.now(), ...message });
    this.keep();
    this.run();
  }

  drop(key) {
    this.list = this.list.filter((m) => m.key !== key);
    this.keep();
    this.run();
  }

  again(key) {
    const message = this.list.find((m) => m.key === key);
    if (message) delete message.error;
    this.keep();
    this.run();
  }

  keep() {
    remember(`outbox.${this.chair}`, JSON.stringify(this.list));
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
        this.list = this.list.filter((m) => m.key !== key);
        tries = 0;
        this.keep();
      } catch (fault) {
        if (fault instanceof Refusal) {
          message.error = fault.code;
          this.keep();
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
