// A sketch of the region: its places as dots, north up. No tiles and no outside address.
import { places } from "./api.js";
import { svg } from "./dom.js";

let known; // the places of the region, asked for once

export function region() {
  known ??= places("").catch(() => {
    known = undefined;
    return [];
  });
  return known;
}

// A degree of longitude is shorter than one of latitude; flat takes that into account around a latitude.
export class Frame {
  constructor(south, west, north, east, width, height) {
    this.flat = Math.cos((((south + north) / 2) * Math.PI) / 180);
    this.scale = Math.min(width / ((east - west) * this.flat), height / (north - south));
    this.lat = (south + north) / 2;
    this.lon = (west + east) / 2;
    this.width = width;
    this.height = height;
  }
  x(lon) {
    return this.width / 2 + (lon - this.lon) * this.flat * this.scale;
  }
  y(lat) {
    return this.height / 2 - (lat - this.lat) * this.scale;
  }
  at(x, y) {
    return { lat: this.lat - (y - this.height / 2) / this.scale, lon: this.lon + (x - this.width / 2) / (this.flat * this.scale) };
  }
  holds(p, by = 0) {
    const x = this.x(p.lon);
    const y = this.y(p.lat);
    return x > by && y > by && x < this.width - by && y < this.height - by;
  }
}

export function around(list, width, height) {
  const lats = list.map((p) => p.lat);
  const lons = list.map((p) => p.lon);
  const [s, n, w, e] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)];
  const pad = 0.06;
  return new Frame(s - (n - s || 0.1) * pad, w - (e - w || 0.1) * pad, n + (n - s || 0.1) * pad, e + (e - w || 0.1) * pad, width, height);
}

export const pin = (x, y) => svg("path", { class: "pin", d: "M0 0c-4-7-8-10-8-15a8 8 0 0 1 16 0c0 5-4 8-8 15zM0-12.500a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600z", transform: `translate(${x} ${y})` });

// lines is a faint grid that makes the emptiness of a sketch readable as ground.
export function lines(frame, step) {
  const group = svg("g", { class: "grid" });
  const { width, height } = frame;
  const wide = step / frame.flat;
  const nw = frame.at(0, 0);
  const se = frame.at(width, height);
  for (let lon = Math.ceil(nw.lon / wide) * wide; lon < se.lon; lon += wide) group.append(svg("path", { d: `M${frame.x(lon)} 0V${height}` }));
  for (let lat = Math.ceil(se.lat / step) * step; lat < nw.lat; lat += step) group.append(svg("path", { d: `M0 ${frame.y(lat)}H${width}` }));
  return group;
}

export function nearest(list, p) {
  let best = null;
  for (const q of list) {
    const d = (q.lat - p.lat) ** 2 + ((q.lon - p.lon) * Math.cos((p.lat * Math.PI) / 180)) ** 2;
    if (!best || d < best.d) best = { d, place: q, km: Math.sqrt(d) * 111 };
  }
  return best;
}

// labels draws places as dots, and the names that find room: beside no other dot and over no other name.
export function labels(list, frame, kept = []) {
  const marks = list.filter((q) => frame.holds(q, 4)).map((q) => ({ q, x: frame.x(q.lon), y: frame.y(q.lat) }));
  const taken = [...kept, ...marks.map(({ x, y }) => ({ l: x - 4, r: x + 4, t: y - 4, b: y + 4 }))];
  const names = [];
  for (const { q, x, y } of marks) {
    const wide = q.name.length * 9.2 + 4;
    for (const left of [false, true]) {
      const box = { l: left ? x - 6 - wide : x + 6, r: left ? x - 6 : x + 6 + wide, t: y - 11, b: y + 9 };
      if (box.l < 2 || box.r > frame.width - 2 || box.t < 2 || box.b > frame.height - 2) continue;
      if (taken.some((o) => box.l < o.r && box.r > o.l && box.t < o.b && box.b > o.t)) continue;
      taken.push(box);
      names.push(svg("text", { x: left ? x - 7 : x + 7, y: y + 5, "text-anchor": left ? "end" : "start" }, q.name));
      break;
    }
  }
  return [...names, ...marks.map(({ x, y }) => svg("circle", { class: "dot", cx: x, cy: y, r: 3 }))];
}

// sketch is the small picture of a point among the places around it, as wide as there is room.
export function sketch(p) {
  const [height, reach] = [104, 0.42];
  const picture = svg("svg", { class: "sketch", height, "aria-hidden": "true" });
  const paint = async (width) => {
    const frame = new Frame(p.lat - reach, p.lon - 0.1, p.lat + reach, p.lon + 0.1, width, height);
    const middle = { l: width / 2 - 12, r: width / 2 + 12, t: height / 2 - 22, b: height / 2 + 6 };
    const list = await region();
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.replaceChildren(lines(frame, 0.2), ...labels(list, frame, [middle]), pin(width / 2, height / 2));
  };
  let shown = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    if (width && width !== shown) paint((shown = width));
  }).observe(picture);
  return picture;
}
