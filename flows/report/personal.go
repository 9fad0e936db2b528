package report

import (
	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
)

// hint tells the author of personal data in the words, and gives the button that hides it; both empty if there is none.
func (d *draft) hint(t *flows.Turn) (text string, rows [][]bot.Button) {
	var texts []string
	for _, p := range d.Parts {
		texts = append(texts, p.Text)
	}
	line, row := t.Hint(texts...)
	if line == "" {
		return "", nil
	}
	return "\n" + line, [][]bot.Button{row}
}

// hide hides the personal data in everything that was written.
func (d *draft) hide() {
	for i := range d.Parts {
		d.Parts[i].Text = personal.Mask(d.Parts[i].Text)
	}
}
