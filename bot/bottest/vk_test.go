package bottest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func witnessedVK(t *testing.T) (*VK, *witness) {
	w := &witness{TB: t}
	return NewVK(w), w
}

// vkHeard is an answer as the bot hears it.
type vkHeard struct {
	Response json.RawMessage
	Error    struct {
		Code int    `json:"error_code"`
		Text string `json:"error_msg"`
	}
	Errors []struct {
		Method string
		Code   int `json:"error_code"`
	} `json:"execute_errors"`
}

// askVK makes a call as it stands.
func askVK(t *testing.T, g *VK, method string, params ...string) (a vkHeard) {
	t.Helper()
	form := url.Values{"v": {"5.199"}, "access_token": {g.Token()}}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		form.Set(name, value)
	}
	resp, err := g.Client().PostForm(NearVK+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	return a
}

func vkButtonOf(inner string) string {
	return `{"action":{"type":"callback","label":"x"` + inner + `}}`
}

// Each call here is malformed in one way, and the test that makes it must fail for it.
func TestTheFakeVKHoldsCallsAgainstTheSchema(t *testing.T) { synctest.Test(t, holdsVKCalls) }

func holdsVKCalls(t *testing.T) {
	g, w := witnessedVK(t)
	to := "peer_ids=" + g.User("Анна").Opens().Peer().Chat
	send := func(more ...string) []string { return append([]string{to, "random_id=1"}, more...) }
	keyboard := func(more, buttons string) string {
		return `keyboard={"one_time":false,"inline":true` + more + `,"buttons":[` + buttons + `]}`
	}
	many := func(n int, what string) string { return strings.TrimSuffix(strings.Repeat(what+",", n), ",") }
	cases := map[string]struct {
		method string
		params []string
		fault  string
	}{
		"a method that is none":     {"messages.sent", nil, "no such method"},
		"a parameter is missing":    {"messages.edit", []string{"message=x"}, "peer_id is missing"},
		"a parameter of nobody":     {"messages.send", send("message=x", "parse_mode=html"), "is no parameter of it"},
		"no number":                 {"messages.send", []string{"peer_id=me", "random_id=1", "message=x"}, "peer_id"},
		"no numbers":                {"messages.send", []string{"peer_ids=1,me", "random_id=1", "message=x"}, "peer_ids[1]"},
		"no boolean":                {"messages.send", send("message=x", "dont_parse_links=true"), "takes 0 and 1"},
		"none of an enum":           {"messages.send", send("message=x", "intent=spam"), "none of"},
		"out of range":              {"messages.getHistory", []string{"peer_id=1", "count=201"}, "out of range"},
		"too many items":            {"messages.send", []string{"peer_ids=" + many(101, "1"), "random_id=1", "message=x"}, "101 items"},
		"too long":                  {"groups.addCallbackServer", []string{"group_id=77001", "url=x", "title=" + strings.Repeat("x", 15)}, "15 characters"},
		"an old version":            {"users.get", []string{"v=5.131"}, "5.131"},
		"no random_id":              {"messages.send", []string{to, "message=x"}, "random_id"},
		"a random_id of 64 bits":    {"messages.send", []string{to, "message=x", "random_id=4294967296"}, "random_id"},
		"a text that is too long":   {"messages.send", send("message=" + strings.Repeat("🚗", 2049)), "4098"},
		"a keyboard that is none":   {"messages.send", send("message=x", "keyboard=[{"), "no JSON"},
		"a strange button":          {"messages.send", send("message=x", keyboard("", `[{"action":{"type":"dance","label":"x"}}]`)), "type: dance"},
		"a button's strange field":  {"messages.send", send("message=x", keyboard("", `[`+vkButtonOf(`,"data":"y"`)+`]`)), "data is no field"},
		"edited into the same":      {"messages.edit", []string{"peer_id=1", "message=x", keyboard("", `[{"color":"red","action":{"type":"text","label":"x"}}]`)}, "color: red"},
		"a label of 41":             {"messages.send", send("message=x", keyboard("", `[{"action":{"type":"text","label":"`+strings.Repeat("я", 41)+`"}}]`)), "41 characters"},
		"a payload of 256":          {"messages.send", send("message=x", keyboard("", `[`+vkButtonOf(`,"payload":"\"`+strings.Repeat("x", 254)+`\""`)+`]`)), "256 bytes"},
		"a payload that is no JSON": {"messages.send", send("message=x", keyboard("", `[`+vkButtonOf(`,"payload":"{"`)+`]`)), "no JSON"},
		"seven rows":                {"messages.send", send("message=x", keyboard("", many(7, `[`+vkButtonOf("")+`]`))), "7 rows"},
		"a row of six":              {"messages.send", send("message=x", keyboard("", `[`+many(6, vkButtonOf(""))+`]`)), "row of 6"},
		"eleven buttons":            {"messages.send", send("message=x", keyboard("", many(4, `[`+many(3, vkButtonOf(""))+`]`))), "12 buttons"},
		"a long snackbar":           {"messages.sendMessageEventAnswer", []string{"event_id=1", "user_id=1", "peer_id=1", `event_data={"type":"show_snackbar","text":"` + strings.Repeat("x", 91) + `"}`}, "event_data"},
		"eleven attachments":        {"messages.send", send("attachment=" + many(11, "photo-77001_1_x")), "11 attachments"},
		"code of another form":      {"execute", []string{"code=return 1;"}, "execute"},
		"a fault inside":            {"execute", []string{`code=return [API.users.get({"name":"x"})];`}, "is no parameter of it"},
	}
	for name, c := range cases {
		time.Sleep(time.Second / 15) // not faster than VK takes them
		a := askVK(t, g, c.method, c.params...)
		if heard := w.heard(); !strings.Contains(heard, c.fault) {
			t.Errorf("%s: %+v, the fault is %q, want %q", name, a, heard, c.fault)
		}
	}
	good := askVK(t, g, "messages.send", send("message=x", keyboard("", `[`+vkButtonOf(`,"payload":"{\"d\":1}"`)+`]`))...)
	if heard := w.heard(); good.Response == nil || heard != "" || g.TooFast() > 0 {
		t.Errorf("a good call: %+v %s", good, heard)
	}
}

