package flows

import (
	"strconv"

	"otklik/bot"
	"otklik/storage"
)

// Most is how many incidents a list holds.
const Most = 200

const (
	listFlow = "list"
	listPage = 8
)

// listed is a list of incidents, each a button that shows its card.
type listed struct {
	ID      string // the text above it
	Flow    string // whose press "show" shows a card
	Numbers []uint64
	Page    int
}

// Lists is the flow of the lists that other flows show: it belongs to the engine.
func lists() Flow {
	return Flow{
		Name:     listFlow,
		Standing: true,
		Table: []Transition{
			{Event: "open", From: []string{""}, To: "open"},
			{Event: "done", From: []string{"open"}, To: Done},
		},
		Ask: map[string]Ask{"open": askList},
		Step: map[string]Step{"open": func(t *Turn) (string, error) {
			var l listed
			if err := t.Load(&l); err != nil {
				return "", err
			}
			l.Page = t.PageArg()
			return Stay, t.Save(l)
		}},
	}
}

// List lists incidents, paged where it stands, each a button that shows its card: "FLOW:show:N".
func (t *Turn) List(id string, numbers []uint64, flow string) error {
	if len(numbers) == 0 {
		v := t.Voice()
		return t.Reply(Words(v.T(id) + "\n" + v.T("desk.nothing_listed")))
	}
	return t.Begin(listFlow, "open", listed{ID: id, Flow: flow, Numbers: numbers[:min(len(numbers), Most)]})
}

func askList(t *Turn) error {
	var l listed
	if err := t.Load(&l); err != nil {
		return err
	}
	v := t.Voice()
	text := v.T(l.ID)
	var rows [][]bot.Button
	var row []bot.Button
	from, to := Page(l.Page, listPage, len(l.Numbers))
	for _, n := range l.Numbers[from:to] {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		text += "\n" + v.T("desk.list_line", "Number", n, "State", v.Standing(inc), "Topic", v.Topic(inc.Topic), "Place", Short(v.Place(inc.Place), 60))
		row = append(row, bot.Button{Text: "№ " + strconv.FormatUint(n, 10), Data: CardKey(l.Flow, "show", n)})
		if len(row) == 4 {
			rows, row = append(rows, row), nil
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	m := Words(text)
	m.Keyboard = v.PageRow(rows, l.Page, listPage, len(l.Numbers), func(p string) string { return t.Key("p", p) })
	return t.Prompt(m)
}

// InStates gives the numbers of incidents in some states, the oldest of each first.
func (t *Turn) InStates(states ...storage.State) (numbers []uint64, err error) {
	for _, s := range states {
		more, err := t.Tx.ByState(s, 0, Most-len(numbers))
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, more...)
	}
	return numbers, nil
}
