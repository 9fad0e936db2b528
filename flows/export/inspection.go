package export

import (
	"fmt"
	"strings"
	"time"

	"otklik/flows"
	"otklik/storage"
)

// Inspection is what a supervisory body found, or has still to find. Times are in the region's zone, zero where there is
// none.
type Inspection struct {
	Org      string    `json:"body"`
	Begun    time.Time `json:"begun"`
	Due      time.Time `json:"due"`
	Late     bool      `json:"late,omitempty"`    // Due has passed, and there is no finding
	Outcome  string    `json:"outcome,omitempty"` // flows.Violation or flows.None, "" while there is no finding
	Found    time.Time `json:"found,omitzero"`
	Text     string    `json:"text,omitempty"`
	Document string    `json:"document,omitempty"`
	Measures []Measure `json:"measures,omitempty"`
}

// Measure is what a body ordered to be done.
type Measure struct {
	Text string    `json:"text"`
	Due  time.Time `json:"due"`
	Late bool      `json:"late,omitempty"` // Due has passed, and nobody has found it done
	Done time.Time `json:"done,omitzero"`

	Waived time.Time `json:"waived,omitzero"` // the body took it back
}

// inspections gives those of an incident that no curator took back.
func (t *Table) inspections(inc *storage.Incident, shown func(string) string) (list []Inspection) {
	for i := range inc.Inspections {
		in := &inc.Inspections[i]
		if !in.Relieved.IsZero() {
			continue
		}
		one := Inspection{Org: t.says.Org(in.Org), Begun: t.at(in.At), Due: t.at(in.Due), Late: in.Late}
		if f := in.Finding; f != nil {
			one.Outcome = flows.None
			if f.Violation {
				one.Outcome = flows.Violation
			}
			one.Found, one.Text, one.Document = t.at(f.At), shown(f.Text), shown(f.Document)
		}
		for _, m := range in.Measures {
			one.Measures = append(one.Measures, Measure{Text: shown(m.Text), Due: t.at(m.Due), Late: m.Late, Done: t.at(m.Done), Waived: t.at(m.Waived)})
		}
		list = append(list, one)
	}
	return list
}

// inspected are the columns of what supervisory bodies found. Where several looked, their parts stand in one order.
func inspected() []column {
	of := func(part func(*Inspection) string) func(*Row) any {
		return func(r *Row) any {
			var parts []string
			for i := range r.Inspections {
				if text := part(&r.Inspections[i]); text != "" {
					parts = append(parts, text)
				}
			}
			return strings.Join(parts, "; ")
		}
	}
	return []column{
		{"Надзор", 34, of(func(in *Inspection) string { return in.Org })},
		{"Заключение", 24, of((*Inspection).outcome)},
		{"Документ", 24, of(func(in *Inspection) string { return in.Document })},
		{"Предписания", 28, of((*Inspection).ordered)},
	}
}

func (in *Inspection) outcome() string {
	switch {
	case in.Outcome == flows.Violation:
		return "нарушение"
	case in.Outcome == flows.None:
		return "нарушений нет"
	case in.Late:
		return "срок прошёл " + in.Due.Format("02.01.2006")
	}
	return "до " + in.Due.Format("02.01.2006")
}

func (in *Inspection) ordered() string {
	if len(in.Measures) == 0 {
		return ""
	}
	done, late, waived := 0, 0, 0
	for _, m := range in.Measures {
		switch {
		case !m.Done.IsZero():
			done++
		case !m.Waived.IsZero():
			waived++
		case m.Late:
			late++
		}
	}
	text := fmt.Sprintf("%d, исполнено %d", len(in.Measures), done)
	if late > 0 {
		text += fmt.Sprintf(", просрочено %d", late)
	}
	if waived > 0 {
		text += fmt.Sprintf(", снято %d", waived)
	}
	return text
}
