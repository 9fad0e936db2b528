package telegram

import "encoding/json"

// others are the contents that cannot be used, in our words.
var others = []struct{ field, kind string }{
	{"sticker", "sticker"}, {"voice", "voice"}, {"audio", "voice"},
	{"video", "video"}, {"video_note", "video"}, {"animation", "video"},
	{"document", "file"}, {"contact", "contact"},
	{"checklist", "other"}, {"dice", "other"}, {"game", "other"}, {"giveaway", "other"}, {"giveaway_winners", "other"},
	{"invoice", "other"}, {"paid_media", "other"}, {"poll", "other"}, {"rich_message", "other"}, {"story", "other"},
}

// other names the kind of a content that is no text, photo or place; "" for a message of the service's own, such as
// that somebody joined.
func other(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return ""
	}
	for _, o := range others {
		if _, ok := fields[o.field]; ok {
			return o.kind
		}
	}
	return ""
}
