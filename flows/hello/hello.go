// Package hello is the first and the general words: /start, /help, /language, and joining by an invitation.
package hello

import (
	"embed"
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

// Flow greets, helps and lets staff in.
func Flow() flows.Flow {
	return flows.Flow{
		Name:  "hello",
		Texts: texts,
		Commands: []flows.Command{
			{Name: "start", Run: start},
			{Name: "help", Run: help},
			{Name: "language", Run: language},
			{Name: "cancel", Run: cancel},
			// For whoever writes the settings: a messenger shows neither a person's number nor a chat's.
			{Name: "id", Run: numbers, Shown: func(*storage.Person) bool { return false }},
		},
		Presses: map[string]flows.Press{
			"lang": func(t *flows.Turn, _ *storage.Incident, args []string) error {
				if len(args) != 1 || !slices.Contains(flows.Languages, args[0]) {
					return flows.Refuse("desk.old_button")
				}
				return speak(t, args[0])
			},
		},
		Opened: greet,
	}
}

func start(t *flows.Turn, words string) error {
	if words != "" {
		return join(t, words)
	}
	return t.Reply(t.Voice().Say("hello.welcome"))
}

// greet answers what no other flow took: a greeting, or nothing that can be read.
func greet(t *flows.Turn) (bool, error) {
	if t.In.Group && (!t.In.ToUs || t.Staffed()) { // colleagues talk among themselves under the cards
		return false, nil
	}
	if t.Voice().Listed("desk.help_words", t.In.Text) {
		return true, help(t, "")
	}
	id := "hello.welcome"
	if t.Voice().Listed("desk.thanks", t.In.Text) {
		id = "hello.welcome_thanks"
	}
	return true, t.Reply(t.Voice().Say(id))
}

// numbers tells how the settings name the person and the chat.
func numbers(t *flows.Turn, _ string) error {
	return t.Reply(t.Voice().Say("hello.numbers", "User", t.In.Channel+":"+t.In.From.ID, "Chat", t.In.Peer.String()))
}

// cancel ends what is being talked about.
func cancel(t *flows.Turn, _ string) error {
	dropped, err := t.Drop()
	if err != nil {
		return err
	}
	id := "hello.nothing_to_cancel"
	if dropped {
		id = "hello.cancelled"
	}
	return t.Reply(t.Voice().Say(id))
}

// help lists the commands: to staff those of their seat, and the others by name only.
func help(t *flows.Turn, _ string) error {
	v := t.Voice()
	own, general := t.Helps()
	seat := t.Seat()
	if seat.Kind == storage.Resident || len(own.Lines) == 0 { // a guest in the curators' group is no curator
		lines := append(general.Lines, own.Lines...)
		return t.Reply(flows.Words(v.T("hello.help") + describe(lines) + name(v, "hello.help_rare", general.Rare, own.Rare)))
	}
	kind := seat.Kind
	if kind == storage.Curator && t.Me.Is(storage.Admin, "") {
		kind = storage.Admin
	}
	head := v.T("hello.help_"+string(kind), "Org", v.Org(seat.Org))
	return t.Reply(flows.Words(head + describe(own.Lines) + name(v, "hello.help_rare", own.Rare) +
		name(v, "hello.help_general", general.Lines, general.Rare)))
}

// describe gives a line to each command.
func describe(list []bot.Command) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString("\n/" + c.Name + " — " + c.Description)
	}
	return b.String()
}

// name gives one line to all commands of some lists; none if there is no command.
func name(v *flows.Voice, id string, lists ...[]bot.Command) string {
	var names []string
	for _, c := range slices.Concat(lists...) {
		names = append(names, "/"+c.Name)
	}
	if names == nil {
		return ""
	}
	return "\n" + v.T(id, "Names", strings.Join(names, " "))
}

func language(t *flows.Turn, words string) error {
	if words = strings.ToLower(words); slices.Contains(flows.Languages, words) {
		return speak(t, words)
	}
	v := t.Voice()
	m := v.Say("hello.which_language")
	for _, lang := range flows.Languages {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("hello.language_"+lang, "hello:lang:"+lang)})
	}
	return t.Reply(m)
}

func speak(t *flows.Turn, lang string) error {
	t.Me.Language = lang
	if err := t.Tx.PutPerson(t.Me); err != nil {
		return err
	}
	t.Menu()
	return t.Reply(t.Voice().Say("hello.language_set"))
}
