package flows

import (
	"slices"
	"strconv"
	"strings"

	"otklik/flows/lazy"
	"otklik/storage"
)

// blank is a field of a template: «[номер]».
var blank = lazy.Regexp(`\[\p{L}[^\[\]\n]{0,60}\]`)

// Fill puts into a template what is known of an incident: its number, topic, place, organisation, deadline and today's
// date. The other fields stay as they are, for people to fill in: see Blanks.
func (t *Turn) Fill(text string, inc *storage.Incident) string {
	v := t.Voice()
	v.Lang = Languages[0]
	org := ""
	if inc.Assignment != nil {
		org = v.Org(inc.Assignment.Org)
	}
	known := map[string]string{
		"номер": strconv.FormatUint(inc.Number, 10), "тема": strings.ToLower(v.Topic(inc.Topic)), "место": v.Place(inc.Place),
		"организация": org, "срок": v.Date(inc.Final), "сегодня": v.Date(t.Now),
	}
	for english, russian := range map[string]string{"number": "номер", "topic": "тема", "place": "место", "organisation": "организация", "due": "срок", "today": "сегодня"} {
		known[english] = known[russian]
	}
	return blank().ReplaceAllStringFunc(text, func(field string) string {
		if said := known[strings.Trim(field, "[]")]; said != "" {
			return said
		}
		return field
	})
}

// Blanks gives the fields of a template that nobody has filled in yet, each once.
func Blanks(text string) (list []string) {
	for _, field := range blank().FindAllString(text, -1) {
		if !slices.Contains(list, field) {
			list = append(list, field)
		}
	}
	return list
}
