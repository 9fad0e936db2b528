package year

import (
	"slices"
	"time"

	"otklik/storage"
)

// times is how often an update is given: some come twice.
func (w *world) times() int {
	if w.chance(0.03) {
		w.deeds["given twice"]++
		return 2
	}
	return 1
}

// did ends something that somebody did: what follows at once by itself happens, and the records are held against each other.
func (w *world) did(l *life, action string, more ...*life) {
	now := w.desk.now
	w.deeds[action]++
	l.again(now)
	l.stands(now)
	w.desk.tick()
	for _, one := range append(more, l) {
		one.advance(now)
		w.holds(one)
	}
}

// curator plans what a curator does with an incident in the curators' hands.
func (w *world) curator(l *life, mean time.Duration) {
	w.planned(l, mean, false, w.judge)
}

func (w *world) judge(l *life) {
	if l.state == storage.Found {
		w.found(l)
		return
	}
	if l.state != storage.New {
		return
	}
	switch x := w.rng.Float64(); {
	case x < 0.04:
		w.retopic(l)
		w.curator(l, 5*time.Minute)
	case x < 0.06:
		w.replace(l)
		w.curator(l, 5*time.Minute)
	case x < 0.08:
		w.urgent(l)
		w.curator(l, 10*time.Minute)
	case x < 0.11 && l.author != nil:
		w.ask(l, l.curer)
	case x < 0.15 && w.merge(l):
	case x < 0.17:
		w.reject(l)
	case x < 0.18: // lies about
		w.curator(l, 30*time.Hour)
	default:
		w.assign(l)
	}
}

func (w *world) found(l *life) {
	if w.chance(0.3) {
		w.desk.press(l.curer, w.times(), "watch:pass:%d", l.number)
		l.goes(w.desk.now, "pass", storage.Passed, note{})
		w.did(l, "pass")
		return
	}
	w.desk.press(l.curer, w.times(), "watch:take:%d", l.number)
	l.goes(w.desk.now, "take", storage.New, note{})
	l.clock(w.desk.now)
	w.did(l, "take")
	w.curator(l, 5*time.Minute)
}

func (w *world) retopic(l *life) {
	topic := w.anyTopic(w.desk.now.Month())
	w.desk.press(l.curer, w.times(), "curate:topic:%d", l.number)
	w.desk.answer(l.curer, "t:%s", topic)
	l.goes(w.desk.now, "retopic", l.state, note{})
	l.topic = topic
	l.clock(l.started)
	w.did(l, "retopic")
}

func (w *world) replace(l *life) {
	place := w.anyPlace()
	w.desk.press(l.curer, w.times(), "curate:place:%d", l.number)
	w.desk.answer(l.curer, "m:%s", place.Code)
	l.goes(w.desk.now, "replace", l.state, note{})
	l.place = place.Code
	w.did(l, "replace")
}

func (w *world) urgent(l *life) {
	if !l.before() {
		return
	}
	w.desk.press(l.curer, w.times(), "curate:urgent:%d", l.number)
	l.goes(w.desk.now, "urgent", l.state, note{})
	l.raised = !l.raised
	l.clock(l.started)
	w.did(l, "urgent")
}

func (w *world) postpone(l *life) {
	if !l.before() {
		return
	}
	day := w.desk.now.In(w.slow.zone).AddDate(0, 0, 1+w.rng.IntN(20))
	w.desk.press(l.curer, w.times(), "curate:more:%d", l.number)
	w.desk.answer(l.curer, "m:choose_day")
	w.desk.answer(l.curer, "d:%s", day.Format(time.DateOnly))
	w.desk.write(l.curer, w.times(), "Ждём решения.")
	l.goes(w.desk.now, "postpone", l.state, note{})
	l.final, l.moved, l.extension = w.slow.endOfDay(day), true, time.Time{}
	w.did(l, "postpone")
}

// ask keeps an incident waiting for its author.
func (w *world) ask(l *life, who *person) {
	now := w.desk.now
	w.desk.write(who, w.times(), "/ask %d Где это точно?", l.number)
	l.goes(now, "ask", storage.Waiting, note{})
	l.waits = w.slow.polite(now.Add(5 * 24 * time.Hour))
	w.did(l, "ask")
	until := l.waits
	switch x := w.rng.Float64(); {
	case x < 0.55:
		w.planned(l, 20*time.Hour, false, w.tells)
	case x < 0.75:
		w.planned(l, 30*time.Hour, false, func(l *life) { w.resume(l, who) })
	default:
		l.plans++
		plan := l.plans
		w.later(until.Add(time.Duration(1+w.rng.IntN(90000))*time.Second), func() {
			l.advance(w.desk.now)
			if l.plans == plan {
				w.goesOn(l)
			}
		})
	}
	if w.chance(0.1) {
		w.side(l, 10*time.Hour, func(l *life) {
			if l.state == storage.Waiting {
				w.retopic(l)
			}
		})
	}
}

