package figures

import (
	"cmp"
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// The rating of a body, 0 to 100: how many of its answers were in time, how many the residents did not dispute, and what
// marks they gave. Where nobody gave a mark, the other two share its weight.
const (
	weighsTime = 50
	weighsWord = 30
	weighsMark = 20
	// enough is how many answers a body needs for a place: of fewer, one resident more or less would move it far.
	enough = 10
)

// rated is a body with its points.
type rated struct {
	org    string
	points float64
	storage.Sums
}

// Points gives a body's points; it has given at least one answer.
func Points(s storage.Sums) float64 {
	all := float64(s[storage.Resolved])
	kept := 1 - float64(s[storage.ResolvedLate])/all
	word := max(1-float64(s[storage.Contested])/all, 0)
	if s[storage.Marks] <= 0 {
		return 100 * (weighsTime*kept + weighsWord*word) / (weighsTime + weighsWord)
	}
	mark := (float64(s[storage.MarkSum])/float64(s[storage.Marks]) - 1) / 4
	return weighsTime*kept + weighsWord*word + weighsMark*mark
}

// rate gives the bodies that have a place, the best first, and those that have too few answers for one.
func rate(tx *storage.Tx, p period) (list, few []rated, err error) {
	all, err := tx.SumsBy(storage.ByBody, p.From, p.To)
	if err != nil {
		return nil, nil, err
	}
	for org, s := range all {
		switch n := s[storage.Resolved]; {
		case n >= enough:
			list = append(list, rated{org, Points(s), s})
		case n > 0:
			few = append(few, rated{org, 0, s})
		}
	}
	slices.SortFunc(list, func(a, b rated) int { return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.org, b.org)) })
	slices.SortFunc(few, func(a, b rated) int {
		return cmp.Or(cmp.Compare(b.Sums[storage.Resolved], a.Sums[storage.Resolved]), cmp.Compare(a.org, b.org))
	})
	return list, few, nil
}

// openRating is /rating.
func openRating(t *flows.Turn, _ string) error {
	if org, err := own(t); err != nil || org != "" {
		return flows.Refuse("desk.not_your_command")
	}
	return t.Begin(name, "rating", view{Period: "quarter"})
}

const ratingPage = 10

func askRating(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	p := last(s.Period, storage.DayOf(t.Local()))
	list, few, err := rate(t.Tx, p)
	if err != nil {
		return err
	}
	v := teller{t.Voice()}
	lines := []string{v.head(v.T("figures.rating"), p), v.T("figures.formula", "Time", weighsTime, "Word", weighsWord, "Mark", weighsMark)}
	from, to := flows.Page(s.Page, ratingPage, len(list))
	for i, one := range list[from:to] {
		lines = append(lines, v.rated(one, from+i+1))
	}
	if len(list) == 0 {
		lines = append(lines, v.T("figures.nobody_rated", "Enough", enough))
	}
	if to == len(list) && len(few) > 0 {
		var names []string
		for _, one := range few[:min(len(few), ratingPage)] {
			names = append(names, v.T("figures.few_one", "Org", v.Org(one.org), "N", one.Sums[storage.Resolved]))
		}
		lines = append(lines, v.T("figures.few", "Enough", enough, "Names", strings.Join(names, ", "), "More", len(few)-len(names)))
	}
	m := flows.Words(strings.Join(lines, "\n"))
	m.Keyboard = v.PageRow(nil, s.Page, ratingPage, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, v.periodRow(t, s.Period), []bot.Button{v.Button("figures.back", t.Key("back"))})
	return t.Prompt(m)
}

func (v teller) rated(one rated, place int) string {
	s := one.Sums
	return v.T("figures.rated", "Place", place, "Org", v.Org(one.org), "Points", v.decimal(float64(int(one.points*10+0.5))/10),
		"Kept", v.share(s[storage.Resolved]-s[storage.ResolvedLate], s[storage.Resolved]), "Contested", v.share(s[storage.Contested], s[storage.Resolved]),
		"Mark", v.mark(s), "N", v.count(s[storage.Resolved]))
}
