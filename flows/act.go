package flows

import (
	"fmt"
	"slices"

	"otklik/bot"
	"otklik/flows/understand"
	"otklik/flows/words"
	"otklik/storage"
)

// Open makes an incident, with its first event.
func (t *Turn) Open(inc *storage.Incident) error {
	n, err := t.Tx.Next("incident")
	if err != nil {
		return err
	}
	return t.open(inc, n, storage.Event{As: storage.Resident})
}

func (t *Turn) open(inc *storage.Incident, n uint64, ev storage.Event) error {
	inc.Number, inc.State, inc.Created = n, storage.New, t.Now
	t.Clock(inc, t.Now)
	t.Route(inc)
	if err := t.alike(inc); err != nil {
		return err
	}
	ev.Action, ev.To, ev.Text, ev.Photos, ev.Public = string(Create), storage.New, inc.Text, inc.Photos, true
	return t.record(inc, &ev)
}

// Find makes an incident of something found in public, which a curator has yet to judge. No clock runs.
func (t *Turn) Find(inc *storage.Incident) error {
	n, err := t.Tx.Next("incident")
	if err != nil {
		return err
	}
	inc.Number, inc.State, inc.Created = n, storage.Found, t.Now
	t.Route(inc)
	if err := t.alike(inc); err != nil {
		return err
	}
	return t.record(inc, &storage.Event{Action: string(Find), To: storage.Found, Text: inc.Text, Photos: inc.Photos})
}

// Route finds the likely body anew, after the topic or the place changed.
func (t *Turn) Route(inc *storage.Incident) { t.likely(inc, t.body(inc)) }

func (t *Turn) likely(inc *storage.Incident, l Likely) {
	inc.Likely = l.Code
	if inc.Sure == nil && l.Confidence > 0 {
		inc.Sure = &storage.Sureness{}
	}
	if inc.Sure != nil {
		inc.Sure.Org = l.Confidence
	}
}

// Refused gives who has refused an incident since its topic and place are as they are.
func Refused(events []storage.Event) (codes []string) {
	for _, ev := range slices.Backward(events) {
		switch Action(ev.Action) {
		case Retopic, Replace:
			return codes
		case Decline:
			codes = append(codes, ev.Org)
		}
	}
	return codes
}

// Refer finds the likely body of what others refused, one at least: the one that the last of them named, by its code or in its words,
// otherwise the likely one that has not refused it.
func (t *Turn) Refer(inc *storage.Incident, refused []string, code, words string) {
	if t.Pack().Organisation(code) == nil {
		code = t.mentioned(words, refused[len(refused)-1])
	}
	if code == "" {
		t.likely(inc, t.body(inc, refused...))
		return
	}
	inc.Likely = code
	if inc.Sure != nil {
		inc.Sure.Org = 0
	}
}

// mentioned gives the one organisation that words name in full, not the one that speaks; of two names within each other the
// longer; "" where there is none or several are named.
func (t *Turn) mentioned(said, without string) (code string) {
	stems, longest := words.Stems(said), 0
	for i := range t.Pack().Organisations {
		o := &t.Pack().Organisations[i]
		if o.Code == without {
			continue
		}
		for _, called := range []string{o.Name, o.Short, o.English} {
			name := words.Stems(called)
			if len(name) == 0 || slices.ContainsFunc(name, func(s string) bool { return !slices.Contains(stems, s) }) {
				continue
			}
			switch {
			case len(name) > longest:
				code, longest = o.Code, len(name)
			case len(name) == longest && code != o.Code:
				code = ""
			}
		}
	}
	return code
}