// What VK refuses at run time is no fault of the caller's.
func TestTheFakeVKRefusesInItsOwnWords(t *testing.T) {
	g, w := witnessedVK(t)
	u, stranger := g.User("Анна").Opens(), g.User("Пётр")
	me := u.Peer().Chat
	askVK(t, g, "messages.send", "peer_id="+me, "random_id=9", "message=x")
	u.SendsPhoto(JPEG(1), "моё")
	var theirs string
	for _, p := range g.photos {
		theirs = fmt.Sprintf("photo%d_%d_%s", p.owner, p.id, p.key)
	}
	for name, c := range map[string]struct {
		method string
		params []string
		code   int
	}{
		"nobody":               {"messages.send", []string{"peer_id=7", "random_id=1", "message=x"}, 936},
		"who never wrote":      {"messages.send", []string{"peer_id=" + stranger.Peer().Chat, "random_id=1", "message=x"}, 901},
		"only space":           {"messages.send", []string{"peer_id=" + me, "random_id=1", "message= \n"}, 100},
		"no such photo":        {"messages.send", []string{"peer_id=" + me, "random_id=1", "attachment=photo-77001_1_x"}, 100},
		"another's photo":      {"messages.send", []string{"peer_id=" + me, "random_id=1", "attachment=" + theirs}, 100},
		"nothing to reply to":  {"messages.send", []string{"peer_ids=" + me, "random_id=1", "message=x", `forward={"peer_id":` + me + `,"conversation_message_ids":[99],"is_reply":true}`}, 100},
		"no such message":      {"messages.edit", []string{"peer_id=" + me, "cmid=99", "message=x"}, 15},
		"another's message":    {"messages.edit", []string{"peer_id=" + me, "cmid=2", "message=x"}, 15},
		"no such press":        {"messages.sendMessageEventAnswer", []string{"event_id=1", "user_id=" + me, "peer_id=" + me}, 100},
		"nothing was uploaded": {"photos.saveMessagesPhoto", []string{"photo=[]", "server=1", "hash=x"}, 100},
		"a token of nobody":    {"users.get", []string{"access_token=x"}, 5},
	} {
		a := askVK(t, g, c.method, c.params...)
		if heard := w.heard(); a.Error.Code != c.code || heard != "" {
			t.Errorf("%s: %+v, faults %q", name, a, heard)
		}
	}
	g.Clock(func() time.Time { return time.Now().Add(25 * time.Hour) })
	if a := askVK(t, g, "messages.edit", "peer_id="+me, "cmid=1", "message=y"); a.Error.Code != 909 {
		t.Errorf("an old message: %+v", a)
	}
	a := askVK(t, g, "messages.send", "peer_ids=7,"+me, "random_id=1", "message=x")
	if !strings.Contains(string(a.Response), `"code":936`) || !strings.Contains(string(a.Response), `"conversation_message_id":3`) {
		t.Errorf("to two: %s", a.Response)
	}
}

