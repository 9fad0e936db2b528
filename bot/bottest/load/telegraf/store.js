// What the bot keeps: sessions, and the incidents with their numbers.
import Database from 'better-sqlite3'

// open opens a database, and makes what is not there yet.
export function open(path) {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  // Durable: each commit is on the disk before it returns. NORMAL, which is much advised with WAL, loses the last
  // commits with the power, and what a person was told of would be among them.
  db.pragma('synchronous = FULL')
  db.exec(`
    CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, session TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS incidents (
      number INTEGER PRIMARY KEY, person INTEGER NOT NULL, topic TEXT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL,
      created INTEGER NOT NULL);
    INSERT OR IGNORE INTO counters VALUES ('incident', 0);`)
  return db
}

// sessions is a store for Telegraf's session().
export function sessions(db) {
  const get = db.prepare('SELECT session FROM sessions WHERE key = ?').pluck()
  const set = db.prepare('INSERT INTO sessions VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET session = excluded.session')
  const del = db.prepare('DELETE FROM sessions WHERE key = ?')
  return {
    get: (key) => {
      const session = get.get(key)
      return session === undefined ? undefined : JSON.parse(session)
    },
    set: (key, session) => void set.run(key, JSON.stringify(session)),
    delete: (key) => void del.run(key),
  }
}

// recorder gives the function that records an incident and returns its number, which is issued in the same transaction.
export function recorder(db) {
  const next = db.prepare(`UPDATE counters SET last = last + 1 WHERE name = 'incident' RETURNING last`).pluck()
  const insert = db.prepare('INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?)')
  return db.transaction((person, { topic, place, text }) => {
    const number = next.get()
    insert.run(number, person, topic, place, text, Date.now())
    return number
  }).immediate
}
