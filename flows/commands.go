package flows

import (
	"context"
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Commands gives the commands of whoever acts, with their help, in their language: those of their seat first.
func (t *Turn) Commands() []bot.Command {
	own, general := t.Helps()
	return append(append(own.Lines, own.Rare...), append(general.Lines, general.Rare...)...)
}

// Help is a part of the commands: those with a line each, and those that it is enough to name.
type Help struct{ Lines, Rare []bot.Command }

// Helps gives the commands of whoever acts: those of their seat, and those that everybody has.
func (t *Turn) Helps() (own, general Help) {
	v := t.Voice()
	for i := range t.e.Flows {
		f := &t.e.Flows[i]
		for j := range f.Commands {
			c := &f.Commands[j]
			if !t.mayUse(c) || !t.shown(c) {
				continue
			}
			part := &own
			if len(c.Roles) == 0 {
				part = &general
			}
			list := &part.Lines
			if c.Rare {
				list = &part.Rare
			}
			*list = append(*list, t.e.command(v, f, c))
		}
	}
	return own, general
}

func (t *Turn) shown(c *Command) bool {
	if c.Shown != nil {
		return c.Shown(t.Me)
	}
	return t.seated(c.Roles)
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
func (e *Engine) CommandsOf(lang string) (list []bot.Command) {
	v := &Voice{Lang: lang, Pack: e.Pack, texts: e.texts, zone: e.zone, log: e.Log}
	for i := range e.Flows {
		for j := range e.Flows[i].Commands {
			if c := &e.Flows[i].Commands[j]; len(c.Roles) == 0 && c.Shown == nil {
				list = append(list, e.command(v, &e.Flows[i], c))
			}
		}
	}
	return list
}

func (e *Engine) command(v *Voice, f *Flow, c *Command) bot.Command {
	return bot.Command{Name: c.Name, Description: v.T(f.Name + ".help_" + c.Name)}
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
		for _, kind := range []storage.RoleKind{storage.Curator, storage.Admin, storage.Leader, storage.Official} {
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
