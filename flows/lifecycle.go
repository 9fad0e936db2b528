package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/looplab/fsm"

	"otklik/storage"
)

// Action is something done to an incident.
type Action string

// The actions. Those of the desk itself (created, overdue) are events too.
const (
	Create  Action = "create"
	Assign  Action = "assign"
	Accept  Action = "accept"
	Decline Action = "decline" // not ours
	Note    Action = "note"    // progress that the resident sees
	Answer  Action = "answer"  // final, under control from then on
	Approve Action = "approve"
	Return  Action = "return"
	Reject  Action = "reject"
	Retopic Action = "retopic"
	Replace Action = "replace" // another place
	Confirm Action = "confirm" // solved
	Dispute Action = "dispute" // not solved
	Overdue Action = "overdue"

	Remind   Action = "remind"   // who has it in hand, of a deadline
	Escalate Action = "escalate" // to the head of the body: a deadline has passed
	Control  Action = "control"  // to the region's control group

	Add      Action = "add"  // a reporter adds words or photos
	When     Action = "when" // a reporter asks when
	Withdraw Action = "withdraw"
	Mark     Action = "mark"   // of 1 to 5 for the answer
	Follow   Action = "follow" // joins what somebody else reported
	Leave    Action = "leave"  // does not want to hear of it any more; it goes on
	Settle   Action = "settle" // nobody disputed the answer in time
	Forget   Action = "forget" // had everything erased that is known of them

	Inquire Action = "ask"    // the desk asks the residents; the clock stands
	Tell    Action = "tell"   // a resident answers
	Resume  Action = "resume" // the desk goes on without their answer
	Silent  Action = "silent" // nobody answered in time

	Merge   Action = "merge"  // into another incident
	Gather  Action = "gather" // … the other incident's side of it
	Unmerge Action = "unmerge"
	Scatter Action = "scatter"
	Split   Action = "split" // a part of it becomes an incident of its own

	Urgent   Action = "urgent" // on or off
	Remark   Action = "remark" // between curators
	Hide     Action = "hide"   // a photo from the residents, or shows it again
	Postpone Action = "postpone"

	Extend  Action = "extend" // the body asks for more time
	Grant   Action = "grant"
	Deny    Action = "deny"
	Promise Action = "promise" // interim answer: what will be done, by when
	Lapse   Action = "lapse"   // … and was not
	Revise  Action = "revise"  // another answer before anybody approved the first
	Hand    Action = "hand"    // to a colleague

	Find Action = "find" // in public, by the desk itself
	Echo Action = "echo" // one more message in public speaks of it
	Take Action = "take" // a curator holds it for a problem: it is an incident from now on
	File Action = "file" // … the desk itself does, where the pack lets it
	Pass Action = "pass" // … for none
	Post Action = "post" // something was said of it where it stood

	Proof Action = "proof" // a curator posted it by hand

	Extract   Action = "extract"   // a message in public is about something else: it is taken out
	Inspect   Action = "inspect"   // a curator draws a supervisory body in
	Undertake Action = "undertake" // one of its people takes it
	Finding   Action = "finding"
	Measures  Action = "measures"  // it orders something to be done, by when
	Fulfil    Action = "fulfil"    // … and found it done
	Waive     Action = "waive"     // … or takes it back
	Amend     Action = "amend"     // another finding in the place of the first
	Relieve   Action = "relieve"   // a curator takes the inspection back
	Unchecked Action = "unchecked" // its deadline passed without a finding
	Unmet     Action = "unmet"     // the date of measures passed, and nobody found them done
	Hurry     Action = "hurry"     // its body was told of a deadline, its head, or the control group
)

// Held, as the end of a rule, is the state in which the incident was before it waited or was merged.
const Held storage.State = "held"

// Anybody may do what a rule lets anybody do, as a resident.
const Anybody storage.RoleKind = "anybody"

