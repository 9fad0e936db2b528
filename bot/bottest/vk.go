package bottest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The community whose token the bot has.
const (
	vkGroup      = 77001
	vkScreenName = "otklik_test"
	vkName       = "Отклик"
	vkVersion    = "5.199"
)

// VK is a fake VK server with one community and people. It holds every call against VK's own schema and against the
// limits that the schema does not tell, and fails the test for what VK would refuse as malformed; at the test's end it
// asks whether every press was answered. It is safe for use by several goroutines.
type VK struct {
	fake
	schema *vkSchema

	peers    map[int64]*vkPeer
	sent     map[vkOnce]*vkMessage // by random_id
	photos   map[string]*vkPhoto   // "-77001_1005"
	docs     map[string]*vkDoc     // the same, of files that the bot uploaded
	files    map[string][]byte     // by their path
	uploads  map[string][]byte     // what was uploaded and is not saved
	fetched  map[string]int        // downloads by path
	presses  []*vkPress
	granted  []string // the token's permissions
	times    []time.Time
	tooFast  int
	listens  bool // somebody asked for URL
	newest   *vkEvent
	poll     vkPoll
	servers  map[int64]*vkServer
	code     string // that confirms a callback server
	brings   http.RoundTripper
	pushers  sync.WaitGroup
	walls    []*VKPost
	pages    []*VKPage
	oneByOne bool             // execute is not for the service key
	denied   int              // … and how often it was asked for
	guids    map[string]int64 // the comment that a guid stands for
}

// vkOnce is what VK knows a repeated message by.
type vkOnce struct{ peer, random int64 }

// vkPress is a press of a callback button.
type vkPress struct {
	id       string
	by       *VKUser
	peer     *vkPeer
	at       time.Time
	given    bool // the bot has it
	answered bool
	late     bool // the bot answered when VK did not take it any more
	note     string
}

// NewVK starts a server for the time of the test. Without ../shared/schemas/vk the test is skipped: nothing could be
// checked.
func NewVK(t testing.TB) *VK {
	t.Helper()
	s, err := loadVKSchema()
	if errors.Is(err, errNoVKSchema) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &VK{
		schema: s, peers: map[int64]*vkPeer{}, sent: map[vkOnce]*vkMessage{}, photos: map[string]*vkPhoto{}, docs: map[string]*vkDoc{}, files: map[string][]byte{},
		uploads: map[string][]byte{}, fetched: map[string]int{}, servers: map[int64]*vkServer{}, guids: map[string]int64{}, granted: []string{"messages", "manage", "photos", "docs", "wall"}, code: "c0de77001",
	}
	g.begin(t, g, "vk1.a.fake-TOKEN_of-the-tests-0123456789")
	g.patient, g.stop, g.screens = "poll", g.stopServers, g.Screens
	g.poll = vkPoll{version: "5.131", on: map[string]bool{}, lost: -1}
	t.Cleanup(g.close)
	return g
}

// close asks what is left undone.
func (g *VK) close() {
	g.end()
	g.pushers.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.presses {
		if p.given && !p.answered && !p.late {
			g.t.Errorf("press %s of %s was never answered", p.id, p.by.first)
		}
	}
}

// Forgive asks no answer to the presses so far: the program that had them was killed.
func (g *VK) Forgive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.presses {
		p.given = false
	}
}

// NearVK is a base address that only Client reaches.
const NearVK = "http://vk.test/method/"

// Client reaches the server without a network, so that time can be synctest's.
func (g *VK) Client() *http.Client { return &http.Client{Transport: near{g}} }

// URL is the address of the methods on loopback.
func (g *VK) URL() string {
	g.mu.Lock()
	g.listens = true
	g.mu.Unlock()
	return g.server().URL + "/method/"
}

// base is the address that the server tells of its own; the lock is held.
func (g *VK) base() string {
	if g.listens {
		return g.server().URL
	}
	return strings.TrimSuffix(NearVK, "/method/")
}

// TooFast tells how many calls came when there had been 20 in a second.
func (g *VK) TooFast() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tooFast
}

// Permit sets what the token may, instead of "messages", "manage", "photos", "docs" and "wall".
func (g *VK) Permit(names ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.granted = names
}