func (w *world) tells(l *life) {
	if l.state == storage.Waiting {
		w.desk.press(l.author, w.times(), "follow:add:%d", l.number)
		w.desk.write(l.author, w.times(), "Во дворе, у второго подъезда.")
		l.goes(w.desk.now, "tell", l.held, note{})
		w.did(l, "tell")
	}
	w.goesOn(l)
}

func (w *world) resume(l *life, who *person) {
	if l.state == storage.Waiting {
		flow := "execute"
		if slices.Contains(w.curators, who) {
			flow = "curate"
		}
		w.desk.press(who, w.times(), "%s:resume:%d", flow, l.number)
		l.goes(w.desk.now, "resume", l.held, note{})
		w.did(l, "resume")
	}
	w.goesOn(l)
}

// goesOn plans what comes next for an incident that somebody has to do with again.
func (w *world) goesOn(l *life) {
	switch l.state {
	case storage.New:
		w.curator(l, time.Hour)
	case storage.Assigned, storage.Accepted:
		w.planned(l, 12*time.Hour, true, w.works)
	case storage.Waiting: // the answer has come too late, or not yet
		w.planned(l, 24*time.Hour, false, w.goesOn)
	}
}

// merge makes it a part of another incident nearby; some are taken out again.
func (w *world) merge(l *life) bool {
	list := w.newest[l.place]
	var into *life
	for _, other := range slices.Backward(list[max(0, len(list)-20):]) {
		other.advance(w.desk.now)
		if other != l && other.open() {
			into = other
			break
		}
	}
	if into == nil || l.parts > 0 {
		return false
	}
	now := w.desk.now
	w.desk.write(l.curer, w.times(), "/merge %d %d", l.number, into.number)
	l.goes(now, "merge", storage.Merged, note{})
	into.goes(now, "gather", into.state, note{})
	into.parts++
	l.into = into
	into.stands(now)
	w.did(l, "merge", into)
	if w.chance(0.4) {
		w.planned(l, 40*time.Hour, false, w.unmerge)
	}
	return true
}

func (w *world) unmerge(l *life) {
	if l.state != storage.Merged {
		return
	}
	now := w.desk.now
	l.into.advance(now)
	w.desk.write(l.curer, w.times(), "/unmerge %d", l.number)
	l.goes(now, "unmerge", l.held, note{})
	l.into.goes(now, "scatter", l.into.state, note{})
	l.into.stands(now)
	w.did(l, "unmerge", l.into)
	w.goesOn(l)
}

func (w *world) reject(l *life) {
	w.desk.write(l.curer, w.times(), "/reject %d Это не проблема.", l.number)
	l.goes(w.desk.now, "reject", storage.Rejected, note{})
	w.did(l, "reject")
}

// assign puts it into the hands of the likely body, or of another.
func (w *world) assign(l *life) {
	org := l.likely
	if org == "" || w.chance(0.1) {
		org = w.pack.Organisations[w.rng.IntN(len(w.pack.Organisations))].Code
	}
	if !l.before() || org == l.org {
		w.goesOn(l)
		return
	}
	now := w.desk.now
	w.desk.write(l.curer, w.times(), "/assign %d %s", l.number, org)
	n := note{org: org}
	if !l.forwarded {
		n.first, n.late, n.took = true, now.After(l.forward), int64(now.Sub(l.started)/time.Minute)
		l.forwarded = true
	}
	l.goes(now, "assign", storage.Assigned, n)
	l.org, l.lead, l.promise, l.extension = org, nil, time.Time{}, time.Time{}
	w.did(l, "assign")
	w.newest[l.place] = append(w.newest[l.place], l)
	switch x := w.rng.Float64(); {
	case x < 0.03: // forgotten for good
		l.plans++
	case x < 0.10:
		w.planned(l, 8*24*time.Hour, true, w.works)
	default:
		w.planned(l, 7*time.Hour, true, w.works)
	}
	if w.chance(0.03) {
		w.side(l, 20*time.Hour, w.urgent)
	}
	if w.chance(0.02) {
		w.side(l, 60*time.Hour, w.postpone)
	}
	if w.chance(0.02) {
		w.side(l, 30*time.Hour, func(l *life) {
			if l.before() {
				w.retopic(l)
			}
		})
	}
	if w.chance(0.01) {
		w.side(l, 30*time.Hour, func(l *life) {
			if l.before() {
				w.merge(l)
			}
		})
	}
	if w.chance(0.01) {
		w.side(l, 30*time.Hour, func(l *life) {
			if l.atBody() {
				w.assign(l)
			}
		})
	}
}

// official gives who of the body does something.
func (w *world) official(l *life) *person {
	who := w.officials[l.org][w.rng.IntN(2)]
	if l.lead != nil && w.chance(0.8) {
		who = l.lead
	}
	return who
}

// takes notes that somebody of the body has it in hand.
func (l *life) takes(who *person) {
	if l.lead == nil {
		l.lead = who
	}
}

