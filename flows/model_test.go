package flows_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/storage"
)

// told is the lifecycle as the design and the day of a resident, a curator and an official tell it, written down a second
// time, so that neither the engine's table nor the engine itself is what it is held against. A line is an action, the
// states in which it may happen, the state that follows (= the same, held: the one before it waited or was merged), and
// who may do it.
const told = `
create   -                                         new       resident curator
find     -                                         found     desk
echo     *                                         =         desk
take     found passed                              new       curator
file     found                                     new       desk
pass     found new                                 passed    curator
post     *                                         =         desk
proof    *                                         =         curator
extract  *                                         =         curator
assign   new assigned accepted                     assigned  curator
accept   assigned                                  accepted  official
decline  assigned accepted                         new       official
note     assigned accepted                         accepted  official
promise  assigned accepted                         accepted  official
lapse    assigned accepted waiting                 =         desk
answer   assigned accepted                         answered  official
revise   answered                                  =         official
approve  answered                                  closed    curator
return   answered                                  accepted  curator
reject   new assigned                              rejected  curator
withdraw new assigned accepted waiting             withdrawn resident
confirm  closed                                    =         resident
dispute  closed                                    assigned  resident
mark     closed                                    =         resident
settle   closed                                    settled   desk
ask      new assigned accepted                     waiting   curator official
tell     waiting                                   held      resident
resume   waiting                                   held      curator official
silent   waiting                                   held      desk
merge    new assigned accepted found               merged    curator
unmerge  merged                                    held      curator
gather   new assigned accepted waiting answered    =         curator
scatter  *                                         =         curator
split    new assigned accepted waiting answered    =         curator
extend   assigned accepted                         =         official
grant    assigned accepted                         =         curator
deny     assigned accepted                         =         curator
hand     assigned accepted                         =         official
overdue  new assigned accepted                     =         desk
remind   assigned accepted                         =         desk
escalate assigned accepted                         =         desk
control  assigned accepted                         =         desk
urgent   new assigned accepted found               =         curator
postpone new assigned accepted                     =         curator
retopic  new assigned accepted waiting found       =         curator
replace  new assigned accepted waiting found       =         curator
add      new assigned accepted waiting answered    =         resident
when     new assigned accepted                     =         resident
follow   new assigned accepted waiting answered    =         resident
leave    new assigned accepted waiting answered    =         resident
forget   *                                         =         resident
remark   *                                         =         curator
inspect  assigned accepted waiting answered closed =         curator
relieve  *                                         =         curator
undertake *                                        =         inspector
finding  *                                         =         inspector
measures *                                         =         inspector
fulfil   *                                         =         inspector
waive    *                                         =         inspector
amend    *                                         =         inspector
unchecked *                                        =         desk
unmet    *                                         =         desk
hurry    *                                         =         desk
hide     *                                         =         curator
`

// step is a line of told.
type step struct {
	from []string
	to   string
	who  []string
}

// model is told, by action.
func model() map[string]step {
	m := map[string]step{}
	for line := range strings.Lines(strings.TrimSpace(told)) {
		f := strings.Fields(line)
		// The states from which and the one that follows stand beside each other: who begins behind them.
		end := slices.IndexFunc(f, func(w string) bool {
			return slices.Contains([]string{"resident", "curator", "official", "inspector", "desk"}, w)
		})
		if end < 3 {
			panic("no step: " + line)
		}
		m[f[0]] = step{f[1 : end-1], f[end-1], f[end:]}
	}
	return m
}

// life is what the model knows of an incident.
type life struct {
	number      uint64
	state, held string
	body        string            // in whose hands it is
	inspects    map[string]string // by body: open, none, or violation
	at          time.Time
	seen        int // events
	answered    bool
	measured    map[string]int // … and how many measures it ordered
	merged      map[uint64]bool
	into        uint64
}

