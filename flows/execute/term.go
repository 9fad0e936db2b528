package execute

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/days"
	"otklik/storage"
)

const dayForm = "2006-01-02"

// askDay asks for a day, by buttons or in words.
func askDay(id string) func(*flows.Turn, *work, *storage.Incident) error {
	return func(t *flows.Turn, w *work, inc *storage.Incident) error {
		v := t.Voice()
		m := v.Say(id, "Number", inc.Number, "Final", v.Due(inc.Final))
		var row []bot.Button
		for _, d := range days.Choices(t.Local(), t.Workday) {
			if due := t.EndOfDay(d); (id == "execute.ask_longer") != due.After(inc.Final) {
				continue // a promise is within the deadline, a longer one beyond it
			}
			row = append(row, bot.Button{Text: v.Day(d), Data: t.Key("d", d.Format(dayForm))})
		}
		if row != nil {
			m.Keyboard = append(m.Keyboard, row)
		}
		return prompt(t, m)
	}
}

// takeDay takes the day that was asked for. ok is false where there was none.
func takeDay(t *flows.Turn, w *work) (ok bool, err error) {
	words := t.In.Text
	if t.Verb == "d" {
		words = t.Arg(0)
	} else if t.In.Kind != bot.Written || words == "" {
		return false, nil
	}
	day, ok := days.Parse(words, t.Local())
	switch {
	case !ok && !day.IsZero():
		return false, t.Reply(t.Voice().Say("desk.date_passed"))
	case !ok:
		return false, t.Reply(t.Voice().Say("execute.no_day", "Text", flows.Short(words, 60)))
	}
	w.Day = day
	return true, nil
}

// takeLonger takes until when a body asks for more time.
func takeLonger(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	ok, err := takeDay(t, w)
	if err != nil || !ok {
		return flows.Quiet, err
	}
	if no := notLonger(t, inc, w.Day); no != nil {
		return flows.Quiet, t.Reply(t.Voice().Say(no.ID, no.Args...))
	}
	return "longer_day", nil
}

func askLongerWhy(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("execute.ask_longer_why", "Number", inc.Number, "Day", v.Due(t.EndOfDay(w.Day)))
	m.WantReply = t.In.Group
	return prompt(t, m)
}

func takeLongerWhy(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	if err := extend(t, inc, w.Day, t.In.Text); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say("execute.extend_asked", "Number", inc.Number), inc.Number)
}

// notLonger gives why no more time can be asked for until a day; nil where it can.
func notLonger(t *flows.Turn, inc *storage.Incident, day time.Time) *flows.Refusal {
	switch due := t.EndOfDay(day); {
	case !due.After(inc.Final):
		return &flows.Refusal{ID: "execute.not_longer", Args: []any{"Final", t.Voice().Due(inc.Final)}}
	case !due.After(t.Now):
		return &flows.Refusal{ID: "desk.date_passed"}
	case days.Far(day, t.Local()):
		return &flows.Refusal{ID: "desk.date_far", Args: []any{"Date", t.Voice().Date(day)}}
	}
	return nil
}

func extend(t *flows.Turn, inc *storage.Incident, day time.Time, why string) error {
	due := t.EndOfDay(day)
	if no := notLonger(t, inc, day); no != nil {
		return no
	}
	return t.Act(inc, flows.Extend, storage.Event{Text: why, Due: due}, func() {
		inc.Extension = &storage.Extension{Due: due, Reason: why, By: t.Me.ID, At: t.Now}
	})
}

// dated reads «date words», or words with a date in them, which stay whole. ok is false where there is none.
func dated(t *flows.Turn, said string) (day time.Time, words string, ok bool) {
	day, ok = days.Parse(said, t.Local())
	first, rest, leads := days.Lead(said, t.Local())
	switch {
	case !leads:
		return day, said, ok
	case rest == "", said[0] <= '9' && strings.ContainsAny(strings.Fields(said)[0], ".-"), ok && first.Equal(day):
		return first, rest, true
	}
	return day, said, ok
}

// sentence gives back the whole of what was said where its date is a part of a sentence: «Завтра заделаем».
func sentence(said, words string) string {
	begins, _ := utf8.DecodeRuneInString(said)
	goes, _ := utf8.DecodeRuneInString(words)
	if unicode.IsLetter(begins) && unicode.IsLower(goes) {
		return said
	}
	return words
}