// works is what a body does.
func (w *world) works(l *life) {
	if !l.atBody() {
		return
	}
	who, now := w.official(l), w.desk.now
	again := func(mean time.Duration) { w.planned(l, mean, true, w.works) }
	switch x := w.rng.Float64(); {
	case x < 0.22 && l.state == storage.Assigned:
		w.desk.write(who, w.times(), "/accept %d", l.number)
		l.takes(who)
		l.goes(now, "accept", storage.Accepted, note{})
		w.did(l, "accept")
		again(20 * time.Hour)
	case x < 0.40:
		w.desk.write(who, w.times(), "/status %d Бригада выехала.", l.number)
		l.takes(who)
		l.answers(l.goes(now, "note", storage.Accepted, note{}))
		w.did(l, "note")
		again(50 * time.Hour)
	case x < 0.50:
		w.promises(l, who)
		again(60 * time.Hour)
	case x < 0.55:
		w.desk.write(who, w.times(), "/decline %d Это не наше.", l.number)
		l.goes(now, "decline", storage.New, note{org: l.org})
		l.org, l.lead, l.promise, l.extension = "", nil, time.Time{}, time.Time{}
		w.did(l, "decline")
		w.curator(l, 40*time.Minute)
	case x < 0.59 && l.author != nil:
		w.ask(l, who)
	case x < 0.63:
		w.extends(l, who)
		again(40 * time.Hour)
	default:
		w.desk.write(who, w.times(), "/close %d Сделали.", l.number)
		l.takes(who)
		l.answers(l.goes(now, "answer", storage.Answered, note{}))
		l.answered, l.promise, l.extension = now, time.Time{}, time.Time{}
		w.did(l, "answer")
		w.planned(l, 5*time.Hour, false, w.approves)
	}
}

// promises is an interim answer, for a day within the deadline.
func (w *world) promises(l *life, who *person) {
	day := w.desk.now.In(w.slow.zone).AddDate(0, 0, 1+w.rng.IntN(5))
	due := w.slow.endOfDay(day)
	w.desk.write(who, w.times(), "/promise %d %s Заделаем.", l.number, day.Format("02.01.2006"))
	if due.After(l.final) {
		w.did(l, "promise refused")
		return
	}
	w.desk.answer(who, "s")
	l.takes(who)
	l.answers(l.goes(w.desk.now, "promise", storage.Accepted, note{}))
	l.promise = due
	w.did(l, "promise")
}

// extends is a wish for more time, which a curator grants or not.
func (w *world) extends(l *life, who *person) {
	from := l.final
	if from.Before(w.desk.now) {
		from = w.desk.now
	}
	day := from.In(w.slow.zone).AddDate(0, 0, 1+w.rng.IntN(14))
	w.desk.write(who, w.times(), "/extend %d %s Нет бригады.", l.number, day.Format("02.01.2006"))
	l.goes(w.desk.now, "extend", l.state, note{})
	l.extension = w.slow.endOfDay(day)
	w.did(l, "extend")
	w.side(l, 10*time.Hour, func(l *life) {
		if l.extension.IsZero() || !l.atBody() {
			return
		}
		if w.chance(0.7) {
			w.desk.press(l.curer, w.times(), "curate:grant:%d", l.number)
			l.goes(w.desk.now, "grant", l.state, note{})
			l.final, l.moved, l.extension = l.extension, true, time.Time{}
			w.did(l, "grant")
			return
		}
		w.desk.press(l.curer, w.times(), "curate:deny:%d", l.number)
		w.desk.answer(l.curer, "plain")
		l.goes(w.desk.now, "deny", l.state, note{})
		l.extension = time.Time{}
		w.did(l, "deny")
	})
}

// approves is a curator's look at an answer.
func (w *world) approves(l *life) {
	if l.state != storage.Answered {
		return
	}
	now := w.desk.now
	if w.chance(0.1) {
		w.desk.write(l.curer, w.times(), "/return %d Где фото?", l.number)
		l.goes(now, "return", storage.Accepted, note{})
		w.did(l, "return")
		w.planned(l, 20*time.Hour, true, w.works)
		return
	}
	w.desk.write(l.curer, w.times(), "/approve %d", l.number)
	n := l.goes(now, "approve", storage.Closed, note{})
	n.took, n.late = int64(now.Sub(l.started)/time.Minute), l.answered.After(l.final)
	w.span(l, spanFinal, n.took)
	l.approved, l.mark, l.solved = now, 0, false
	w.did(l, "approve")
	if l.author == nil {
		return
	}
	switch x := w.rng.Float64(); {
	case x < 0.25:
		w.side(l, 15*time.Hour, w.confirm)
	case x < 0.33:
		w.side(l, 48*time.Hour, w.dispute)
	}
	if w.chance(0.25) {
		w.side(l, 24*time.Hour, w.marks)
	}
	if w.chance(0.05) {
		w.side(l, 80*time.Hour, w.marks)
	}
}
