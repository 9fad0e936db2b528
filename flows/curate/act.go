package curate

import (
	"strconv"
	"strings"

	"otklik/flows"
	"otklik/storage"
)

// assign gives an incident to an organisation. The norms run on: they began when the resident wrote.
func assign(t *flows.Turn, inc *storage.Incident, code string) error {
	o := t.Pack().Organisation(code)
	if o == nil {
		return flows.Refuse("curate.no_org", "Code", flows.Short(code, 40))
	}
	if inc.Assignment != nil && inc.Assignment.Org == code {
		if err := t.Check(inc, flows.Assign); err != nil {
			return err
		}
		return &flows.Refusal{ID: "curate.there_already", Args: []any{"Number", inc.Number, "To", t.Voice().OrgTo(code)}, Show: inc.Number}
	}
	return t.Assign(inc, code)
}

// pressAssign is one tap on the card. The button carries the version that it was drawn for, so that of two people who
// press at once the second is told who was first.
func pressAssign(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil || len(args) != 3 {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.Assign); err != nil {
		return err
	}
	if args[2] != strconv.FormatUint(inc.Version, 10) && inc.State != storage.New {
		return t.Stale(inc, flows.Assign)
	}
	return assign(t, inc, args[1])
}

func approve(t *flows.Turn, inc *storage.Incident) error {
	if err := t.Check(inc, flows.Approve); err != nil {
		return err
	}
	if left := flows.Blanks(answerText(inc)); len(left) > 0 {
		return flows.Refuse("curate.blanks_left", "Number", inc.Number, "Blanks", strings.Join(left, ", "))
	}
	return t.Act(inc, flows.Approve, storage.Event{Public: true, Text: answerText(inc)}, func() {
		inc.Answer.ApprovedBy, inc.Answer.ApprovedAt = t.Me.ID, t.Now
		for i := range inc.Reporters { // each is asked anew
			inc.Reporters[i].Solved, inc.Reporters[i].Mark = false, 0
		}
	})
}

func answerText(inc *storage.Incident) string {
	if inc.Answer == nil {
		return ""
	}
	return inc.Answer.Text
}

// pressApprove approves the answer that was read: one that was changed meanwhile is shown first.
func pressApprove(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.Approve); err != nil {
		return err
	}
	if len(args) > 1 && args[1] != version(inc) {
		return &flows.Refusal{ID: "curate.answer_changed", Args: []any{"Number", inc.Number}, Show: inc.Number, Cause: "an older answer"}
	}
	if err := approve(t, inc); err != nil {
		return err
	}
	t.Toast(t.Voice().T("curate.approved", "Number", inc.Number))
	return nil
}

func sendBack(t *flows.Turn, inc *storage.Incident, why string) error {
	return t.Act(inc, flows.Return, storage.Event{Text: why}, nil)
}

// reject ends an incident with a reason; code is that of the pack's, "" for words of the curator's own.
func reject(t *flows.Turn, inc *storage.Incident, why, code string) error {
	return t.Act(inc, flows.Reject, storage.Event{Text: why, Why: code, Public: true}, func() { inc.Reason = why })
}

func retopic(t *flows.Turn, inc *storage.Incident, code string) error {
	return t.Act(inc, flows.Retopic, storage.Event{Text: code}, func() {
		inc.Topic = code
		t.Clock(inc, inc.Started)
		t.Route(inc)
	})
}

func replace(t *flows.Turn, inc *storage.Incident, p storage.Place) error {
	return t.Act(inc, flows.Replace, storage.Event{Text: p.Label}, func() {
		inc.Place = p
		t.Route(inc)
	})
}

// pressShow posts the card again, where it is asked for.
func pressShow(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.ShowCard(inc)
}

// replied tells a curator who replies to a card or a notice that nobody reads it: whom it is for has to be said. In their
// group curators talk to each other.
func replied(t *flows.Turn, c *flows.Case) (bool, error) {
	if c.Seat.Kind != storage.Curator || t.In.Group {
		return false, nil
	}
	return true, t.ReplyAbout(t.Voice().Say("curate.to_whom", "Number", c.Incident.Number), c.Incident.Number)
}
