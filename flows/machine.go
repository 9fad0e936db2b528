package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/looplab/fsm"
)

// start is the name that the machine gives to the state before a conversation.
const start = "start"

// machine builds the conversation's machine in a state. It is made anew for each update and thrown away: a machine that
// was interrupted once stays stuck.
func (f *Flow) machine(state string) *fsm.FSM { return f.machineOf(state, f.Table) }

func (f *Flow) machineOf(state string, table []Transition) *fsm.FSM {
	events := make(fsm.Events, 0, len(table))
	for _, t := range table {
		from := make([]string, len(t.From))
		for i, s := range t.From {
			from[i] = stateName(s)
		}
		events = append(events, fsm.EventDesc{Name: t.Event, Src: from, Dst: t.To})
	}
	return fsm.NewFSM(stateName(state), events, nil)
}

func stateName(state string) string {
	if state == "" {
		return start
	}
	return state
}

// move gives the state after an event.
func (f *Flow) move(ctx context.Context, state, event string) (string, error) {
	// Only the step that is taken is built: to build all that lead out of this state would cost more than to take it.
	var step []Transition
	for _, t := range f.Table {
		if t.Event == event && slices.Contains(t.From, state) {
			step = []Transition{{Event: event, From: []string{state}, To: t.To}}
			break // check has seen to it that there is one at most
		}
	}
	m := f.machineOf(state, step)
	err := m.Event(context.WithoutCancel(ctx), event)
	if _, same := errors.AsType[fsm.NoTransitionError](err); err != nil && !same {
		return "", fmt.Errorf("flow %s: event %q in state %q: %w", f.Name, event, state, err)
	}
	return m.Current(), nil
}

// Diagram draws the conversation in Mermaid.
func (f *Flow) Diagram() (string, error) {
	return fsm.VisualizeForMermaidWithGraphType(f.machine(""), fsm.StateDiagram)
}

// check names what looplab/fsm accepts in silence: events doubled for a state, states that nothing asks or answers.
func (f *Flow) check() error {
	var faults []error
	seen := map[[2]string]bool{}
	reached := map[string]bool{}
	for _, t := range f.Table {
		if t.Event == Stay || t.Event == Quiet || t.Event == "" {
			faults = append(faults, fmt.Errorf("event name %q is taken", t.Event))
		}
		reached[t.To] = true
		for _, s := range t.From {
			if seen[[2]string{s, t.Event}] {
				faults = append(faults, fmt.Errorf("event %q twice in state %q", t.Event, s))
			}
			seen[[2]string{s, t.Event}] = true
		}
	}
	for _, t := range f.Table {
		for _, s := range t.From {
			if s != "" && !reached[s] {
				faults = append(faults, fmt.Errorf("state %q is never reached", s))
			}
		}
	}
	states := make([]string, 0, len(reached))
	for s := range reached {
		states = append(states, s)
	}
	slices.Sort(states)
	for _, s := range states {
		if s == Done {
			continue
		}
		if f.Ask[s] == nil {
			faults = append(faults, fmt.Errorf("state %q asks nothing", s))
		}
		if f.Step[s] == nil {
			faults = append(faults, fmt.Errorf("state %q takes nothing", s))
		}
	}
	for s := range f.Ask {
		if !reached[s] {
			faults = append(faults, fmt.Errorf("state %q is asked but not in the table", s))
		}
	}
	for s := range f.Step {
		if !reached[s] {
			faults = append(faults, fmt.Errorf("state %q has a step but is not in the table", s))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("flow %s: %w", f.Name, err)
	}
	return nil
}
