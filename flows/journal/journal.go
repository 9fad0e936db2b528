// Package journal prints what happened: an incident's whole history, and what the staff did with people. It is for the
// command line, in English.
package journal

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"otklik/storage"
)

// Printer prints. Times are in Zone. Names also prints the names of residents and where they write from.
type Printer struct {
	Out   io.Writer
	Zone  *time.Location
	Names bool
	JSON  bool
}

const (
	stamp   = "2006-01-02 15:04:05"
	chat    = "chat"    // the kind of a source: somebody wrote to the desk
	open311 = "open311" // the channel of what programs report: nobody stands behind it who could be erased
)

// Incident prints an incident and its events, oldest first. An unknown number is an error.
func (p *Printer) Incident(tx *storage.Tx, number uint64) error {
	inc, err := tx.Incident(number)
	if err != nil {
		return err
	}
	if inc == nil {
		return fmt.Errorf("there is no incident %d", number)
	}
	events, err := tx.Events(number)
	if err != nil {
		return err
	}
	if p.JSON {
		return p.json(inc, events)
	}
	if err := p.head(tx, inc); err != nil {
		return err
	}
	for i := range events {
		if err := p.event(tx, inc, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Printer) json(inc *storage.Incident, events []storage.Event) error {
	if !p.Names {
		inc = nameless(inc)
	}
	if err := record(p.Out, inc); err != nil {
		return err
	}
	for i := range events {
		if err := record(p.Out, events[i]); err != nil {
			return err
		}
	}
	return nil
}

// nameless is an incident without what leads to residents: where they write from, and who wrote what they forwarded.
func nameless(inc *storage.Incident) *storage.Incident {
	bare := *inc
	bare.Reporters = slices.Clone(inc.Reporters)
	for i := range bare.Reporters {
		bare.Reporters[i].Peer = ""
	}
	if bare.Source.Link = ""; bare.Source.Kind == chat {
		bare.Source.Name = ""
	}
	return &bare
}

func (p *Printer) head(tx *storage.Tx, inc *storage.Incident) error {
	lines := []string{
		fmt.Sprintf("Incident %d: %s", inc.Number, inc.State),
		fmt.Sprintf("topic %s, place %s (%s)", inc.Topic, line(inc.Place.Label), inc.Place.Municipality),
		fmt.Sprintf("route by %s, first answer by %s, final by %s", p.at(inc.Forward), p.at(inc.First), p.at(inc.Final)),
	}
	if inc.Assignment != nil {
		lines = append(lines, "organisation "+inc.Assignment.Org)
	}
	for _, r := range inc.Reporters {
		who, err := p.person(tx, r.Person, storage.Resident)
		if err != nil {
			return err
		}
		switch {
		case r.From != 0:
			who += fmt.Sprintf(", came with %d", r.From)
		case r.Follows:
			who += ", follows"
		default:
			who += ", reported"
		}
		lines = append(lines, who)
	}
	_, err := fmt.Fprintln(p.Out, strings.Join(lines, "\n")+"\n")
	return err
}

func (p *Printer) event(tx *storage.Tx, inc *storage.Incident, ev *storage.Event) error {
	who := "desk"
	switch {
	case ev.Actor == 0 && ev.As == storage.Resident && ev.From == "" && inc.Source.Channel == open311:
		who = "a program (Open311)"
	case ev.Actor != 0 || ev.As != "":
		var err error
		if who, err = p.person(tx, ev.Actor, ev.As); err != nil {
			return err
		}
	}
	first := fmt.Sprintf("%3d  %s  %-9s %s", ev.Seq, p.at(ev.At), ev.Action, who)
	if ev.Org != "" {
		first += ", " + ev.Org
	}
	if ev.From != ev.To {
		first += fmt.Sprintf("  (%s → %s)", cmpOr(string(ev.From), "—"), ev.To)
	}
	lines := []string{first}
	if ev.Text != "" {
		for l := range strings.SplitSeq(plain(ev.Text), "\n") {
			lines = append(lines, "     | "+l)
		}
	}
	if n := len(ev.Photos); n > 0 {
		lines = append(lines, fmt.Sprintf("     photos: %d (%s)", n, strings.Join(ev.Photos, " ")))
	}
	if !ev.Due.IsZero() {
		lines = append(lines, "     due "+p.at(ev.Due))
	}
	if ev.Other != 0 {
		lines = append(lines, fmt.Sprintf("     incident %d", ev.Other))
	}
	if ev.Person != 0 {
		whom, err := p.person(tx, ev.Person, storage.Official)
		if err != nil {
			return err
		}
		lines = append(lines, "     to "+whom)
	}
	_, err := fmt.Fprintln(p.Out, strings.Join(lines, "\n"))
	return err
}

// person names somebody: a member of staff by name, a resident by number, unless names are asked for.
func (p *Printer) person(tx *storage.Tx, id uint64, as storage.RoleKind) (string, error) {
	if id == 0 || id == storage.Erased {
		return string(as) + ", erased", nil
	}
	who, err := tx.Person(id)
	if err != nil {
		return "", err
	}
	if who == nil || (as == storage.Resident && !p.Names) {
		return fmt.Sprintf("%s %d", as, id), nil
	}
	return fmt.Sprintf("%s %d (%s, %s:%s)", as, id, line(who.Name), who.Channel, line(who.User)), nil
}

// Staff prints what the staff did with people, the newest last: the last most entries, all of them for 0.
func (p *Printer) Staff(tx *storage.Tx, most int) error {
	var list []*storage.Entry
	err := tx.Logged(func(e *storage.Entry) bool {
		list = append(list, e)
		return most == 0 || len(list) < most
	})
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(list) {
		if err := p.entry(tx, e); err != nil {
			return err
		}
	}
	return nil
}

func (p *Printer) entry(tx *storage.Tx, e *storage.Entry) error {
	if p.JSON {
		return record(p.Out, e)
	}
	by := "command line"
	var err error
	if e.Actor != 0 {
		if by, err = p.person(tx, e.Actor, "person"); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%5d  %s  %-8s by %s", e.Seq, p.at(e.At), e.Action, by)
	if e.Person != 0 && e.Person != e.Actor {
		as := storage.Resident // whoever is muted
		if e.Role.Kind != "" {
			as = e.Role.Kind
		}
		whom, err := p.person(tx, e.Person, as)
		if err != nil {
			return err
		}
		text += ": " + whom
	}
	if e.Role.Kind != "" {
		text += fmt.Sprintf(" [%s %s", e.Role.Kind, e.Role.Org)
		text = strings.TrimRight(text, " ")
		if e.Role.Head {
			text += ", head"
		}
		text += "]"
	}
	if !e.Until.IsZero() {
		text += " until " + p.at(e.Until)
	}
	if e.Text != "" {
		text += " | " + line(e.Text)
	}
	_, err = fmt.Fprintln(p.Out, text)
	return err
}

func (p *Printer) at(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(p.Zone).Format(stamp)
}

func cmpOr(s, or string) string {
	if s == "" {
		return or
	}
	return s
}
