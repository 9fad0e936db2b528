package bottest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
)

// method does a call whose fields have been checked; the lock is held.
type method func(g *Telegram, params map[string]string, files map[string]*file) (any, *refused)

var methods = map[string]method{
	"getMe":                  getMe,
	"setWebhook":             setWebhook,
	"deleteWebhook":          deleteWebhook,
	"getWebhookInfo":         getWebhookInfo,
	"sendMessage":            sendMessage,
	"sendPhoto":              sendFile("photo"),
	"sendDocument":           sendFile("document"),
	"sendMediaGroup":         sendMediaGroup,
	"editMessageText":        editMessageText,
	"editMessageCaption":     editMessageCaption,
	"editMessageMedia":       editMessageMedia,
	"editMessageReplyMarkup": editMessageReplyMarkup,
	"deleteMessage":          deleteMessage,
	"answerCallbackQuery":    answerCallbackQuery,
	"getFile":                getFile,
	"setMyCommands":          setMyCommands,
	"deleteMyCommands":       setMyCommands,
}

func bad(format string, args ...any) *refused {
	return &refused{400, "Bad Request: " + fmt.Sprintf(format, args...), nil}
}

func getMe(g *Telegram, _ map[string]string, _ map[string]*file) (any, *refused) {
	o := g.bot.object()
	o["can_join_groups"], o["can_read_all_group_messages"], o["supports_inline_queries"] = true, true, false
	return o, nil
}

// writable finds the chat of a call and sees whether the bot may write there.
func (g *Telegram) writable(params map[string]string) (*chat, *refused) {
	id, err := strconv.ParseInt(params["chat_id"], 10, 64)
	c := g.chats[id]
	switch {
	case err != nil || c == nil || c.kind == "private" && !c.reachable:
		return nil, bad("chat not found")
	case c.movedTo != 0:
		return nil, &refused{400, "Bad Request: group chat was upgraded to a supergroup chat", map[string]any{"migrate_to_chat_id": c.movedTo}}
	case c.blocked:
		return nil, &refused{403, "Forbidden: bot was blocked by the user", nil}
	case !c.reachable:
		return nil, &refused{403, "Forbidden: bot was kicked from the " + c.kind + " chat", nil}
	case c.muted:
		return nil, bad("not enough rights to send text messages to the chat")
	}
	return c, nil
}

// draft begins a message of the bot: its place, what it replies to, its buttons.
func (g *Telegram) draft(params map[string]string) (*message, *refused) {
	c, no := g.writable(params)
	if no != nil {
		return nil, no
	}
	m := &message{chat: c, from: g.bot}
	if thread, ok := params["message_thread_id"]; ok {
		m.thread, _ = strconv.Atoi(thread)
		if c.topics[m.thread] == "" {
			return nil, bad("message thread not found")
		}
	}
	if raw, ok := params["reply_parameters"]; ok {
		var p struct {
			ID    int  `json:"message_id"`
			Allow bool `json:"allow_sending_without_reply"`
		}
		_ = json.Unmarshal([]byte(raw), &p) // the schema has seen it
		if c.find(p.ID) != nil {
			m.reply = p.ID
		} else if !p.Allow {
			return nil, bad("message to be replied not found")
		}
	}
	return m, g.dress(m, params)
}

// dress gives a message the markup of a call.
func (g *Telegram) dress(m *message, params map[string]string) *refused {
	m.keyboard = nil
	raw, ok := params["reply_markup"]
	if !ok {
		return nil
	}
	var p struct {
		Rows [][]any `json:"inline_keyboard"`
	}
	_ = json.Unmarshal([]byte(raw), &p) // the schema has seen it
	m.keyboard, m.markup = p.Rows, p.Rows == nil
	count := 0
	for _, row := range p.Rows {
		count += len(row)
		if len(row) == 0 || len(row) > 8 {
			g.fault("a row of %d buttons", len(row))
		}
		for _, b := range row {
			button, _ := b.(map[string]any)
			uses := 0
			for name := range button {
				if name != "text" && name != "style" && name != "icon_custom_emoji_id" {
					uses++
				}
			}
			if text, _ := button["text"].(string); uses != 1 || strings.TrimSpace(text) == "" {
				return bad("inline keyboard button is malformed: %v", button)
			}
		}
	}
	if count > 100 {
		return bad("reply markup is too long")
	}
	return nil
}

// write gives a message its text or caption, with what stands out in it.
func (g *Telegram) write(m *message, text, entities, mode string, limit int) *refused {
	wide := len(utf16.Encode([]rune(text)))
	if wide > limit {
		return bad("message is too long")
	}
	if mode != "" {
		g.fault("the fake Telegram reads no parse_mode: send entities")
	}
	if strings.TrimSpace(text) != text {
		g.fault("Telegram would cut the space around %q", text)
	}
	m.text, m.entities = text, nil
	if entities == "" {
		return nil
	}
	var list []struct{ Offset, Length int }
	_ = json.Unmarshal([]byte(entities), &m.entities) // the schema has seen it
	_ = json.Unmarshal([]byte(entities), &list)
	for _, e := range list {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > wide || len(list) > 100 {
			g.fault("entity %+v of %d in %q", e, len(list), text)
		}
	}
	return nil
}

func sendMessage(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	m, no := g.draft(params)
	if no != nil {
		return nil, no
	}
	if strings.TrimSpace(params["text"]) == "" {
		return nil, bad("message text is empty")
	}
	if no := g.write(m, params["text"], params["entities"], params["parse_mode"], 4096); no != nil {
		return nil, no
	}
	return g.add(m).object(true), nil
}