func extendCommand(t *flows.Turn, words string) error {
	return command("execute.list_extend", flows.Extend, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, rest string) error {
			day, why, ok := dated(t, rest)
			if !ok {
				return t.Begin(name, "ask_longer", work{Incident: inc.Number})
			}
			if why == "" {
				return t.Begin(name, "longer_day", work{Incident: inc.Number, Day: day})
			}
			if err := extend(t, inc, day, why); err != nil {
				return err
			}
			return t.ReplyAbout(t.Voice().Say("execute.extend_asked", "Number", inc.Number), inc.Number)
		})(t, words)
}

// The timers of a promise: the question on its day, and its end.
const (
	promiseAsk = name + ".promise"
	promiseEnd = name + ".promised"
)

func askPromise(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	if w.Text == "" && len(w.Photos) == 0 {
		m := v.Say("execute.ask_promise", "Number", inc.Number)
		m.WantReply = t.In.Group
		return prompt(t, m)
	}
	id := "execute.ask_promise_words"
	return prompt(t, v.Say(id, "Number", inc.Number))
}

// takePromise takes the words of an interim answer. A date in them is the promised day.
func takePromise(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	if err := w.add(t); err != nil {
		return "", err
	}
	if w.Text == "" {
		return flows.Stay, nil
	}
	if day, ok := days.Parse(w.Text, t.Local()); ok {
		w.Day = day
	}
	return w.promises(t, inc)
}

// promises gives the event that follows the words of a promise: its day may be known by them, and is good, or it is asked for.
func (w *work) promises(t *flows.Turn, inc *storage.Incident) (string, error) {
	if w.Day.IsZero() {
		return "promise_words", nil
	}
	no := notPromised(t, inc, w.Day)
	if no == nil {
		return "promise_ready", nil
	}
	w.Day = time.Time{}
	if no.ID == "execute.promise_late" { // the question for the day names the deadline
		return "promise_words", nil
	}
	return "promise_words", t.Reply(t.Voice().Say(no.ID, no.Args...))
}

// notPromised gives why nothing can be promised for a day; nil where it can.
func notPromised(t *flows.Turn, inc *storage.Incident, day time.Time) *flows.Refusal {
	v := t.Voice()
	switch due := t.EndOfDay(day); {
	case days.Far(day, t.Local()):
		return &flows.Refusal{ID: "desk.date_far", Args: []any{"Date", v.Date(day)}}
	case due.After(inc.Final), !inc.Final.After(t.Now):
		return &flows.Refusal{ID: "execute.promise_late", Args: []any{"Final", v.Due(inc.Final), "Number", inc.Number}}
	case !due.After(t.Now) && day.Format(dayForm) == t.Local().Format(dayForm):
		return &flows.Refusal{ID: "execute.day_over", Args: []any{"Clock", due.Format("15:04")}}
	case !due.After(t.Now):
		return &flows.Refusal{ID: "desk.date_passed"}
	}
	return nil
}

func takePromiseDay(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	ok, err := takeDay(t, w)
	if err != nil || !ok {
		return flows.Quiet, err
	}
	if no := notPromised(t, inc, w.Day); no != nil {
		return flows.Quiet, t.Reply(t.Voice().Say(no.ID, no.Args...))
	}
	return "promise_ready", nil
}

func askPromised(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	text := v.T("execute.promise_preview", "Number", inc.Number, "Day", v.Date(w.Day)) + "\n«" + flows.Cut(w.Text, 2500) + "»"
	if n := len(w.Photos); n > 0 {
		text += "\n" + v.T("desk.photos", "N", n)
	}
	return prompt(t, flows.Words(text), []bot.Button{v.Button("execute.send_note", t.Key("s"))}, []bot.Button{v.Button("execute.other_day", t.Key("day"))})
}

func takePromised(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "s":
		if err := promise(t, inc, w.Day, w.Text, w.Photos); err != nil {
			return "", err
		}
		return "done", t.Finish(given(t, inc), inc.Number)
	case "day":
		return "promise_words", nil
	}
	return flows.Stay, w.add(t)
}