func TestExecuteAnswersEachCall(t *testing.T) {
	g, w := witnessedVK(t)
	u := g.User("Анна").Opens()
	one := func(peer string, n int) string {
		return fmt.Sprintf(`API.messages.send({"peer_ids":[%s],"random_id":"%d","message":"№ %d &lt;b&gt;"})`, peer, n, n)
	}
	me := u.Peer().Chat
	code := "code=return [" + one(me, 1) + "," + strings.Replace(one(me, 2), "peer_ids\":["+me+"]", "peer_id\":7", 1) + "," + one(me, 3) + "];"
	a := askVK(t, g, "execute", code)
	var results []any
	if err := json.Unmarshal(a.Response, &results); err != nil || len(results) != 3 || results[1] != false || len(a.Errors) != 1 || a.Errors[0].Code != 936 {
		t.Errorf("%s %+v %v", a.Response, a, err)
	}
	if got, want := u.Screen(), "Отклик: № 1 <b>\nОтклик: № 3 <b>\n"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if n := len(g.Calls("messages.send")); n != 3 || !g.Calls("messages.send")[0].Inside {
		t.Errorf("%d calls", n)
	}
	g.Fail("messages.send", 1, VKRefusal(9, "Flood control"))
	if a := askVK(t, g, "execute", "code=return ["+one(me, 4)+","+one(me, 5)+"];"); len(a.Errors) != 1 || a.Errors[0].Code != 9 || len(u.Sees()) != 3 {
		t.Errorf("%+v\n%s", a, u.Screen())
	}
	g.Fail("messages.send", 1, Empty502())
	resp, err := g.Client().PostForm(NearVK+"execute", url.Values{"v": {"5.199"}, "access_token": {g.Token()}, "code": {"return [" + one(me, 6) + "];"}})
	if err != nil || resp.StatusCode != http.StatusBadGateway || len(u.Sees()) != 3 || g.Failing() != 0 {
		t.Errorf("%v %v\n%s", resp, err, u.Screen())
	}
	resp.Body.Close()
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}

func TestTheSameRandomIDIsTheSameMessage(t *testing.T) {
	g, _ := witnessedVK(t)
	u := g.User("Анна").Opens()
	now := time.Now()
	g.Clock(func() time.Time { return now })
	send := func() string {
		return string(askVK(t, g, "messages.send", "peer_ids="+u.Peer().Chat, "random_id=-5", "message=x").Response)
	}
	first := send()
	if again := send(); again != first || len(u.Sees()) != 1 {
		t.Errorf("%s, then %s", first, again)
	}
	now = now.Add(2 * time.Hour)
	if later := send(); later == first || len(u.Sees()) != 2 {
		t.Errorf("%s, two hours later %s", first, later)
	}
}