// Act does something to an incident, if the table lets whoever acts: change sets what the action changes, beside the
// state; ev carries its words.
func (t *Turn) Act(inc *storage.Incident, a Action, ev storage.Event, change func()) error {
	r := rule(a)
	if r == nil {
		return fmt.Errorf("no action %q", a)
	}
	if len(r.Who) > 0 {
		as, ok := t.allowed(a, inc)
		if !ok {
			return t.denied(inc, a)
		}
		if as == storage.Inspector && !Inspects(t.Me, inc, ev.Org) {
			return t.denied(inc, a) // another body's inspection
		}
		ev.As, ev.Actor = as, t.Me.ID
		if err := t.free(inc, as); err != nil {
			return err
		}
	}
	to, err := next(t.ctx, inc, a)
	if err != nil {
		return t.Stale(inc, a)
	}
	ev.Action, ev.From, ev.To = string(a), inc.State, to
	silent := inc.Answering.IsZero()
	inc.State = to
	t.stand(inc, ev.From)
	if change != nil {
		change()
	}
	if err := t.late(inc); err != nil {
		return err
	}
	if err := t.measure(inc, &ev, silent); err != nil {
		return err
	}
	if a == Retopic || a == Replace {
		if err := t.alike(inc); err != nil {
			return err
		}
	}
	if ev.Org == "" && inc.Assignment != nil {
		ev.Org = inc.Assignment.Org
	}
	return t.record(inc, &ev)
}

// Assign puts an incident into the hands of an organisation of the pack, and says so where nobody there will see it.
func (t *Turn) Assign(inc *storage.Incident, code string) error {
	err := t.Act(inc, Assign, storage.Event{Org: code}, func() {
		inc.Assignment = &storage.Assignment{Org: code, By: t.Me.ID, At: t.Now}
		inc.Promise, inc.Extension = nil, nil // another body's
	})
	if err != nil {
		return err
	}
	if people, err := t.Tx.Staff(storage.Official, code); err != nil || len(people) > 0 {
		return err
	}
	v := t.Voice()
	return t.ReplyAbout(v.Say("desk.nobody_there", "Number", inc.Number, "Org", v.Org(code), "Code", code), inc.Number)
}

// Check is Act's question without its doing: may whoever acts do this now?
func (t *Turn) Check(inc *storage.Incident, a Action) error {
	if _, ok := Allowed(t.Me, a, inc); !ok {
		return t.denied(inc, a)
	}
	if !Possible(a, inc.State) {
		return t.Stale(inc, a)
	}
	return nil
}

// Can is Check for those who may live with a no.
func (t *Turn) Can(inc *storage.Incident, a Action) bool {
	_, ok := Allowed(t.Me, a, inc)
	return ok && Possible(a, inc.State)
}

// allowed is Allowed that prefers the role in which whoever acts speaks, where the table lets them in several.
func (t *Turn) allowed(a Action, inc *storage.Incident) (as storage.RoleKind, ok bool) {
	as, ok = Allowed(t.Me, a, inc)
	if seat := t.Seat(); ok && seat.Kind == storage.Official && as != seat.Kind && slices.Contains(rule(a).Who, seat.Kind) &&
		inc.Assignment != nil && inc.Assignment.Org == seat.Org && t.Me.Is(storage.Official, seat.Org) {
		as = seat.Kind
	}
	return as, ok
}

func (t *Turn) denied(inc *storage.Incident, a Action) error {
	no := &Refusal{ID: "desk.not_yours", Args: []any{"Number", inc.Number}, Ends: true,
		Cause: Cause(a) + " by whom it is not up to", Detail: fmt.Sprintf("%s of %d by person %d", a, inc.Number, t.Me.ID)}
	if slices.Contains(rule(a).Who, storage.Inspector) && t.Me.Is(storage.Official, "") {
		no.ID = "desk.other_inspects"
	}
	if slices.Contains(rule(a).Who, storage.Official) && t.Me.Is(storage.Official, "") {
		no.ID = "desk.other_body"
		if inc.Assignment == nil {
			no.ID = "desk.no_body"
		}
	}
	return no
}

