package telegram

import (
	"net/url"
	"strings"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/bot/kit"
)

// A text that no messenger lets through is cut at the door, and what came with it arrives whole.
func TestATextThatIsFarTooLongIsCutAndHoldsUpNobody(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Says("до")
		s.Raw(map[string]any{"message": map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": 5, "type": "private"},
			"from": map[string]any{"id": 5, "first_name": "Я", "is_bot": false}, "text": strings.Repeat("яма ", kit.LongestText)}})
		s.anna.Says("после")
		s.run()
		s.settle()
		var short []string
		took := s.taken()
		for _, u := range took {
			if len(u.Text) < 100 {
				short = append(short, u.Text)
			} else if !strings.HasPrefix(u.Text, "яма яма ") || len(u.Text) > kit.LongestText || len(u.Text) < kit.LongestText*9/10 {
				t.Errorf("%d bytes came", len(u.Text))
			}
		}
		if got := strings.Join(short, " "); got != "до после" || len(took) != 3 {
			t.Errorf("%q, and %d updates came", got, len(took))
		}
	})
}

// What is odd in an answer costs nobody an update.
func TestOddAnswersAreRead(t *testing.T) {
	const message = `"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5,"first_name":"Я"},"text":`
	for name, c := range map[string]struct{ update, text string }{
		"letters that are none":      {`{"update_id":1,` + message + "\"я\xff\"}}", "я\uFFFD"},
		"half a pair":                {`{"update_id":1,` + message + `"я\ud83d"}}`, "я\uFFFD"},
		"a name twice":               {`{"update_id":1,"update_id":1,` + message + `"а","text":"я"}}`, "я"},
		"nothing where something is": {`{"update_id":1,"edited_message":null,"callback_query":null,` + message + `"я","entities":null,"photo":null,"caption":null}}`, "я"},
		"a place of nothing":         {`{"update_id":1,"message":null,"edited_` + message[1:] + `"я"}}`, "я"},
		"what is new":                {`{"update_id":1,"hologram":[{}],` + message + `"я","hologram":{"text":7}}}`, "я"},
		"a pinned message":           {`{"update_id":1,"message":{"message_id":1,"date":1,"text":"я","from":{"id":5,"first_name":"Я"},"chat":{"id":5,"type":"private","pinned_message":{"message_id":2,"chat":{"id":5}}}}}`, "я"},
	} {
		ch := fuzzed(t, answers{200, `{"result":[` + c.update + `], "ok":true, "new":1}`}, Options{})
		raws, err := ch.updates(t.Context(), 0)
		if err != nil || len(raws) != 1 {
			t.Errorf("%s: %d updates, %v", name, len(raws), err)
			continue
		}
		if id, u, ok := ch.read(raws[0]); id != 1 || !ok || u.Text != c.text {
			t.Errorf("%s: %d %v %q", name, id, ok, u.Text)
		}
	}
}

// A refusal keeps its meaning, whatever stands around it.
func TestARefusalKeepsItsMeaning(t *testing.T) {
	for body, want := range map[string]bot.Failure{
		`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":5}}`:                        {Reason: bot.Later, After: 5e9},
		`{"result":null,"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1007}}`:               {Reason: bot.MovedOn, To: "-1007"},
		`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user","parameters":null}` + "\n":         {Reason: bot.NoPeer},
		`{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found","parameters":{"new":{"x":[1,2]}}}`: {Reason: bot.NoRef},
		`{"ok":false}`: {Reason: bot.Never}, // by the status: 400
		`[]`:           {Reason: bot.Later, Whole: true}, `{"ok":fals`: {Reason: bot.Later, Whole: true}, ``: {Reason: bot.Later, Whole: true},
	} {
		ch := fuzzed(t, answers{400, body}, Options{})
		f := bot.FailureOf(ch.api.call(t.Context(), "sendMessage", nil, &posted{}))
		if f.Reason != want.Reason || f.After != want.After || f.To != want.To || f.Whole != want.Whole {
			t.Errorf("%s: %+v", body, f)
		}
	}
}

// What a form holds is what was put into it.
func TestAFormIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := tgbotapi.Params(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "parameters"))
		got, err := url.ParseQuery(string(form(p)))
		if err != nil || len(got) != len(p) {
			t.Fatalf("%d of %d: %v", len(got), len(p), err)
		}
		for name, value := range p {
			if got.Get(name) != value || len(got[name]) != 1 {
				t.Fatalf("%q is %q, was %q", name, got[name], value)
			}
		}
	})
}
