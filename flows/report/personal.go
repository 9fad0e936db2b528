package report

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
)

// hint tells the author of personal data in the words, and gives the button that hides it; both empty if there is none.
// It stays the author's choice: whoever wants to be called leaves the number.
func (d *draft) hint(t *flows.Turn) (text string, row [][]bot.Button) {
	id := ""
	for _, p := range d.Parts {
		for _, s := range personal.Find(p.Text) {
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
	return "\n" + v.T("report.has_"+id), [][]bot.Button{{v.Button("report.hide_"+id, t.Key("hide"))}}
}

// hide hides the personal data in everything that was written.
func (d *draft) hide() {
	for i := range d.Parts {
		d.Parts[i].Text = personal.Mask(d.Parts[i].Text)
	}
}