// Stale is the refusal of a press that came too late: it says who was first.
func (t *Turn) Stale(inc *storage.Incident, a Action) error {
	if inc.State == storage.Found { // nothing leads there: nobody was first
		return &Refusal{ID: "desk.not_judged", Args: []any{"Number", inc.Number}, Show: inc.Number, Ends: true, Cause: Cause(a) + " of what nobody has judged"}
	}
	no := &Refusal{ID: "desk.stale", Show: inc.Number, Ends: true, later: inc.State.Paused(), Cause: Cause(a) + " in state " + Cause(inc.State), Detail: fmt.Sprintf("incident %d", inc.Number)}
	v := t.Voice()
	no.Args = []any{"Number", inc.Number, "State", v.State(inc.State), "Who", "", "At", ""}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	if a == Unmerge && Still(events, Unmerge) == nil {
		no.ID = "desk.not_merged"
		return no
	}
	for _, ev := range slices.Backward(events) {
		if ev.From == ev.To {
			continue
		}
		if ev.Actor == 0 { // the desk itself: nobody was first
			break
		}
		name, err := t.Name(&ev)
		if err != nil {
			return err
		}
		if ev.Actor == t.Me.ID {
			name = v.T("desk.you")
		}
		no.ID, no.Args = "desk.stale_who", append(no.Args[:4:4], "Who", name, "At", v.Clock(ev.At))
		break
	}
	return no
}

// Name gives who made an event, for colleagues and residents alike: a member of staff by name and initial, a resident
// by the word.
func (t *Turn) Name(ev *storage.Event) (string, error) { return name(t.Voice(), t.Tx, ev) }

func name(v *Voice, tx *storage.Tx, ev *storage.Event) (string, error) {
	if ev.As == storage.Resident {
		return v.T("desk.the_resident"), nil
	}
	p, err := tx.Person(ev.Actor)
	if err != nil || p == nil {
		return v.T("desk.the_desk"), err
	}
	return ShortName(p.Name), nil
}

// EventName gives who made an event, in the reader's words.
func EventName(v *Voice, tx *storage.Tx, ev *storage.Event) (string, error) { return name(v, tx, ev) }

// Still gives the last event of an action that none of those which settle it has come after; nil where there is none.
func Still(events []storage.Event, a Action, settle ...Action) *storage.Event {
	for i := range slices.Backward(events) {
		switch did := Action(events[i].Action); {
		case did == a:
			return &events[i]
		case slices.Contains(settle, did):
			return nil
		}
	}
	return nil
}

// Disputed gives why a resident did not agree with the last answer, while what came of that is open; nil otherwise. It
// stays in sight whatever is done meanwhile: whoever has the incident then must know it.
func Disputed(inc *storage.Incident, events []storage.Event) *storage.Event {
	if !inc.State.Open() {
		return nil
	}
	return Still(events, Dispute, Approve)
}

// Returned gives why a curator returned an answer, while the body has it to mend; nil otherwise.
func Returned(inc *storage.Incident, events []storage.Event) *storage.Event {
	if inc.Assignment == nil || !inc.State.Open() {
		return nil
	}
	return Still(events, Return, Answer, Assign)
}

// Objection gives in one line why a resident did not agree, and with whose answer, where another body has it now.
func (v *Voice) Objection(inc *storage.Incident, ev *storage.Event) string {
	text := Short(ev.Text, 300)
	if text == "" {
		text = v.T("desk.photos", "N", len(ev.Photos))
	}
	id, org := "desk.objection", ""
	if ev.Org != "" && (inc.Assignment == nil || inc.Assignment.Org != ev.Org) {
		id, org = "desk.objection_before", v.Org(ev.Org)
	}
	return v.T(id, "At", v.Stamp(ev.At), "Org", org, "Text", text)
}

