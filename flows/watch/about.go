package watch

import (
	"slices"
	"strings"

	"otklik/flows"
	"otklik/storage"
)

// about reads what is said of a source, in any order, with or without commas: where its messages are about, whose page it
// is, and the language of the answers: «Слободской», «Куприт, Киров», «Слободской en». It gives the words that name nothing.
func about(t *flows.Turn, w *storage.Watched, words string) (unknown string) {
	parts := strings.Split(words, ",")
	if fields := strings.Fields(words); len(parts) == 1 && len(fields) > 1 && slices.Contains(flows.Languages, strings.ToLower(fields[len(fields)-1])) {
		parts = []string{strings.Join(fields[:len(fields)-1], " "), fields[len(fields)-1]}
	}
	for _, part := range parts {
		part = strings.TrimSpace(part)
		code := strings.ToLower(part)
		switch {
		case part == "":
		case slices.Contains(flows.Languages, code):
			w.Language = code
		default:
			if named := body(t, part); named != "" {
				w.Org = named
				if o := t.Pack().Organisation(named); w.Municipality == "" && o.Municipality != "" {
					w.Municipality = o.Municipality
				}
			} else if where := district(t, part); where != "" {
				w.Municipality = where
			} else {
				return part
			}
		}
	}
	return ""
}

// body finds the one body that words name; a district's own name is the district, not its administration.
func body(t *flows.Turn, words string) string {
	if list := t.Organisations(words); len(list) == 1 && district(t, words) == "" {
		return list[0].Code
	}
	return ""
}
