package vk

import (
	"context"
	"encoding/json"
	"slices"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
)

// look asks now and then whether VK still keeps our events: nothing else tells that somebody switched them off.
func (p *poller) look(ctx context.Context) {
	now := p.now()
	if now.Sub(p.looked) < watch {
		return
	}
	p.looked = now
	switch changed, err := p.enable(ctx); {
	case changed:
		p.missed()
	case err != nil:
		p.log.Debug("nobody knows whether events are switched on", "err", err)
	default:
		p.sure = now
	}
}

// missed notes that events were switched off, nobody knows since when: at the last look they were not.
func (p *poller) missed() {
	p.log.Warn("events were switched off in the community's settings; switched on again, looking for what was missed in the conversations")
	if p.sure.Before(p.at.At) {
		p.at.At = p.sure
	}
	p.sure, p.lost = p.now(), true
}

// enable sees to it that VK keeps our events for the long poll; what else the community has switched on stays. changed says
// that it was not so before, or that nobody knows whether it is now.
func (c *Channel) enable(ctx context.Context) (changed bool, err error) {
	id := c.self().ID
	var now struct {
		Enabled bool                       `json:"is_enabled"`
		Version string                     `json:"api_version"`
		Events  map[string]json.RawMessage `json:"events"`
	}
	if err := c.api.call(ctx, "groups.getLongPollSettings", vkapi.Params{"group_id": id}, &now); err != nil {
		return false, err
	}
	p := vkapi.Params{"group_id": id, "enabled": 1, "api_version": version}
	if now.Enabled && now.Version == version && allOn(now.Events) {
		return false, nil
	}
	for _, kind := range kinds {
		p[kind] = 1
	}
	for kind, is := range now.Events {
		if on(is) {
			p[kind] = 1
		}
	}
	return true, c.api.call(ctx, "groups.setLongPollSettings", p, nil)
}

// allOn tells whether every kind of event that we need is switched on.
func allOn(events map[string]json.RawMessage) bool {
	return !slices.ContainsFunc(kinds, func(kind string) bool { return !on(events[kind]) })
}

func on(raw json.RawMessage) bool { return string(raw) == "1" || string(raw) == "true" }
