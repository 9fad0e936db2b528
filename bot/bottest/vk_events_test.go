package bottest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// vkLook makes a poll.
func vkLook(t *testing.T, g *VK, server, key string, ts any, wait int) (a struct {
	Failed  int
	TS      any
	Updates []struct {
		Type, V string
		Object  json.RawMessage
	}
}) {
	t.Helper()
	resp, err := g.Client().Get(fmt.Sprintf("%s?act=a_check&key=%s&ts=%v&wait=%d", server, key, ts, wait))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// vkListens switches the long poll on and gives where to ask.
func vkListens(t *testing.T, g *VK) (server, key, ts string) {
	t.Helper()
	askVK(t, g, "groups.setLongPollSettings", "group_id=77001", "enabled=1", "api_version=5.199", "message_new=1", "message_edit=1",
		"message_allow=1", "message_deny=1", "message_event=1")
	var s struct{ Server, Key, TS string }
	if err := json.Unmarshal(askVK(t, g, "groups.getLongPollServer", "group_id=77001").Response, &s); err != nil {
		t.Fatal(err)
	}
	return s.Server, s.Key, s.TS
}

func TestTheLongPollFails(t *testing.T) {
	g, w := witnessedVK(t)
	u := g.User("Анна")
	u.Says("раньше") // nobody listens
	server, key, ts := vkListens(t, g)
	u.Says("раз")
	u.Starts("qr7")
	first := vkLook(t, g, server, key, ts, 25)
	if len(first.Updates) != 2 || first.TS != "2" || first.Updates[0].V != "5.199" || !strings.Contains(string(first.Updates[1].Object), `"ref":"qr7"`) || g.Waiting() != 0 {
		t.Errorf("%+v", first)
	}
	if again := vkLook(t, g, server, key, ts, 25); len(again.Updates) != 2 {
		t.Errorf("%+v", again)
	}
	if none := vkLook(t, g, server, key, 2, 1); none.TS != "2" || none.Updates == nil || len(none.Updates) != 0 {
		t.Errorf("%+v", none)
	}
	g.Outdate()
	if a := vkLook(t, g, server, key, ts, 25); a.Failed != 1 || a.TS != 2.0 {
		t.Errorf("%+v", a)
	}
	g.ExpireKey()
	if a := vkLook(t, g, server, key, 2, 25); a.Failed != 2 {
		t.Errorf("%+v", a)
	}
	_, key, _ = vkListens(t, g)
	u.Says("два")
	if a := vkLook(t, g, server, key, 2, 25); len(a.Updates) != 1 {
		t.Errorf("%+v", a)
	}
	g.LoseHistory()
	if a := vkLook(t, g, server, key, 3, 25); a.Failed != 3 {
		t.Errorf("%+v", a)
	}
	_, key, ts = vkListens(t, g)
	if a := vkLook(t, g, server, key, 3, 25); a.Failed != 3 {
		t.Errorf("an old ts: %+v", a)
	}
	u.Says("три")
	if a := vkLook(t, g, server, key, ts, 25); len(a.Updates) != 1 {
		t.Errorf("%+v", a)
	}
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}

func TestAPollHoldsUntilSomethingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := witnessedVK(t)
		u := g.User("Анна")
		server, key, ts := vkListens(t, g)
		begin := time.Now()
		go func() {
			time.Sleep(7 * time.Second)
			u.Blocks()
		}()
		a := vkLook(t, g, server, key, ts, 25)
		if took := time.Since(begin); took != 7*time.Second || len(a.Updates) != 1 || a.Updates[0].Type != "message_deny" {
			t.Errorf("%s: %+v", took, a)
		}
		for range 25 {
			askVK(t, g, "users.get")
		}
		if g.TooFast() != 5 {
			t.Errorf("%d calls were too fast", g.TooFast())
		}
		time.Sleep(time.Second)
		if a := askVK(t, g, "users.get"); a.Error.Code != 0 {
			t.Errorf("%+v", a)
		}
	})
}