// promise gives an interim answer: what will be done, by when.
func promise(t *flows.Turn, inc *storage.Incident, day time.Time, text string, photos []string) error {
	if no := notPromised(t, inc, day); no != nil {
		return no
	}
	due := t.EndOfDay(day)
	err := takes(t, inc, flows.Promise, storage.Event{Text: text, Photos: photos, Due: due, Public: true}, func() {
		if inc.Answering.IsZero() {
			inc.Answering = t.Now
		}
		inc.Promise = &storage.Promise{Due: due, Text: text, By: t.Me.ID, At: t.Now}
	})
	if err != nil {
		return err
	}
	return promiseTimers(t, inc)
}

// promiseTimers sets the timers of a promise, for the day that it is for now.
func promiseTimers(t *flows.Turn, inc *storage.Incident) error {
	p := inc.Promise
	if p == nil {
		return nil
	}
	if ask := askAt(t, p.Due); !ask.IsZero() {
		if err := t.After(promiseAsk, inc, ask, mark(p)); err != nil {
			return err
		}
	}
	return t.After(promiseEnd, inc, p.Due, mark(p))
}

// askAt gives when it is asked whether a promise is kept: in the morning of its day, or two hours before the day's end;
// zero where that is over.
func askAt(t *flows.Turn, due time.Time) time.Time {
	for _, at := range []time.Time{t.StartOfDay(due), due.Add(-2 * time.Hour)} {
		if at.After(t.Now) {
			return at
		}
	}
	return time.Time{}
}

// given says that a promise was given, and when it will be asked about, if it will.
func given(t *flows.Turn, inc *storage.Incident) bot.Message {
	v, due := t.Voice(), inc.Promise.Due
	if ask := askAt(t, due); !ask.IsZero() {
		return v.Say("execute.promised", "Number", inc.Number, "At", v.At(ask))
	}
	return v.Say("execute.promised_now", "Number", inc.Number, "Due", v.At(due))
}

// mark tells in a timer which promise it belongs to, and for which day that was then.
func mark(p *storage.Promise) string {
	day := strconv.FormatInt(p.Due.Unix(), 10)
	if p.At.IsZero() { // given to an earlier version
		return day
	}
	return strconv.FormatInt(p.At.UnixNano(), 36) + "-" + day
}

func promiseCommand(t *flows.Turn, words string) error {
	return command("execute.list_promise", flows.Promise, []storage.State{storage.Assigned, storage.Accepted},
		func(t *flows.Turn, inc *storage.Incident, rest string) error {
			ids, err := t.Keep(t.In.Media)
			if err != nil {
				return err
			}
			day, text, ok := dated(t, rest)
			w := work{Incident: inc.Number, Text: sentence(rest, text), Photos: ids, Album: t.In.Album}
			if ok {
				w.Day = day
				if no := notPromised(t, inc, day); no != nil && (text == "" || no.ID == "execute.promise_late") {
					return no
				}
			}
			event, err := "ask_promise", error(nil)
			if w.Text != "" {
				event, err = w.promises(t, inc)
			}
			if err != nil {
				return err
			}
			return t.Begin(name, event, w)
		})(t, words)
}

// stands tells whether the promise that a timer was set for still stands.
func stands(inc *storage.Incident, timer *storage.Timer) bool {
	return inc != nil && inc.Promise != nil && mark(inc.Promise) == timer.Data && flows.Possible(flows.Lapse, inc.State)
}

// promiseDay asks, on the promised day, whether it is done.
func promiseDay(t *flows.Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || !stands(inc, timer) {
		return err
	}
	return nudge(t, inc, func(v *flows.Voice) bot.Message {
		m := v.Say("execute.promise_today", "Number", inc.Number, "Text", flows.Short(inc.Promise.Text, 200))
		m.Keyboard = [][]bot.Button{{
			v.Button("execute.promise_done", flows.CardKey(name, "answer", inc.Number)),
			v.Button("execute.promise_later", flows.CardKey(name, "promise", inc.Number)),
		}}
		return m
	})
}

// promiseOver writes down that a promise was not kept.
func promiseOver(t *flows.Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || !stands(inc, timer) {
		return err
	}
	p := *inc.Promise
	return t.Act(inc, flows.Lapse, storage.Event{Text: p.Text, Due: p.Due, Public: true}, func() { inc.Promise = nil })
}