// stored finds the file that a call names, or keeps the one that came along.
func (g *Telegram) stored(kind, name string, came *file) (*file, *refused) {
	kind = strings.ToUpper(kind[:1]) + kind[1:]
	if came != nil {
		if kind == "Photo" && came.size > 10<<20 {
			return nil, bad("file is too big for a photo")
		}
		if kind == "Photo" && !looksLikePhoto(came.bytes) {
			return nil, bad("IMAGE_PROCESS_FAILED")
		}
		return g.keep(kind, came), nil
	}
	f := g.files[strings.TrimSuffix(name, "-s")]
	switch {
	case f == nil:
		return nil, bad("wrong file identifier/HTTP URL specified")
	case f.kind != kind:
		return nil, bad("can't use file of type %s as %s", f.kind, kind)
	}
	return f, nil
}

func looksLikePhoto(b []byte) bool {
	return strings.HasPrefix(http.DetectContentType(b), "image/")
}

// keep stores a file under a new id.
func (g *Telegram) keep(kind string, f *file) *file {
	f.kind, f.id = kind, fmt.Sprintf("AgACAgI-%s-%d", strings.ToLower(kind), g.number())
	if f.mime == "" {
		f.mime = http.DetectContentType(f.bytes)
	}
	g.files[f.id] = f
	return f
}

func sendFile(kind string) method {
	return func(g *Telegram, params map[string]string, files map[string]*file) (any, *refused) {
		m, no := g.draft(params)
		if no != nil {
			return nil, no
		}
		if m.file, no = g.stored(kind, params[kind], files[kind]); no != nil {
			return nil, no
		}
		if no := g.write(m, params["caption"], params["caption_entities"], params["parse_mode"], 1024); no != nil {
			return nil, no
		}
		return g.add(m).object(true), nil
	}
}

// media is an item of an album, or one that replaces another.
type media struct {
	Type     string          `json:"type"`
	Media    string          `json:"media"`
	Caption  string          `json:"caption"`
	Entities json.RawMessage `json:"caption_entities"`
	Mode     string          `json:"parse_mode"`
}

func (g *Telegram) fill(m *message, in media, files map[string]*file) (no *refused) {
	var came *file
	if name, ok := strings.CutPrefix(in.Media, "attach://"); ok {
		if came = files[name]; came == nil {
			return bad("file %s is not there", name)
		}
	}
	if m.file, no = g.stored(in.Type, in.Media, came); no != nil {
		return no
	}
	return g.write(m, in.Caption, string(in.Entities), in.Mode, 1024)
}

func sendMediaGroup(g *Telegram, params map[string]string, files map[string]*file) (any, *refused) {
	var list []media
	_ = json.Unmarshal([]byte(params["media"]), &list) // the schema has seen it
	album := strconv.FormatInt(g.number(), 10)
	var drafts []*message
	for _, in := range list {
		m, no := g.draft(params)
		if no == nil {
			no = g.fill(m, in, files)
		}
		if no != nil {
			return nil, no
		}
		m.album = album
		drafts = append(drafts, m)
	}
	var result []any
	for _, m := range drafts {
		result = append(result, g.add(m).object(true))
	}
	return result, nil
}

func answerCallbackQuery(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	p := g.presses[params["callback_query_id"]]
	if p == nil || p.answered {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	p.answered, p.note, p.alert = true, params["text"], params["show_alert"] == "true"
	return true, nil
}

// fetchable is the largest file that the server hands out.
const fetchable = 20 << 20

func getFile(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	f := g.files[strings.TrimSuffix(params["file_id"], "-s")]
	switch {
	case f == nil:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case f.size > fetchable:
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": f.id, "file_unique_id": "u" + f.id, "file_size": f.size, "file_path": "photos/" + f.id + ".jpg"}, nil
}

func (g *Telegram) serveFile(w http.ResponseWriter, r *http.Request, path string) {
	token, name, _ := strings.Cut(path, "/")
	if f := g.trouble("file"); f != nil {
		f.play(w, r)
		return
	}
	g.mu.Lock()
	f := g.files[strings.TrimSuffix(strings.TrimPrefix(name, "photos/"), ".jpg")]
	ok := f != nil && token == g.token
	g.mu.Unlock()
	if !ok {
		reply(w, nil, &refused{404, "Not Found", nil})
		return
	}
	_, _ = w.Write(f.bytes) // whoever hung up does not get it
}

func setMyCommands(g *Telegram, params map[string]string, _ map[string]*file) (any, *refused) {
	var scope struct {
		Type string `json:"type"`
		Chat any    `json:"chat_id"`
	}
	scope.Type = "default"
	if raw, ok := params["scope"]; ok {
		_ = json.Unmarshal([]byte(raw), &scope) // the schema has seen it
	}
	key := scope.Type
	if scope.Chat != nil {
		id, _ := strconv.ParseInt(strings.TrimSuffix(fmt.Sprint(scope.Chat), ".0"), 10, 64)
		if g.chats[id] == nil {
			return nil, bad("chat not found")
		}
		key += fmt.Sprintf(" %d", id)
	}
	if n := len(params["language_code"]); n != 0 && n != 2 {
		return nil, bad("LANG_CODE_INVALID")
	}
	g.commands[key+" "+params["language_code"]] = params["commands"]
	return true, nil
}