// ServeHTTP is the API, the long poll, the uploads and the photos.
func (g *VK) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/method/"):
		g.serveMethod(w, r, strings.TrimPrefix(path, "/method/"))
	case path == vkPollPath:
		g.servePoll(w, r)
	case path == vkUploadPath:
		g.serveUpload(w, r)
	case path == vkDocUploadPath:
		g.serveDocUpload(w, r)
	default:
		g.serveFile(w, r)
	}
}

func (g *VK) serveMethod(w http.ResponseWriter, r *http.Request, method string) {
	c, _, err := parse(r)
	if err != nil {
		vkReply(w, vkAnswer{no: vkBad("%v", err)})
		return
	}
	c.Method = method
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		token = c.Params["access_token"]
	}
	if token == g.Service() && method == "execute" && g.alone() {
		vkReply(w, vkAnswer{no: &refused{28, "Application authorization failed: method is unavailable with service token.", nil}})
		return
	}
	if token != g.Token() && (token != g.Service() || !slices.Contains(vkPublic, method)) {
		vkReply(w, vkAnswer{no: &refused{5, "User authorization failed: invalid access_token (4).", nil}})
		return
	}
	if g.fast() {
		vkReply(w, vkAnswer{no: &refused{6, "Too many requests per second", nil}})
		return
	}
	g.mu.Lock()
	if c.Params["v"] != vkVersion || r.Method != http.MethodPost {
		g.fault("%s %s with v=%s: it must be a POST with v=%s", r.Method, method, c.Params["v"], vkVersion)
	}
	g.mu.Unlock()
	before := g.trouble(method)
	if before != nil && !before.Heard {
		before.play(w, r)
		return
	}
	answer := g.take(c)
	if answer.fault != nil {
		before = answer.fault
	}
	if before != nil {
		before.play(w, r)
		return
	}
	vkReply(w, answer)
}

// fast counts a call and tells whether it is one too many. It goes by the time that passes, whatever Clock says.
func (g *VK) fast() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for len(g.times) > 0 && now.Sub(g.times[0]) >= time.Second {
		g.times = g.times[1:]
	}
	if len(g.times) >= 20 {
		g.tooFast++
		g.change()
		return true
	}
	g.times = append(g.times, now)
	return false
}

// vkAnswer is what a call is answered with: a result, a no, or a fault on the way.
type vkAnswer struct {
	result any
	no     *refused
	errors []any // execute's
	fault  *Fault
}

func vkReply(w http.ResponseWriter, a vkAnswer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	body := map[string]any{}
	if a.no != nil {
		body["error"] = map[string]any{"error_code": a.no.code, "error_msg": a.no.text, "request_params": []any{}}
	} else {
		body["response"] = a.result
	}
	if len(a.errors) > 0 {
		body["execute_errors"] = a.errors
	}
	_ = json.NewEncoder(w).Encode(body) // whoever hung up does not hear it
}

// take checks a call and does it.
func (g *VK) take(c Call) vkAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.change()
	if no := g.check(c); no != nil {
		return vkAnswer{no: no}
	}
	if c.Method == "execute" {
		return g.execute(c)
	}
	result, no := g.do(c)
	return vkAnswer{result: result, no: no}
}

// check notes a call and holds it against the schema; the lock is held.
func (g *VK) check(c Call) *refused {
	g.calls = append(g.calls, c)
	faults := g.schema.call(c.Method, c.Params)
	if len(faults) > 0 {
		g.fault("%s: %s\n%v", c.Method, strings.Join(faults, "; "), c.Params)
		return vkBad("%s", strings.Join(faults, "; "))
	}
	return nil
}

// do does a call whose parameters have been checked; the lock is held.
func (g *VK) do(c Call) (any, *refused) {
	do, ok := vkMethods[c.Method]
	if !ok {
		g.fault("the fake VK does not know %s yet", c.Method)
		return nil, &refused{3, "Unknown method passed", nil}
	}
	if no := g.may(c.Method); no != nil {
		return nil, no
	}
	result, no := do(g, vkParams{c.Method, c.Params})
	if no == nil {
		g.honest(c.Method, result)
	}
	return result, no
}

// honest holds what the fake answers against the schema, too.
func (g *VK) honest(method string, result any) {
	var faults []string
	for _, shape := range g.schema.methods[method].Responses {
		if faults = g.schema.tell(map[string]any{"response": result}, shape); len(faults) == 0 {
			return
		}
	}
	g.fault("the fake's own answer to %s: %v", method, faults)
}
