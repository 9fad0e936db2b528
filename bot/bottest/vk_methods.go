package bottest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// vkMethod does a call whose parameters have been checked; the lock is held.
type vkMethod func(g *VK, p vkParams) (any, *refused)

var vkMethods = map[string]vkMethod{
	"groups.getById":                      vkGroupsGet,
	"groups.getTokenPermissions":          vkPermissions,
	"groups.getLongPollServer":            vkPollServer,
	"groups.getLongPollSettings":          vkPollSettings,
	"groups.setLongPollSettings":          vkSetPoll,
	"groups.getCallbackConfirmationCode":  vkConfirmation,
	"groups.getCallbackServers":           vkServers,
	"groups.addCallbackServer":            vkAddServer,
	"groups.editCallbackServer":           vkEditServer,
	"groups.deleteCallbackServer":         vkDeleteServer,
	"groups.setCallbackSettings":          vkSetCallback,
	"groups.getCallbackSettings":          vkCallbackSettings,
	"users.get":                           vkUsersGet,
	"messages.send":                       vkSend,
	"messages.edit":                       vkEdit,
	"messages.delete":                     vkDelete,
	"messages.sendMessageEventAnswer":     vkAnswerPress,
	"messages.getConversations":           vkConversations,
	"messages.getHistory":                 vkHistory,
	"messages.getById":                    vkByID,
	"messages.getByConversationMessageId": vkByCMID,
	"photos.getMessagesUploadServer":      vkUploadServer,
	"photos.saveMessagesPhoto":            vkSavePhoto,
	"docs.getMessagesUploadServer":        vkDocServer,
	"docs.save":                           vkSaveDoc,
	"wall.createComment":                  vkCreateComment,
	"wall.get":                            vkWallGet,
	"wall.getComments":                    vkGetComments,
}

// vkParams are a call's.
type vkParams struct {
	method string
	all    map[string]string
}

func (p vkParams) has(name string) bool    { return p.all[name] != "" }
func (p vkParams) text(name string) string { return p.all[name] }
func (p vkParams) yes(name string) bool    { return p.all[name] == "1" }

func (p vkParams) number(name string) int64 {
	n, _ := strconv.ParseInt(p.all[name], 10, 64) // the schema has seen it
	return n
}

// count is a number that has a default.
func (p vkParams) count(name string, otherwise int64) int {
	if p.has(name) {
		return int(p.number(name))
	}
	return int(otherwise)
}

func (p vkParams) list(name string) (list []string) {
	if !p.has(name) {
		return nil
	}
	for _, e := range strings.Split(p.all[name], ",") {
		list = append(list, strings.TrimSpace(e))
	}
	return list
}

func (p vkParams) numbers(name string) (list []int64) {
	for _, e := range p.list(name) {
		n, _ := strconv.ParseInt(e, 10, 64) // the schema has seen it
		list = append(list, n)
	}
	return list
}

// vkBad is VK's no to what it cannot make sense of.
func vkBad(format string, args ...any) *refused {
	return &refused{100, "One of the parameters specified was missing or invalid: " + fmt.Sprintf(format, args...), nil}
}

// vkRights are the permissions that a token may have, and their bits.
var vkRights = map[string]int{"stories": 1, "photos": 4, "app_widget": 64, "wall": 8192, "messages": 4096, "docs": 131072, "manage": 262144}

// may tells whether the token's permissions reach so far.
func (g *VK) may(method string) *refused {
	section, name, _ := strings.Cut(method, ".")
	need := section
	switch {
	case section == "users", method == "wall.get", method == "wall.getComments", name == "getById" && section == "groups", name == "getTokenPermissions":
		return nil
	case section == "groups":
		need = "manage"
	}
	if !slices.Contains(g.granted, need) {
		return &refused{15, "Access denied: no access to call this method. It cannot be called with current scopes.", nil}
	}
	return nil
}

func vkPermissions(g *VK, _ vkParams) (any, *refused) {
	mask, list := 0, []any{}
	for _, name := range g.granted {
		mask |= vkRights[name]
		list = append(list, map[string]any{"name": name, "setting": vkRights[name]})
	}
	return map[string]any{"mask": mask, "permissions": list}, nil
}

// ours tells whether a call is about the token's community.
func (p vkParams) ours() *refused {
	if p.number("group_id") != vkGroup {
		return &refused{15, "Access denied: group auth required", nil}
	}
	return nil
}

func vkCommunity() map[string]any {
	return map[string]any{"id": vkGroup, "name": vkName, "screen_name": vkScreenName, "is_closed": 0, "type": "group"}
}

func vkGroupsGet(g *VK, p vkParams) (any, *refused) {
	asked := append(p.list("group_ids"), p.list("group_id")...)
	groups := []any{}
	if len(asked) == 0 || slices.ContainsFunc(asked, func(id string) bool {
		return id == fmt.Sprint(vkGroup) || id == vkScreenName || id == fmt.Sprintf("club%d", vkGroup)
	}) {
		groups = append(groups, vkCommunity())
	}
	for _, o := range g.pages {
		if slices.Contains(asked, fmt.Sprint(o.id)) {
			groups = append(groups, map[string]any{"id": o.id, "name": o.title, "screen_name": o.screen, "is_closed": 0, "type": "page"})
		}
	}
	return map[string]any{"groups": groups, "profiles": []any{}}, nil
}

func vkUsersGet(g *VK, p vkParams) (any, *refused) {
	list := []any{}
	for _, id := range p.list("user_ids") {
		n, err := strconv.ParseInt(strings.TrimPrefix(id, "id"), 10, 64)
		peer := g.peers[n]
		if err != nil || peer == nil || peer.person == nil {
			continue
		}
		o := peer.person.object()
		if slices.Contains(p.list("fields"), "screen_name") {
			o["screen_name"] = peer.person.screenName()
		}
		list = append(list, o)
	}
	return list, nil
}

// writable tells whether the bot may write to a chat.
func (g *VK) writable(peer int64) (*vkPeer, *refused) {
	c := g.peers[peer]
	switch {
	case c == nil:
		return nil, &refused{936, "Contact not found", nil}
	case c.person == nil && !c.reachable:
		return nil, &refused{917, "You don't have access to this chat", nil}
	case !c.reachable || c.blocked:
		return nil, &refused{901, "Can't send messages for users without permission", nil}
	}
	return c, nil
}