// record writes the incident, its event and what that teaches, lets the flows hear of it, and draws the cards anew.
func (t *Turn) record(inc *storage.Incident, ev *storage.Event) error {
	ev.Incident, ev.At, ev.Day = inc.Number, t.Now, storage.DayOf(t.Local())
	if ev.Actor == 0 && t.Me != nil && ev.As != "" {
		ev.Actor = t.Me.ID
	}
	if err := t.teach(inc, ev); err != nil {
		return err
	}
	inc.Changed = t.Now
	inc.Version++
	if err := t.Tx.PutIncident(inc); err != nil {
		return err
	}
	if err := t.Tx.AddEvent(inc, ev); err != nil {
		return err
	}
	if err := t.index(inc, ev); err != nil {
		return err
	}
	for i := range t.e.Flows {
		if f := &t.e.Flows[i]; f.Heard != nil {
			if err := f.Heard(t, inc, ev); err != nil {
				return fmt.Errorf("flow %s, event %s of %d: %w", f.Name, ev.Action, inc.Number, err)
			}
		}
	}
	return t.Refresh(inc)
}

// CuratorGroups gives the groups that incidents come to; none: each curator privately.
func (t *Turn) CuratorGroups() []bot.Peer { return t.e.Curators }

// ControlGroups gives the groups of those who control the whole region; none where there is none.
func (t *Turn) ControlGroups() []bot.Peer { return t.e.Control }

// Privately tells whether incidents come to each curator beside the groups.
func (t *Turn) Privately() bool { return t.e.Privately }

// Desks gives every place where curators read: their groups, or each of them privately.
func (t *Turn) Desks() (list []storage.Slot, err error) {
	for _, g := range t.e.Curators {
		if g, err = t.moved(g); err != nil {
			return nil, err
		}
		list = append(list, storage.Slot{Peer: g.String(), Group: true, View: storage.Curator})
	}
	if len(list) > 0 && !t.e.Privately {
		return list, nil
	}
	each, err := t.each(storage.Curator)
	return append(list, each...), err
}

// each gives the private chat of every curator, with a card's view.
func (t *Turn) each(view storage.RoleKind) (list []storage.Slot, err error) {
	seen := map[uint64]bool{}
	for _, kind := range []storage.RoleKind{storage.Curator, storage.Admin} {
		people, err := t.Tx.Staff(kind, "")
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if p.Chat != "" && !p.Unreachable && !seen[p.ID] {
				seen[p.ID] = true
				list = append(list, storage.Slot{Peer: p.Chat, Person: p.ID, View: view})
			}
		}
	}
	return list, nil
}

// Judges gives every place where what was found is judged: the groups for it, those of the curators, or each curator
// privately.
func (t *Turn) Judges() (list []storage.Slot, err error) {
	groups := t.e.Triage
	if len(groups) == 0 {
		groups = t.e.Curators
	}
	for _, g := range groups {
		if g, err = t.moved(g); err != nil {
			return nil, err
		}
		list = append(list, storage.Slot{Peer: g.String(), Group: true, View: Triage})
	}
	if len(groups) > 0 && (!t.e.Privately || len(t.e.Triage) > 0) {
		return list, nil
	}
	each, err := t.each(Triage)
	return append(list, each...), err
}

// Registers tells whether it is said in public that a message was registered.
func (t *Turn) Registers() bool { return t.e.Registered }

// Sieve tells problems from talk; nil where everything is one.
func (t *Turn) Sieve() *understand.Sieve {
	if t.e.Sieve == nil {
		return nil
	}
	return t.e.Sieve()
}

// Locate finds the source that an address stands for.
func (t *Turn) Locate(address string) (bot.Source, bool) {
	if t.e.Locate == nil {
		return bot.Source{}, false
	}
	return t.e.Locate(address)
}

// Link makes the link that takes an invitation's code.
func (t *Turn) Link(channel, start string) string { return t.e.Link(channel, start) }

// Confide keeps words that only curators read, said by nobody of the desk: what came along with a report.
func (t *Turn) Confide(inc *storage.Incident, text string) error {
	return t.record(inc, &storage.Event{Action: string(Remark), From: inc.State, To: inc.State, Text: text})
}
