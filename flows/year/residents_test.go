package year

import (
	"fmt"
	"time"

	"otklik/storage"
)

func (w *world) confirm(l *life) {
	if l.state != storage.Closed || l.solved {
		return
	}
	w.desk.press(l.author, w.times(), "follow:yes:%d", l.number)
	l.goes(w.desk.now, "confirm", l.state, note{})
	l.solved = true
	w.did(l, "confirm")
}

func (w *world) marks(l *life) {
	mark := 1 + w.rng.IntN(5)
	if l.state != storage.Closed || l.mark == mark {
		return
	}
	w.desk.press(l.author, w.times(), "follow:mark:%d:%d", l.number, mark)
	l.goes(w.desk.now, "mark", l.state, note{text: fmt.Sprint(mark), was: l.mark})
	l.mark = mark
	w.did(l, "mark")
}

// dispute brings it back to the body with a new clock.
func (w *world) dispute(l *life) {
	if l.state != storage.Closed {
		return
	}
	now := w.desk.now
	w.desk.press(l.author, w.times(), "follow:no:%d", l.number)
	w.desk.write(l.author, w.times(), "Ничего не сделано.")
	w.desk.answer(l.author, "s")
	l.goes(now, "dispute", storage.Assigned, note{})
	l.disputes++
	l.promise, l.answering, l.solved = time.Time{}, time.Time{}, false
	l.clock(now)
	w.says(l, "dispute", l.disputes, 2)
	w.did(l, "dispute")
	w.planned(l, 15*time.Hour, true, w.works)
}

// says counts what residents say on the ladder: often enough, the head of the body hears of it, once.
func (w *world) says(l *life, what string, times, often int) {
	if times < often || !l.atBody() || l.told[what+l.org] {
		return
	}
	l.told[what+l.org] = true
	n := l.goes(w.desk.now, "escalate", l.state, note{text: what})
	w.rung(l, n, w.desk.now)
}

// impatient is a resident who asks «when?» again and again.
func (w *world) impatient(l *life, times int) {
	w.side(l, 4*24*time.Hour, func(l *life) {
		now := w.desk.now
		if l.before() && (l.asked.IsZero() || !now.Before(l.asked.Add(24*time.Hour))) {
			w.desk.press(l.author, w.times(), "follow:when:%d", l.number)
			l.goes(now, "when", l.state, note{})
			l.asked, l.whens = now, l.whens+1
			w.says(l, "when", l.whens, 3)
			w.did(l, "when")
		}
		if times > 1 {
			w.impatient(l, times-1)
		}
	})
}

func (w *world) withdraw(l *life) {
	if l.author == nil || l.parts > 0 || !l.before() && l.state != storage.Waiting {
		return
	}
	w.desk.press(l.author, w.times(), "follow:out:%d", l.number)
	w.desk.answer(l.author, "w:leave_gone")
	l.goes(w.desk.now, "withdraw", storage.Withdrawn, note{})
	w.did(l, "withdraw")
}
