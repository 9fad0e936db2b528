package flows

import (
	"context"
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Commands gives the commands of whoever acts, with their help, in their language.
func (t *Turn) Commands() []bot.Command {
	return t.e.commands(t.Voice(), func(c *Command) bool { return t.mayUse(c) && (c.Always || t.seated(c.Roles)) })
}

// seated tells whether a command belongs to the seat of whoever acts, if they have several: what belongs to another one
// works, too, but is not shown.
func (t *Turn) seated(roles []storage.RoleKind) bool {
	if len(roles) == 0 || !Several(t.Me) {
		return true
	}
	seat := t.Seat().Kind
	return slices.Contains(roles, seat) || (slices.Contains(roles, storage.Admin) && t.Me.Is(storage.Admin, ""))
}

// Menu shows whoever acts their commands anew, after the commit: they have another role or language.
func (t *Turn) Menu() { t.menu = !t.In.Group }

// CommandsOf gives everybody's commands in a language, for the messengers' menus.
func (e *Engine) CommandsOf(lang string) []bot.Command {
	v := &Voice{Lang: lang, Pack: e.Pack, texts: e.texts, zone: e.zone, log: e.Log}
	return e.commands(v, func(c *Command) bool { return len(c.Roles) == 0 })
}

// Menus shows every member of staff their commands: at the start, as a new version may know more.
func (e *Engine) Menus(ctx context.Context) error {
	people := map[uint64]*storage.Person{}
	err := e.Store.View(ctx, func(tx *storage.Tx) error {
		clear(people)
		orgs := []string{""}
		for i := range e.Pack.Organisations {
			orgs = append(orgs, e.Pack.Organisations[i].Code)
		}
		for _, kind := range []storage.RoleKind{storage.Curator, storage.Admin, storage.Official} {
			for _, org := range orgs {
				list, err := tx.Staff(kind, org)
				if err != nil {
					return err
				}
				for _, p := range list {
					people[p.ID] = p
				}
				if kind != storage.Official {
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range people {
		peer, err := bot.ParsePeer(p.Chat)
		if err != nil || p.Unreachable {
			continue // they have not written yet, or do not want to hear
		}
		t := &Turn{e: e, Me: p}
		e.Menu(peer, t.Commands())
	}
	return nil
}

func (e *Engine) commands(v *Voice, may func(*Command) bool) (list []bot.Command) {
	for i := range e.Flows {
		f := &e.Flows[i]
		for j := range f.Commands {
			if c := &f.Commands[j]; may(c) {
				list = append(list, bot.Command{Name: c.Name, Description: v.T(f.Name + ".help_" + c.Name)})
			}
		}
	}
	return list
}