// Rule says who may do what in which states, and where it leads; To "" leaves the state as it is.
type Rule struct {
	Action Action
	From   []storage.State
	To     storage.State
	Who    []storage.RoleKind // empty: the desk alone
}

var (
	atTriage   = []storage.State{storage.Found}
	atCurators = []storage.State{storage.New}
	atBody     = []storage.State{storage.Assigned, storage.Accepted}
	before     = append(slices.Clone(atCurators), atBody...) // an answer
	judged     = append(slices.Clone(before), storage.Found)
	unanswered = append(slices.Clone(before), storage.Waiting)
	undecided  = append(slices.Clone(unanswered), storage.Found)
	open       = append(slices.Clone(unanswered), storage.Answered)
	waiting    = []storage.State{storage.Waiting}
	answered   = []storage.State{storage.Answered}
	closed     = []storage.State{storage.Closed}
	merged     = []storage.State{storage.Merged}

	curator   = []storage.RoleKind{storage.Curator}
	body      = []storage.RoleKind{storage.Official}
	staff     = []storage.RoleKind{storage.Curator, storage.Official}
	inspector = []storage.RoleKind{storage.Inspector}
	known     = storage.States[:slices.Index(storage.States, storage.Found)] // what is an incident, in whatever state
	handed    = append(slices.Clone(atBody), storage.Waiting, storage.Answered, storage.Closed)

	reporter = []storage.RoleKind{storage.Resident}
	anybody  = []storage.RoleKind{Anybody}
)

// Lifecycle is the one table of what may happen to an incident. It is checked for every action, whatever buttons a
// client shows.
var Lifecycle = []Rule{
	{Echo, storage.States, "", nil},
	{Take, []storage.State{storage.Found, storage.Passed}, storage.New, curator},
	{File, atTriage, storage.New, nil},
	{Pass, []storage.State{storage.Found, storage.New}, storage.Passed, curator}, // new: what the desk itself has filed
	{Post, storage.States, "", nil},
	{Proof, storage.States, "", curator},
	{Extract, storage.States, "", curator},

	{Assign, before, storage.Assigned, curator},
	{Reject, []storage.State{storage.New, storage.Assigned}, storage.Rejected, curator},
	{Retopic, undecided, "", curator},
	{Replace, undecided, "", curator},
	{Urgent, judged, "", curator},
	{Postpone, before, "", curator},
	{Remark, storage.States, "", curator},
	{Hide, storage.States, "", curator},
	{Split, open, "", curator},
	{Merge, judged, storage.Merged, curator},
	{Gather, open, "", curator},
	{Unmerge, merged, Held, curator},
	{Scatter, storage.States, "", curator},

	{Inquire, before, storage.Waiting, staff},
	{Tell, waiting, Held, reporter},
	{Resume, waiting, Held, staff},
	{Silent, waiting, Held, nil},

	{Accept, []storage.State{storage.Assigned}, storage.Accepted, body},
	{Decline, atBody, storage.New, body},
	{Note, atBody, storage.Accepted, body},
	{Promise, atBody, storage.Accepted, body},
	{Lapse, atBody, "", nil},
	{Extend, atBody, "", body},
	{Grant, atBody, "", curator},
	{Deny, atBody, "", curator},
	{Hand, atBody, "", body},
	{Answer, atBody, storage.Answered, body},
	{Revise, answered, "", body},
	{Approve, answered, storage.Closed, curator},
	{Return, answered, storage.Accepted, curator},
	{Overdue, before, "", nil},
	{Remind, atBody, "", nil},
	{Escalate, atBody, "", nil},
	{Control, atBody, "", nil},

	{Add, open, "", reporter},
	{When, before, "", reporter},
	{Follow, open, "", anybody},
	{Leave, open, "", reporter},
	{Forget, storage.States, "", reporter},
	{Withdraw, unanswered, storage.Withdrawn, reporter},
	{Confirm, closed, "", reporter},
	{Dispute, closed, storage.Assigned, reporter},
	{Mark, closed, "", reporter},
	{Settle, closed, storage.Settled, nil},

	{Inspect, handed, "", curator},
	{Undertake, known, "", inspector},
	{Finding, known, "", inspector},
	{Measures, known, "", inspector},
	{Fulfil, known, "", inspector},
	{Waive, known, "", inspector},
	{Amend, known, "", inspector},
	{Relieve, known, "", curator},
	{Unchecked, known, "", nil},
	{Unmet, known, "", nil},
	{Hurry, known, "", nil},
}

