package flows

import (
	"otklik/bot"
	"otklik/flows/personal"
)

// Hint tells the author of personal data in what they wrote, and gives the button that hides it, of the verb "hide" in the
// conversation's step; both empty if there is none. It stays the author's choice: whoever wants to be called leaves the number.
func (t *Turn) Hint(texts ...string) (line string, row []bot.Button) {
	id := ""
	for _, text := range texts {
		for _, s := range personal.Find(text) {
			switch id {
			case "":
				id = string(s.Kind)
			case string(s.Kind):
			default:
				id = "several"
			}
		}
	}
	if id == "" {
		return "", nil
	}
	v := t.Voice()
	return v.T("desk.has_" + id), []bot.Button{v.Button("desk.hide_"+id, t.Key("hide"))}
}
