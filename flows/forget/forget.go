// Package forget is how a resident has everything erased that the desk knows of them: /forget.
package forget

import (
	"embed"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "forget"

// Flow asks once and erases. It is no conversation: a question that nobody answered is in nobody's way.
func Flow() flows.Flow {
	return flows.Flow{
		Name:     name,
		Texts:    texts,
		Commands: []flows.Command{{Name: "forget", Run: ask}},
		Presses: map[string]flows.Press{
			"yes": yes,
			"no":  no,
		},
	}
}

// may refuses a group, where everybody reads along; staff, as what they did is the record; and who is muted, as they
// would be taken for somebody new.
func may(t *flows.Turn) error {
	switch {
	case t.In.Group:
		return flows.Refuse("forget.privately")
	case len(t.Me.Roles) > 0:
		return flows.Refuse("forget.staff")
	case t.Now.Before(t.Me.Muted):
		return flows.Refuse("forget.muted", "At", t.Voice().At(t.Me.Muted))
	}
	return nil
}

func ask(t *flows.Turn, _ string) error {
	if err := may(t); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("forget.ask")
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("forget.yes", name+":yes"), v.Button("forget.no", name+":no")})
	return t.Reply(m)
}

func yes(t *flows.Turn, _ *storage.Incident, _ []string) error {
	if err := may(t); err != nil {
		return err
	}
	return t.Erase(personal.MaskThose, t.Voice().Say("forget.done"))
}

func no(t *flows.Turn, _ *storage.Incident, _ []string) error {
	return t.Instead(t.Voice().Say("forget.kept"))
}