// accept takes the next event of an incident, or says why the lifecycle has no such event there.
func (l *life) accept(steps map[string]step, ev *storage.Event) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("№ %d, event %d, %s by %q: %s", l.number, l.seen+1, ev.Action, ev.As, fmt.Sprintf(format, args...))
	}
	s, known := steps[ev.Action]
	if !known {
		return bad("no such action")
	}
	from := l.state
	if from == "" {
		from = "-"
	}
	to := s.to
	switch to {
	case "=":
		to = l.state
	case "held":
		to = l.held
	}
	who := string(ev.As)
	if who == "" {
		who = "desk"
	}
	switch {
	case ev.Incident != l.number || ev.Seq != uint64(l.seen+1):
		return bad("stands as event %d of № %d", ev.Seq, ev.Incident)
	case string(ev.From) != l.state:
		return bad("begins in %q; it is %q", ev.From, l.state)
	case s.from[0] != "*" && !slices.Contains(s.from, from):
		return bad("may not happen in %q", l.state)
	case string(ev.To) != to:
		return bad("ends in %q instead of %q", ev.To, to)
	case !slices.Contains(s.who, who):
		return bad("is not theirs to do")
	case (who == "desk") != (ev.Actor == 0) && who != "resident": // a resident may have been erased
		return bad("was done by person %d", ev.Actor)
	case ev.At.IsZero() || ev.At.Before(l.at):
		return bad("happened at %s, after what happened at %s", ev.At, l.at)
	case who == "official" && ev.Org != l.body && ev.Action != "decline":
		return bad("was done by %s; it is in the hands of %q", ev.Org, l.body)
	case who == "inspector" && l.inspects[ev.Org] == "":
		return bad("was done by %s, which inspects nothing here", ev.Org)
	case ev.Action == "inspect" && (l.inspects[ev.Org] == "open" || ev.Org == l.body):
		return bad("draws in %s, which inspects already or has it in hand", ev.Org)
	case (ev.Action == "finding" || ev.Action == "undertake" || ev.Action == "relieve" || ev.Action == "unchecked") && l.inspects[ev.Org] != "open":
		return bad("is of an inspection by %s that is not open", ev.Org)
	case (ev.Action == "measures" || ev.Action == "fulfil" || ev.Action == "waive" || ev.Action == "unmet") && l.measured[ev.Org] == 0 && l.inspects[ev.Org] != "violation":
		return bad("follows no violation that %s found", ev.Org)
	case ev.Action == "amend" && (ev.Was == storage.WasViolation) != (l.inspects[ev.Org] == "violation"):
		return bad("says that it was %d; it was %q", ev.Was, l.inspects[ev.Org])
	case ev.Action == "amend" && l.inspects[ev.Org] != "violation" && l.inspects[ev.Org] != "none":
		return bad("amends nothing that %s found", ev.Org)
	case ev.Action == "hurry" && ev.Why == "" && l.inspects[ev.Org] != "open":
		return bad("hurries %s, which has nothing to inspect", ev.Org)
	case ev.Action == "hurry" && ev.Why != "" && (l.measured[ev.Org] == 0 || ev.Text != "official"):
		return bad("hurries %s of a measure that it did not order", ev.Org)
	case ev.Action == "approve" && !l.answered:
		return bad("approves no answer")
	case ev.Action == "dispute" && ev.Org != l.body:
		return bad("goes to %q; it was in the hands of %q", ev.Org, l.body)
	}
	switch {
	case to == "waiting" || to == "merged":
		if l.state != to {
			l.held = l.state
		}
	default:
		l.held = ""
	}
	return l.note(ev, to, bad)
}

// note keeps what an event changes beside the state.
func (l *life) note(ev *storage.Event, to string, bad func(string, ...any) error) error {
	switch ev.Action {
	case "inspect":
		l.inspects[ev.Org] = "open"
	case "relieve":
		l.inspects[ev.Org] = ""
	case "finding", "amend":
		l.inspects[ev.Org] = ev.Why
	case "measures":
		l.measured[ev.Org]++
	case "assign":
		l.body, l.answered = ev.Org, false
	case "decline":
		l.body = ""
	case "answer", "revise":
		l.answered = true
	case "merge":
		l.into = ev.Other
	case "unmerge":
		if ev.Other != l.into {
			return bad("comes out of № %d; it was in № %d", ev.Other, l.into)
		}
		l.into = 0
	case "gather":
		l.merged[ev.Other] = true
	case "scatter":
		if !l.merged[ev.Other] {
			return bad("lets № %d go, which it did not hold", ev.Other)
		}
		delete(l.merged, ev.Other)
	}
	l.state, l.at = to, ev.At
	l.seen++
	return nil
}

// histories holds all that happened against the model: each incident's events, what incidents say of each other, and the
// numbers.
func histories(tx *storage.Tx) error {
	steps := model()
	most, err := tx.Last("incident")
	if err != nil {
		return err
	}
	lives := map[uint64]*life{}
	for n := uint64(1); n <= most; n++ {
		inc, err := tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			return fmt.Errorf("№ %d is missing, of %d", n, most)
		}
		events, err := tx.Events(n)
		if err != nil {
			return err
		}
		l := &life{number: n, merged: map[uint64]bool{}, inspects: map[string]string{}, measured: map[string]int{}}
		lives[n] = l
		for i := range events {
			if err := l.accept(steps, &events[i]); err != nil {
				return err
			}
		}
		if err := l.ends(inc); err != nil {
			return err
		}
	}
	if beyond, err := tx.Incident(most + 1); err != nil || beyond != nil {
		return fmt.Errorf("№ %d is there and was never given (%w)", most+1, err)
	}
	for n, l := range lives {
		if other := lives[l.into]; l.into != 0 && (other == nil || !other.merged[n]) {
			return fmt.Errorf("№ %d is a part of № %d, which does not know it", n, l.into)
		}
		for part := range l.merged {
			if lives[part] == nil || lives[part].into != n {
				return fmt.Errorf("№ %d holds № %d, which does not know it", n, part)
			}
		}
	}
	return nil
}

// ends holds an incident as it is kept against what its history comes to.
func (l *life) ends(inc *storage.Incident) error {
	body := ""
	if inc.Assignment != nil {
		body = inc.Assignment.Org
	}
	switch {
	case string(inc.State) != l.state || string(inc.Held) != l.held:
		return fmt.Errorf("№ %d is %q (held %q); its history says %q (%q)", l.number, inc.State, inc.Held, l.state, l.held)
	case inc.Version != uint64(l.seen):
		return fmt.Errorf("№ %d has version %d after %d events", l.number, inc.Version, l.seen)
	case body != l.body:
		return fmt.Errorf("№ %d is in the hands of %q; its history says %q", l.number, body, l.body)
	case inc.Into != l.into || len(inc.Merged) != len(l.merged):
		return fmt.Errorf("№ %d is in № %d and holds %v; its history says № %d and %d", l.number, inc.Into, inc.Merged, l.into, len(l.merged))
	case inc.Number != l.number || inc.Changed.Before(l.at):
		return fmt.Errorf("№ %d is kept as № %d, changed at %s", l.number, inc.Number, inc.Changed)
	}
	return nil
}
