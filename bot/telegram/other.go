package telegram

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// unusable are the contents that cannot be used, in our words.
var unusable = []struct{ fields, kind string }{
	{"sticker", "sticker"},
	{"voice audio", "voice"},
	{"video video_note animation", "video"},
	{"document", "file"},
	{"contact", "contact"},
	{"checklist dice game giveaway giveaway_winners invoice paid_media poll rich_message story", "other"},
}

// service are the fields of messages that nobody wrote: somebody joined, a picture changed.
const service = ` boost_added channel_chat_created chat_background_set chat_owner_changed chat_owner_left chat_shared
 checklist_tasks_added checklist_tasks_done connected_website delete_chat_photo direct_message_price_changed
 forum_topic_closed forum_topic_created forum_topic_edited forum_topic_reopened general_forum_topic_hidden
 general_forum_topic_unhidden gift gift_upgrade_sent giveaway_completed giveaway_created group_chat_created
 left_chat_member managed_bot_created message_auto_delete_timer_changed migrate_from_chat_id migrate_to_chat_id
 new_chat_members new_chat_photo new_chat_title paid_message_price_changed passport_data pinned_message
 poll_option_added poll_option_deleted proximity_alert_triggered refunded_payment successful_payment
 suggested_post_approval_failed suggested_post_approved suggested_post_declined suggested_post_paid
 suggested_post_refunded supergroup_chat_created unique_gift users_shared video_chat_ended
 video_chat_participants_invited video_chat_scheduled video_chat_started web_app_data write_access_allowed `

// envelope are the fields that say no more than who, where, when and in answer to what; and those that are read.
const envelope = ` author_signature business_connection_id caption caption_entities chat date direct_messages_topic
 edit_date effect_id entities external_reply forward_origin from guest_bot_caller_chat guest_bot_caller_user
 guest_query_id has_media_spoiler has_protected_content is_automatic_forward is_from_offline is_paid_post
 is_topic_message link_preview_options live_photo location media_group_id message_id message_thread_id
 paid_star_count photo quote reply_markup reply_to_checklist_task_id reply_to_message reply_to_poll_option_id
 reply_to_story sender_boost_count sender_business_bot sender_chat sender_tag show_caption_above_media
 suggested_post_info text venue via_bot `

// other names the kind of a content that is no text, photo or place; "" for a message that nobody wrote. A field that
// is not known yet is a content of its own: whoever sent it should hear that it cannot be used.
func other(update jsontext.Value) string {
	fields := fieldsOf(update)
	for _, u := range unusable {
		for name := range strings.FieldsSeq(u.fields) {
			if _, ok := fields[name]; ok {
				return u.kind
			}
		}
	}
	unknown := ""
	for name := range fields {
		switch {
		case among(service, name):
			return ""
		case !among(envelope, name):
			unknown = "other"
		}
	}
	return unknown
}

func among(list, name string) bool {
	return strings.Contains(strings.ReplaceAll(list, "\n", " "), " "+name+" ")
}

// field is something of a message that is there, whatever it is.
type field struct{}

// UnmarshalJSONFrom passes over it.
func (*field) UnmarshalJSONFrom(d *jsontext.Decoder) error { return d.SkipValue() }

// fieldsOf names what an update's message has. It is asked for rarely, so the update is read again for it.
func fieldsOf(update jsontext.Value) map[string]field {
	var u struct {
		Message map[string]field `json:"message"`
		Edited  map[string]field `json:"edited_message"`
		Post    map[string]field `json:"channel_post"`
		Revised map[string]field `json:"edited_channel_post"`
	}
	if json.Unmarshal(update, &u, lenient) != nil {
		return nil
	}
	for _, fields := range []map[string]field{u.Message, u.Edited, u.Post} {
		if fields != nil {
			return fields
		}
	}
	return u.Revised
}
