package bottest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"otklik/bot"
)

// VKUser is a person, and their private chat with the community.
type VKUser struct {
	VKSeat
	id    int64
	first string
	last  string
	old   bool
}

// User makes a person who has not written to the community yet. The name may have two words.
func (g *VK) User(first string) *VKUser {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := &VKUser{id: g.number()}
	u.first, u.last, _ = strings.Cut(first, " ")
	u.VKSeat = VKSeat{g: g, user: u, peer: &vkPeer{id: u.id, person: u}}
	g.peers[u.id] = u.peer
	return u
}

func (u *VKUser) object() map[string]any {
	return map[string]any{"id": u.id, "first_name": u.first, "last_name": u.last, "can_access_closed": true, "is_closed": false}
}

func (u *VKUser) screenName() string { return fmt.Sprintf("id%d", u.id) }

// ID is the person's, and the private chat's.
func (u *VKUser) ID() int64 { return u.id }

// Opens allows messages without a word.
func (u *VKUser) Opens() *VKUser {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.peer.reachable = true
	return u
}

// OldClient goes on with a client that knows no inline keyboards and no callback buttons.
func (u *VKUser) OldClient() *VKUser {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.old = true
	return u
}

// NewClient goes on with one that knows everything.
func (u *VKUser) NewClient() *VKUser {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.old = false
	return u
}

// Starts presses the start button, of a link if there is a ref.
func (u *VKUser) Starts(ref string) {
	fields := map[string]any{"payload": `{"command":"start"}`}
	if ref != "" {
		fields["ref"], fields["ref_source"] = ref, "link"
	}
	u.post(&vkMessage{text: "Начать", fields: fields})
}

// Blocks denies messages.
func (u *VKUser) Blocks() {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.peer.blocked = true
	u.g.tell("message_deny", map[string]any{"user_id": u.id}, nil)
}

// Unblocks allows them again.
func (u *VKUser) Unblocks() {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.peer.blocked, u.peer.reachable = false, true
	u.g.tell("message_allow", map[string]any{"user_id": u.id, "key": ""}, nil)
}

// vkChats is what the ids of group chats begin after.
const vkChats = 2_000_000_000

// VKChat is a group chat with the community and people in it.
type VKChat struct {
	g    *VK
	peer *vkPeer
}

// Chat opens a group chat that the community is in; nobody tells the bot.
func (g *VK) Chat(title string) *VKChat {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := int64(1)
	for g.peers[vkChats+n] != nil {
		n++
	}
	c := &vkPeer{id: vkChats + n, title: title, reachable: true}
	g.peers[c.id] = c
	return &VKChat{g, c}
}

// ID is the chat's peer_id.
func (c *VKChat) ID() int64 { return c.peer.id }

// Seat is where a person sits in the chat.
func (c *VKChat) Seat(u *VKUser) *VKSeat { return &VKSeat{g: c.g, user: u, peer: c.peer} }

// Adds takes the community into the chat.
func (c *VKChat) Adds(by *VKUser) { c.member(by, "chat_invite_user", true) }

// Removes takes it out.
func (c *VKChat) Removes(by *VKUser) { c.member(by, "chat_kick_user", false) }

func (c *VKChat) member(by *VKUser, kind string, in bool) {
	c.g.mu.Lock()
	c.peer.reachable = true // it is told of either
	c.g.mu.Unlock()
	c.Seat(by).post(&vkMessage{fields: map[string]any{"action": map[string]any{"type": kind, "member_id": -vkGroup}}})
	c.g.mu.Lock()
	defer c.g.mu.Unlock()
	c.peer.reachable = in
}

// VKSeat is a person in a chat: the private one, or a group.
type VKSeat struct {
	g    *VK
	user *VKUser
	peer *vkPeer
}

// Peer is the chat.
func (s *VKSeat) Peer() bot.Peer { return bot.Peer{Channel: "vk", Chat: fmt.Sprint(s.peer.id)} }

// Pinned is what the community's people did to the chat: it stands before all others in their list.
func (s *VKSeat) Pinned() {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	s.peer.pinned = true
}

// post sends a message to the community.
func (s *VKSeat) post(m *vkMessage) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	s.say(m)
}

// say is post with the lock held.
func (s *VKSeat) say(m *vkMessage) {
	if s.peer.person != nil {
		s.peer.reachable, s.peer.blocked = true, false
	}
	m.peer, m.from = s.peer, s.user
	s.g.add(m)
	if s.peer.reachable {
		s.g.tell("message_new", map[string]any{"message": s.g.object(m), "client_info": s.user.client()}, nil)
	}
}

// client is what the person's client can do.
func (u *VKUser) client() map[string]any {
	actions := []string{"text", "vkpay", "open_app", "location", "open_link", "callback"}
	if u.old {
		actions = actions[:5]
	}
	return map[string]any{"button_actions": actions, "keyboard": true, "inline_keyboard": !u.old, "carousel": !u.old, "lang_id": 0}
}