func TestACallbackServerMustConfirm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, w := witnessedVK(t)
		u := g.User("Анна")
		var got []string
		confirms, busy := "nonsense", 2
		g.Brings(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var e struct{ Type, Secret string }
			_ = json.NewDecoder(r.Body).Decode(&e)
			got = append(got, e.Type+" "+e.Secret+r.Header.Get("X-Retry-Counter"))
			switch {
			case e.Type == "confirmation":
				_, _ = io.WriteString(w, confirms)
			case busy > 0:
				busy--
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				_, _ = io.WriteString(w, "ok")
			}
		}))
		status := func() string {
			synctest.Wait()
			var s struct{ Items []struct{ Status string } }
			_ = json.Unmarshal(askVK(t, g, "groups.getCallbackServers", "group_id=77001").Response, &s)
			return s.Items[0].Status
		}
		at := []string{"group_id=77001", "url=http://bot.test/vk", "title=Otklik", "secret_key=s3"}
		var id struct {
			Server int `json:"server_id"`
		}
		_ = json.Unmarshal(askVK(t, g, "groups.addCallbackServer", at...).Response, &id)
		if s := status(); s != "failed" {
			t.Error(s)
		}
		var code struct{ Code string }
		_ = json.Unmarshal(askVK(t, g, "groups.getCallbackConfirmationCode", "group_id=77001").Response, &code)
		confirms = code.Code
		server := fmt.Sprint("server_id=", id.Server)
		askVK(t, g, "groups.editCallbackServer", append(at, server)...)
		if s := status(); s != "ok" {
			t.Error(s)
		}
		askVK(t, g, "groups.setCallbackSettings", "group_id=77001", server, "api_version=5.199", "message_new=1")
		u.Says("раз")
		u.Blocks() // it is off
		g.Settled()
		g.Again()
		g.Settled()
		want := "[confirmation s3 confirmation s3 message_new s3 message_new s31 message_new s32]"
		synctest.Wait()
		if fmt.Sprint(got) != want {
			t.Errorf("%v\nwant\n%v", got, want)
		}
		u.Says("два")
		g.Again()
		g.Settled()
		synctest.Wait()
		if len(got) != 7 {
			t.Errorf("%v", got)
		}
		g.close()
		if heard := w.heard(); heard != "" {
			t.Error(heard)
		}
	})
}

// Over the loopback: what the server tells of its addresses must be reachable, and faults hit what they are planned for.
func TestTheFakeVKOnTheNetwork(t *testing.T) {
	g, w := witnessedVK(t)
	at := g.URL()
	u := g.User("Анна")
	server, key, ts := vkListens(t, g)
	u.SendsPhoto(JPEG(5), "")
	ask := func(url string) (int, string) {
		resp, err := http.Get(url)
		if err != nil {
			return 0, ""
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	poll := server + "?act=a_check&key=" + key + "&wait=25&ts=" + ts
	g.Fail("poll", 1, Lost())
	if code, _ := ask(poll); code != 0 || g.Waiting() != 1 {
		t.Errorf("%d, %d wait", code, g.Waiting())
	}
	code, body := ask(poll)
	if code != 200 || !strings.HasPrefix(server, strings.TrimSuffix(at, "/method/")) || g.Waiting() != 0 {
		t.Errorf("%d %s at %s", code, body, server)
	}
	photo := regexp.MustCompile(`http[^"]*_w\.jpg`).FindString(body)
	if code, b := ask(photo); code != 200 || b != string(JPEG(5)) {
		t.Errorf("%s: %d", photo, code)
	}
	g.Fail("file", 1, Empty502())
	if code, b := ask(photo); code != 502 || b != "" {
		t.Errorf("%s: %d", photo, code)
	}
	form := url.Values{"v": {"5.199"}, "peer_id": {u.Peer().Chat}, "random_id": {"1"}, "message": {"x"}}
	call := func() string {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, at+"messages.send", strings.NewReader(form.Encode()))
		r.Header.Set("Authorization", "Bearer "+g.Token())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return "cut"
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return strings.TrimSpace(string(b))
	}
	g.Fail("", 1, Lost())
	if got := call(); got != "cut" || len(u.Sees()) != 2 {
		t.Errorf("%s\n%s", got, u.Screen())
	}
	if got := call(); !strings.HasPrefix(got, `{"response":`) || len(u.Sees()) != 2 {
		t.Errorf("%s\n%s", got, u.Screen())
	}
	g.Revoke()
	token := strings.TrimPrefix(g.Token(), "revoked:")
	if a := askVK(t, g, "users.get", "access_token="+token); a.Error.Code != 5 {
		t.Errorf("%+v", a)
	}
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}
