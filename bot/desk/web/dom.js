// Small means to build the page. What a person wrote only ever becomes a text node.

// el makes an element: properties that start with "on" are listeners, "class" and the rest are attributes; false and
// null are left out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return node;
}

const svgSpace = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const shapes = {
  send: "M4 12 20 4l-4.500 16-4-6.500zM20 4l-8.500 9.500",
  plus: "M12 5v14M5 12h14",
  photo: "M4 7.500A1.500 1.500 0 0 1 5.500 6H8l1.500-2h5L16 6h2.500A1.500 1.500 0 0 1 20 7.500v10a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500zM12 15.500a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400z",
  file: "M6.500 3.500H14l4.500 4.500v12.500h-12zM13.500 3.500V8.500h5M9 12.500h6M9 16h6",
  place: "M12 21s-6.500-5.600-6.500-11a6.500 6.500 0 0 1 13 0c0 5.400-6.500 11-6.500 11zM12 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600z",
  commands: "M9 5 6.500 19M17.500 5 15 19M4.500 9.500h16M3.500 14.500h16",
  reply: "M9.500 6 4 11.500 9.500 17M4 11.500h9.500A6.500 6.500 0 0 1 20 18v1",
  edit: "M4.500 19.500 5.500 15 16 4.500a2 2 0 0 1 3 3L8.500 18z",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v13M6 12.500 12 18.500l6-6",
  up: "M12 19V6M6 11.500 12 5.500l6 6",
  left: "M14.500 5 8 12l6.500 7",
  right: "M9.500 5 16 12l-6.500 7",
  check: "M5 12.500 10 17.500 19.500 7",
  clock: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2",
  link: "M9 15 19 5M12 5h7v7M18 14v4.500a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 4 18.500v-11A1.500 1.500 0 0 1 5.500 6H10",
};

// icon draws one of the page's own signs; words beside it or a label say what it means.
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: shapes[name] }));
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// nonce names a message or a press of this page; crypto.randomUUID is missing where the page has no TLS.
export function nonce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// recall and remember keep small things in the browser, where it lets them.
export function recall(name) {
  try {
    return localStorage.getItem(`otklik.desk.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`otklik.desk.${name}`, value);
  } catch {}
}