// Says writes a text.
func (s *VKSeat) Says(text string) { s.post(&vkMessage{text: text}) }

// Mentions writes a text that begins with the community's name, as the clients write it.
func (s *VKSeat) Mentions(text string) { s.Says(vkMention + text) }

var vkMention = fmt.Sprintf("[club%d|@%s] ", vkGroup, vkScreenName)

// SendsPhoto sends a photo with a caption, which may be empty.
func (s *VKSeat) SendsPhoto(jpeg []byte, caption string) { s.SendsAlbum(caption, jpeg) }

// SendsAlbum sends photos in one message.
func (s *VKSeat) SendsAlbum(caption string, photos ...[]byte) {
	s.post(&vkMessage{text: caption, photos: s.album(photos)})
}

func (s *VKSeat) album(photos [][]byte) (list []*vkPhoto) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	for _, b := range photos {
		list = append(list, s.g.keep(s.user.id, b))
	}
	return list
}

// SendsLocation shares a point.
func (s *VKSeat) SendsLocation(lat, lon float64) {
	s.post(&vkMessage{kind: fmt.Sprintf("точка %v, %v", lat, lon), point: vkPoint(lat, lon)})
}

// SendsPlace shares a place that has a name.
func (s *VKSeat) SendsPlace(lat, lon float64, title string) {
	point := vkPoint(lat, lon)
	point["place"] = map[string]any{"id": 0, "title": title, "latitude": lat, "longitude": lon}
	s.post(&vkMessage{kind: "место: " + title, point: point})
}

func vkPoint(lat, lon float64) map[string]any {
	return map[string]any{"type": "point", "coordinates": map[string]any{"latitude": lat, "longitude": lon}}
}

// Sends sends an attachment of a kind that VK's message has, such as "poll".
func (s *VKSeat) Sends(kind string, content any, text string) { s.attach(kind, kind, content, text) }

func (s *VKSeat) attach(kind, shown string, content any, text string) {
	s.post(&vkMessage{text: text, kind: shown, more: []any{map[string]any{"type": kind, kind: content}}})
}

// SendsSticker sends one.
func (s *VKSeat) SendsSticker() {
	s.Sends("sticker", map[string]any{"inner_type": "base_sticker_new", "sticker_id": 9008, "product_id": 279,
		"images": []any{map[string]any{"url": "https://vk.com/sticker/1-9008-64", "width": 64, "height": 64}}, "is_allowed": true}, "")
}

// SendsVoice sends a voice message.
func (s *VKSeat) SendsVoice() {
	s.Sends("audio_message", map[string]any{"id": 1, "owner_id": s.user.id, "duration": 3, "waveform": []int{0, 5, 9}, "access_key": "voice",
		"link_mp3": "https://psv4.vk.me/voice.mp3", "link_ogg": "https://psv4.vk.me/voice.ogg"}, "")
}

// SendsFile sends a document.
func (s *VKSeat) SendsFile(name string, data []byte) {
	s.g.mu.Lock()
	id := s.g.number()
	path := fmt.Sprintf("/doc/%d_%d", s.user.id, id)
	s.g.files[path] = data
	url, date := s.g.base()+path, s.g.now().Unix()
	s.g.mu.Unlock()
	ext, kind := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")), 8
	if slices.Contains([]string{"jpg", "jpeg", "png", "webp"}, ext) {
		kind = 4
	}
	s.attach("doc", "файл", map[string]any{"id": id, "owner_id": s.user.id, "title": name, "size": len(data), "ext": ext, "date": date,
		"type": kind, "url": url, "access_key": "doc"}, "")
}

// ForwardsPost shares a post of a wall.
func (s *VKSeat) ForwardsPost(owner int64, id int, text string, photos ...[]byte) {
	list := s.album(photos)
	s.g.mu.Lock()
	attached := s.g.attached(&vkMessage{photos: list})
	date := s.g.now().Unix()
	s.g.mu.Unlock()
	s.attach("wall", "запись: "+text, map[string]any{"id": id, "owner_id": owner, "from_id": owner, "to_id": owner, "date": date,
		"post_type": "post", "text": text, "attachments": attached}, "")
}

// Forwards passes on what somebody wrote elsewhere.
func (s *VKSeat) Forwards(from *VKUser, text string) {
	s.g.mu.Lock()
	date := s.g.now().Unix()
	s.g.mu.Unlock()
	s.post(&vkMessage{kind: "переслано: " + text, forwards: []any{map[string]any{"date": date, "from_id": from.id, "text": text,
		"attachments": []any{}, "fwd_messages": []any{}, "conversation_message_id": 7, "peer_id": s.peer.id}}})
}
