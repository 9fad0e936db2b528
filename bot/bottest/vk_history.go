package bottest

import "slices"

// page cuts a page out of a list.
func page[T any](list []T, p vkParams) []T {
	from := min(max(p.count("offset", 0), 0), len(list))
	return list[from:min(from+p.count("count", 20), len(list))]
}

func vkConversations(g *VK, p vkParams) (any, *refused) {
	if f := p.text("filter"); f != "" && f != "all" {
		g.fault("the fake VK knows no filter %q", f)
	}
	var all []*vkPeer
	for _, c := range g.peers {
		if len(c.messages) > 0 {
			all = append(all, c)
		}
	}
	newest := func(c *vkPeer) *vkMessage { return c.messages[len(c.messages)-1] }
	slices.SortFunc(all, func(a, b *vkPeer) int {
		if a.pinned != b.pinned {
			if a.pinned {
				return -1
			}
			return 1
		}
		return int(newest(b).id - newest(a).id)
	})
	items := []any{}
	for _, c := range page(all, p) {
		items = append(items, map[string]any{"conversation": g.conversation(c, newest(c)), "last_message": g.object(newest(c))})
	}
	return g.extended(map[string]any{"count": len(all), "items": items}, p), nil
}

func (g *VK) conversation(c *vkPeer, newest *vkMessage) map[string]any {
	_, no := g.writable(c.id)
	can := map[string]any{"allowed": no == nil}
	if no != nil {
		can["reason"] = no.code
	}
	kind, local := "user", c.id
	if c.person == nil {
		kind, local = "chat", c.id-vkChats
	}
	o := map[string]any{"peer": map[string]any{"id": c.id, "local_id": local, "type": kind}, "last_message_id": newest.told(),
		"last_conversation_message_id": newest.cmid, "in_read": newest.told(), "out_read": newest.told(), "can_write": can, "version": 10_000_000 + c.version}
	if c.person == nil {
		state := "in"
		if !c.reachable {
			state = "kicked"
		}
		acl := map[string]any{}
		for _, right := range []string{"can_change_info", "can_change_invite_link", "can_change_pin", "can_invite", "can_promote_users",
			"can_see_invite_link", "can_moderate", "can_copy_chat", "can_call", "can_use_mass_mentions"} {
			acl[right] = false
		}
		o["chat_settings"] = map[string]any{"title": c.title, "owner_id": 1, "state": state, "acl": acl}
	}
	return o
}

func vkHistory(g *VK, p vkParams) (any, *refused) {
	id := p.number("peer_id")
	if !p.has("peer_id") {
		id = p.number("user_id")
	}
	c := g.peers[id]
	switch {
	case c == nil:
		return nil, &refused{936, "Contact not found", nil}
	case c.person == nil && !c.reachable:
		return nil, &refused{917, "You don't have access to this chat", nil}
	}
	list := slices.Clone(c.messages)
	if p.number("rev") == 0 {
		slices.Reverse(list)
	}
	return g.extended(map[string]any{"count": len(list), "items": g.objects(page(list, p))}, p), nil
}

func (g *VK) objects(list []*vkMessage) []any {
	items := []any{}
	for _, m := range list {
		items = append(items, g.object(m))
	}
	return items
}

func vkByID(g *VK, p vkParams) (any, *refused) {
	if p.has("cmids") {
		return g.byCMID(p, "cmids")
	}
	var list []*vkMessage
	for _, id := range p.numbers("message_ids") {
		for _, c := range g.peers {
			for _, m := range c.messages {
				if id != 0 && m.told() == id {
					list = append(list, m)
				}
			}
		}
	}
	return g.extended(map[string]any{"count": len(list), "items": g.objects(list)}, p), nil
}

func vkByCMID(g *VK, p vkParams) (any, *refused) { return g.byCMID(p, "conversation_message_ids") }

func (g *VK) byCMID(p vkParams, name string) (any, *refused) {
	c := g.peers[p.number("peer_id")]
	if c == nil {
		return nil, &refused{936, "Contact not found", nil}
	}
	var list []*vkMessage
	for _, id := range p.numbers(name) {
		if m := c.find(id); m != nil {
			list = append(list, m)
		}
	}
	return g.extended(map[string]any{"count": len(list), "items": g.objects(list)}, p), nil
}

// extended adds who is who, if the call asks for it.
func (g *VK) extended(o map[string]any, p vkParams) map[string]any {
	if !p.yes("extended") {
		return o
	}
	profiles := []any{}
	for _, c := range g.peers {
		if c.person != nil {
			profiles = append(profiles, c.person.object())
		}
	}
	o["profiles"], o["groups"] = profiles, []any{vkCommunity()}
	return o
}