// edges gives the table's arrows as a machine wants them: those from a state, or all for "". held is where Held leads;
// "" draws it to every state that it may lead to.
func edges(state, held storage.State) (events fsm.Events) {
	add := func(name string, from, to storage.State) {
		events = append(events, fsm.EventDesc{Name: name, Src: []string{string(from)}, Dst: string(to)})
	}
	for _, r := range Lifecycle {
		for _, from := range r.From {
			switch {
			case state != "" && from != state:
			case r.To == Held && held == "":
				for _, to := range before {
					add(string(r.Action)+"_"+string(to), from, to)
				}
			case r.To == Held:
				add(string(r.Action), from, held)
			case r.To == "":
				add(string(r.Action), from, from)
			default:
				add(string(r.Action), from, r.To)
			}
		}
	}
	return events
}

// LifecycleDiagram draws the table in Mermaid.
func LifecycleDiagram() (string, error) {
	return fsm.VisualizeForMermaidWithGraphType(fsm.NewFSM(string(storage.New), edges("", ""), nil), fsm.StateDiagram)
}

func rule(a Action) *Rule {
	for i := range Lifecycle {
		if Lifecycle[i].Action == a {
			return &Lifecycle[i]
		}
	}
	return nil
}

// Allowed gives in which role a person may do something to an incident; ok is false where nobody lets them, whatever
// the state.
func Allowed(p *storage.Person, a Action, inc *storage.Incident) (as storage.RoleKind, ok bool) {
	r := rule(a)
	if r == nil || p == nil {
		return "", false
	}
	for _, who := range r.Who {
		switch who {
		case storage.Curator:
			ok = p.Is(storage.Curator, "") || p.Is(storage.Admin, "")
		case storage.Official:
			ok = inc.Assignment != nil && p.Is(storage.Official, inc.Assignment.Org)
		case storage.Inspector:
			ok = slices.ContainsFunc(inc.Inspections, func(in storage.Inspection) bool { return Inspects(p, inc, in.Org) })
		case storage.Resident:
			ok = inc.Reporter(p.ID) != nil
		case Anybody:
			return storage.Resident, true
		}
		if ok {
			return who, true
		}
	}
	return "", false
}

// Possible tells whether the table has an action in a state.
func Possible(a Action, s storage.State) bool {
	r := rule(a)
	return r != nil && slices.Contains(r.From, s)
}

// Undoable tells whether the desk itself filed an incident and nobody has built on that yet.
func Undoable(inc *storage.Incident) bool {
	return inc.Filed > 0 && inc.State == storage.New && inc.Taught.Executor == "" && len(inc.Merged) == 0 && // no curator ever routed it
		!slices.ContainsFunc(inc.Reporters, func(r storage.Reporter) bool { return r.Follows || r.From != 0 })
}

// next gives the state after an action.
func next(ctx context.Context, inc *storage.Incident, a Action) (storage.State, error) {
	s, held := inc.State, inc.Held
	if held == "" {
		held = storage.New
	}
	m := fsm.NewFSM(string(s), edges(s, held), nil)
	err := m.Event(context.WithoutCancel(ctx), string(a))
	if _, same := errors.AsType[fsm.NoTransitionError](err); err != nil && !same {
		return "", fmt.Errorf("action %s in state %s: %w", a, s, err)
	}
	return storage.State(m.Current()), nil
}
