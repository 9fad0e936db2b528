package flows_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"otklik/flows"
	"otklik/storage"
)

// change changes who somebody is: they take a role, by an invitation or without, lose one, or cannot be reached for a while.
func (p *play) change(who string) {
	roles := []string{"curator", "official adm-kirov", "official min-transport", "official min-transport head"}
	var line string
	switch p.draw(5, "change") {
	case 0:
		line = "@ роль " + who + " " + roles[p.draw(len(roles), "role")]
	case 1:
		list := p.roles(who)
		if len(list) == 0 {
			return
		}
		line = "@ убрать " + who + " " + list[p.draw(len(list), "role")]
	case 2:
		line = "@ запретил " + who
	case 3:
		line = "@ разрешил " + who
	default:
		codes := regexp.MustCompile(`start=(i\S+)`).FindAllStringSubmatch(p.Screen("Зоя")+p.Screen("Марина"), -1)
		if len(codes) == 0 {
			return
		}
		line = who + ": /start " + codes[p.draw(len(codes), "code")][1]
	}
	p.r.Log(line)
	p.Play(line + "\n")
}

// roles gives the roles that somebody can lose.
func (p *play) roles(who string) (list []string) {
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		list = nil
		a := p.Cast[who]
		person, err := tx.PersonBy(a.Peer.Channel, a.User.ID)
		if err != nil || person == nil {
			return err
		}
		for _, r := range person.Roles {
			if r.Kind != storage.Admin {
				list = append(list, strings.TrimSpace(string(r.Kind)+" "+r.Org))
			}
		}
		return nil
	})
	if err != nil {
		p.r.Fatal(err)
	}
	return list
}

// everybody gives who everybody is.
func (p *play) everybody() string {
	var b strings.Builder
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		b.Reset()
		for _, name := range cast {
			a := p.Cast[name]
			if a == nil {
				continue
			}
			person, err := tx.PersonBy(a.Peer.Channel, a.User.ID)
			if err != nil {
				return err
			}
			if person != nil {
				fmt.Fprintln(&b, name, person.Roles, person.Chair)
			}
		}
		return nil
	})
	if err != nil {
		p.r.Fatal(err)
	}
	return b.String()
}

// redraw draws all cards anew.
func (p *play) redraw() {
	p.Do("Ольга", func(turn *flows.Turn) error {
		for n := uint64(1); ; n++ {
			inc, err := turn.Tx.Incident(n)
			if err != nil || inc == nil {
				return err
			}
			if err := turn.Refresh(inc); err != nil {
				return err
			}
		}
	})
}
