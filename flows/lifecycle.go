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

	Add      Action = "add"  // the author adds words or photos
	When     Action = "when" // the author asks when
	Withdraw Action = "withdraw"
	Mark     Action = "mark" // of 1 to 5 for the answer
)

// Rule says who may do what in which states, and where it leads; To "" leaves the state as it is.
type Rule struct {
	Action Action
	From   []storage.State
	To     storage.State
	Who    []storage.RoleKind // empty: the desk alone
}

var (
	before  = []storage.State{storage.New, storage.Assigned, storage.Accepted}
	curator = []storage.RoleKind{storage.Curator}
	body    = []storage.RoleKind{storage.Official}
	author  = []storage.RoleKind{storage.Resident}
)

// Lifecycle is the one table of what may happen to an incident. It is checked for every action, whatever buttons a
// client shows.
var Lifecycle = []Rule{
	{Assign, []storage.State{storage.New, storage.Assigned, storage.Accepted}, storage.Assigned, curator},
	{Reject, []storage.State{storage.New, storage.Assigned}, storage.Rejected, curator},
	{Retopic, before, "", curator},
	{Replace, before, "", curator},
	{Accept, []storage.State{storage.Assigned}, storage.Accepted, body},
	{Decline, []storage.State{storage.Assigned, storage.Accepted}, storage.New, body},
	{Note, []storage.State{storage.Assigned, storage.Accepted}, storage.Accepted, body},
	{Answer, []storage.State{storage.Assigned, storage.Accepted}, storage.Answered, body},
	{Approve, []storage.State{storage.Answered}, storage.Closed, curator},
	{Return, []storage.State{storage.Answered}, storage.Accepted, curator},
	{Confirm, []storage.State{storage.Closed}, "", author},
	{Dispute, []storage.State{storage.Closed}, storage.Assigned, author},
	{Overdue, before, "", nil},
	{Add, append(slices.Clone(before), storage.Answered), "", author},
	{When, before, "", author},
	{Withdraw, before, storage.Withdrawn, author},
	{Mark, []storage.State{storage.Closed}, "", author},
}

// lifecycle builds the machine of the table in a state.
func lifecycle(state storage.State) *fsm.FSM {
	var events fsm.Events
	for _, r := range Lifecycle {
		for _, from := range r.From {
			to := r.To
			if to == "" {
				to = from
			}
			events = append(events, fsm.EventDesc{Name: string(r.Action), Src: []string{string(from)}, Dst: string(to)})
		}
	}
	return fsm.NewFSM(string(state), events, nil)
}

// LifecycleDiagram draws the table in Mermaid.
func LifecycleDiagram() (string, error) {
	return fsm.VisualizeForMermaidWithGraphType(lifecycle(storage.New), fsm.StateDiagram)
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
		case storage.Resident:
			ok = slices.ContainsFunc(inc.Reporters, func(r storage.Reporter) bool { return r.Person == p.ID })
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

// next gives the state after an action.
func next(ctx context.Context, s storage.State, a Action) (storage.State, error) {
	m := lifecycle(s)
	err := m.Event(context.WithoutCancel(ctx), string(a))
	if _, same := errors.AsType[fsm.NoTransitionError](err); err != nil && !same {
		return "", fmt.Errorf("action %s in state %s: %w", a, s, err)
	}
	return storage.State(m.Current()), nil
}
