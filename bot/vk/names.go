package vk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

// nameTime is how long a batch of updates waits for names; without them it goes on.
const nameTime = 10 * time.Second

// nameLater stands for somebody's name until it is asked for: VK's events tell numbers only.
func nameLater(id int64) string { return "\x00" + strconv.FormatInt(id, 10) }

func laterOf(name string) (id int64, ok bool) {
	text, ok := strings.CutPrefix(name, "\x00")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// fillNames gives the names of all who stand in the updates. Whom VK does not name has none.
func (c *Channel) fillNames(ctx context.Context, list []bot.Update) {
	var ids []int64
	for _, u := range list {
		if id, err := strconv.ParseInt(u.From.ID, 10, 64); err == nil {
			ids = append(ids, id)
		}
		for _, later := range standing(&u) {
			if id, ok := laterOf(*later); ok {
				ids = append(ids, id)
			}
		}
	}
	c.askNames(ctx, ids)
	for i := range list {
		u := &list[i]
		u.From.Name = c.nameOf(u.From.ID)
		for _, later := range standing(u) {
			if id, ok := laterOf(*later); ok {
				*later = c.nameOf(strconv.FormatInt(id, 10))
			}
		}
	}
}

// standing gives the names in an update that may have to be asked for, beside its author's.
func standing(u *bot.Update) []*string {
	list := []*string{&u.Title}
	if u.Forward != nil {
		list = append(list, &u.Forward.Name)
	}
	return list
}

func (c *Channel) nameOf(id string) string {
	name, _ := c.names.Get(id).(string)
	return name
}

// askNames asks for those that are not known.
func (c *Channel) askNames(ctx context.Context, ids []int64) {
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 || c.nameOf(strconv.FormatInt(id, 10)) != "" })
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	var people, groups []int64
	for _, id := range ids {
		if id > 0 {
			people = append(people, id)
		} else {
			groups = append(groups, -id)
		}
	}
	const most = 500 // VK: 1000 people, 500 communities
	for part := range slices.Chunk(people, most) {
		var list []struct {
			ID    int64  `json:"id"`
			First string `json:"first_name"`
			Last  string `json:"last_name"`
		}
		if err := c.api.call(ctx, "users.get", vkapi.Params{"user_ids": part, "lang": "ru"}, &list); err != nil {
			c.log.Warn("names were not told", "err", err)
			continue
		}
		for _, p := range list {
			c.names.Put(strconv.FormatInt(p.ID, 10), strings.TrimSpace(p.First+" "+p.Last))
		}
	}
	for part := range slices.Chunk(groups, most) {
		var list struct{ Groups []group }
		if err := c.api.call(ctx, "groups.getById", vkapi.Params{"group_ids": part}, &list); err != nil {
			c.log.Warn("names of communities were not told", "err", err)
			continue
		}
		for _, g := range list.Groups {
			c.names.Put("-"+strconv.FormatInt(g.ID, 10), g.Name)
		}
	}
}
