package open311_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"otklik/bot/open311"
	"otklik/flows"
	"otklik/flows/flowtest"
	public "otklik/flows/open311"
	"otklik/storage"
)

const key = "the-key-of-the-tests"

// blobs holds a photo under every name but one.
type blobs struct{}

func (blobs) Open(id string) (io.ReadCloser, error) {
	head := "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	if id == "page" {
		head = "<html><script>"
	}
	return io.NopCloser(strings.NewReader(head + strings.Repeat("x", 2000))), nil
}

// front is the interface before a whole engine.
type front struct {
	t   testing.TB
	s   *flowtest.Stage
	mux *http.ServeMux // of a server that stays; nil: each is asked once
	log *strings.Builder
}

func (f *front) serve(r *http.Request) *httptest.ResponseRecorder {
	f.t.Helper()
	w := httptest.NewRecorder()
	if f.mux != nil {
		f.mux.ServeHTTP(w, r)
		return w
	}
	f.served(0).ServeHTTP(w, r)
	return w
}

// served is the interface with a bound of reports a minute.
func (f *front) served(perMinute int) *http.ServeMux {
	f.t.Helper()
	desk, err := public.New(f.s.Engine, blobs{}) // anew each time: nothing is kept beside the store
	if err != nil {
		f.t.Fatal(err)
	}
	mux := http.NewServeMux()
	log := slog.New(slog.DiscardHandler)
	if f.log != nil {
		log = slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	open311.New(open311.Options{Desk: desk, Key: func() string { return key }, PerMinute: perMinute, LongestText: flows.LongestText, Languages: flows.Languages,
		Region: "Кировская область", Log: log, Now: func() time.Time { return f.s.Now }}).Routes(mux)
	return mux
}

func (f *front) get(what string) *httptest.ResponseRecorder {
	f.t.Helper()
	return f.serve(httptest.NewRequest(http.MethodGet, "http://desk.example.org"+open311.Path+what, nil))
}

// list reads a list of requests.
func (f *front) list(what string) (list []map[string]any) {
	f.t.Helper()
	w := f.get(what)
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK {
		f.t.Fatalf("%s: %d %s", what, w.Code, w.Body)
	}
	return list
}

// ids reads the numbers of a list of requests.
func (f *front) ids(what string) string {
	f.t.Helper()
	var ids []string
	for _, r := range f.list(what) {
		ids = append(ids, r["service_request_id"].(string))
	}
	return strings.Join(ids, " ")
}

func (f *front) post(form url.Values, idempotency string) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPost, open311.Path+"requests.json", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if idempotency != "" {
		r.Header.Set("Idempotency-Key", idempotency)
	}
	return f.serve(r)
}

// filed posts what must be taken and gives its number.
func (f *front) filed(form url.Values, idempotency string) string {
	f.t.Helper()
	w := f.post(form, idempotency)
	var list []struct {
		ID     string `json:"service_request_id"`
		Notice string `json:"service_notice"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusCreated || len(list) != 1 || list[0].Notice == "" {
		f.t.Fatalf("not filed: %d %s", w.Code, w.Body)
	}
	return list[0].ID
}

func hole() url.Values {
	return url.Values{"api_key": {key}, "service_code": {"road-potholes"}, "lat": {"58.6036"}, "long": {"49.6680"}, "description": {"Яма во всю полосу, звоните 8 912 345-67-89"},
		"address_string": {"Киров, ул. Ленина, 12"}, "first_name": {"Нина"}, "last_name": {"Зорина"}, "email": {"nina.zorina@example.org"}, "phone": {"+7 912 345-67-89"},
		"device_id": {"d-1"}, "media_url": {"https://photos.example.org/1.jpg"}}
}

// lives are incidents in all states that matter, of chats and of a group.
const lives = `
Анна: [фото] Яма на дороге, Киров, Ленина 12. Звоните +7 912 345-67-89 или anna@mail.example
Анна ▸ ✓ Отправить
Ольга ▸ → Администрация города Кирова
Пётр ▸ ✓ Принять
Пётр: /close 1 Заделали, вопросы по 8 (8332) 64-12-34.
Ольга: /approve 1
Иван: [фото] Не горит фонарь, Киров, Московская 3
Иван ▸ ✓ Отправить
@ группа Подслушано kirov
Света в Подслушано: Прорвало трубу, Киров, Воровского 71, течёт по двору
`

// decided is what becomes of those that were filed after lives.
const decided = `
Ольга: /assign 4 adm-kirov
Ольга: /reject 5 Такого дома нет.
Ольга: /merge 6 4 та же яма
Ольга: /reject 7 Сообщения с оскорблениями и угрозами передать не можем. Напишите о самой проблеме — поможем.
`

func settled(t *testing.T) *front {
	f := &front{t: t, s: flowtest.New(t)}
	f.s.Play(lives)
	for i, text := range []string{"Яма у школы", "Яма у дома 300", "И ещё яма", "Вы все …"} {
		form := hole()
		form.Set("description", text)
		if got, want := f.filed(form, ""), []string{"4", "5", "6", "7"}[i]; got != want {
			t.Fatalf("%q is %s, want %s", text, got, want)
		}
	}
	f.s.Play(decided)
	return f
}

// TestWhatEverybodyReads: the golden files are what a program reads; nobody's name, number or address is in it.
func TestWhatEverybodyReads(t *testing.T) {
	f := settled(t)
	for _, what := range []string{"requests.json", "requests.xml", "requests/1.json", "requests/4.xml", "services/road-potholes.json", "services/road-potholes.xml",
		"discovery.json", "discovery.xml", "requests/404.json", "requests/404.xml", "requests.json?status=gone"} {
		w := f.get(what)
		kind := map[bool]string{true: "application/json; charset=utf-8", false: "text/xml; charset=utf-8"}[strings.Contains(what, "json")]
		if w.Header().Get("Content-Type") != kind || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", what, w.Header())
		}
		if cached := w.Header().Get("Cache-Control") == "max-age=60"; cached != (w.Code == http.StatusOK) {
			t.Errorf("%s: %d is kept: %v", what, w.Code, cached)
		}
		flowtest.Golden(t, strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(what), neat(t, w))
		for _, secret := range []string{"Нина", "Зорина", "nina", "Анна", "anna@", "Ветров", "Пётр", "Ольга", "345-67", "64-12", "photos.example", "d-1"} {
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("%s tells %q:\n%s", what, secret, w.Body)
			}
		}
	}
}

var empty = regexp.MustCompile(`<(\w+)>\n</`)

// neat lays an answer out, a field a line.
func neat(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		var b bytes.Buffer
		if err := json.Indent(&b, w.Body.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if err := xml.Unmarshal(w.Body.Bytes(), new(struct{})); err != nil {
		t.Fatal(err)
	}
	return empty.ReplaceAllString(strings.ReplaceAll(w.Body.String(), "><", ">\n<"), "<$1></")
}

// TestWhatIsNobodysBusiness: what was not judged, was taken back or rejected as abuse is neither listed nor found.
func TestWhatIsNobodysBusiness(t *testing.T) {
	f := settled(t)
	f.s.Play("Иван ▸ Посмотреть\nИван ▸ Отозвать\nИван ▸ Я ошибся\n")
	if got := f.ids("requests.json"); got != "6 5 4 1" {
		t.Errorf("listed are %s", got)
	}
	if got := f.ids("requests.json?service_request_id=1,2,3&service_request_id=7,x,4&status=gone"); got != "1 4" {
		t.Errorf("found are %s", got)
	}
	for _, id := range []string{"2", "3", "7", "8", "0", "-1", "x", "18446744073709551616", "1/2"} {
		if w := f.get("requests/" + id + ".json"); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", id, w.Code)
		}
	}
}

// TestWhatIsFiledComesToTheCurators: it is an incident as any other, with its deadlines; who reported it curators alone read.
func TestWhatIsFiledComesToTheCurators(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	if id := f.filed(hole(), ""); id != "1" {
		t.Fatal(id)
	}
	f.s.Do("Ольга", func(*flows.Turn) error { return nil }) // whatever waits comes on the screens
	card := f.s.Screen("Ольга")
	for _, want := range []string{"№ 1", "Ямы на дорогах", "Киров, ул. Ленина, 12", "58.60360, 49.66800", "Open311", "Передать до 11:00", "Администрация города Кирова", "Нина Зорина", "nina.zorina@example.org",
		"+7 912 345-67-89", "https://photos.example.org/1.jpg"} {
		if !strings.Contains(card, want) {
			t.Errorf("the curator does not read %q:\n%s", want, card)
		}
	}
	f.s.Play("Ольга ▸ → Администрация города Кирова\n")
	if body := f.s.Screen("Пётр"); !strings.Contains(body, "№ 1") || strings.Contains(body, "Зорина") || strings.Contains(body, "photos.example") {
		t.Errorf("the body reads:\n%s", body)
	}
	f.s.Play("Пётр ▸ ✓ Принять\nПётр: /close 1 Заделали.\nОльга: /approve 1\n@ +2000h\n")
	if r := f.list("requests.json?service_request_id=1")[0]; r["status"] != "closed" || r["status_notes"] != "Заделали." || r["agency_responsible"] != "Администрация города Кирова" {
		t.Errorf("in the end: %v", r)
	}
}

// TestARetryFilesNothing: the same again is the same incident, under its key for a week, without one for ten minutes, and
// after a restart as well.
func TestARetryFilesNothing(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	other := hole()
	other.Set("description", "Другая яма")
	step := func(what string, form url.Values, key, want string) {
		t.Helper()
		if got := f.filed(form, key); got != want {
			t.Fatalf("%s: %s, want %s", what, got, want)
		}
	}
	step("the first", hole(), "", "1")
	step("again", hole(), "", "1")
	f.s.Reopen()
	f.s.Play("@ +9m\n")
	step("after a restart", hole(), "", "1")
	step("another", other, "", "2")
	f.s.Play("@ +2m\n")
	step("later", hole(), "", "3")
	step("with a key", hole(), "a/b.c", "4")
	step("with the key again", other, "a/b.c", "4")
	f.s.Reopen()
	f.s.Play("@ +100h\n")
	step("with the key after days", hole(), "a/b.c", "4")
	for _, row := range []struct {
		token string
		code  int
		says  string
	}{{"a%2Fb.c", 200, `[{"service_request_id":"4","token":"a/b.c"}]`}, {"a", 404, "token"}, {"", 404, "there is nothing"}} {
		if w := f.get("tokens/" + row.token + ".json"); w.Code != row.code || !strings.Contains(w.Body.String(), row.says) {
			t.Errorf("token %s: %d %s", row.token, w.Code, w.Body)
		}
	}
	f.s.Play("@ +100h\n")
	step("after the week", hole(), "a/b.c", "5")
	f.s.Play("@ +200h\n")
	err := f.s.Store.View(t.Context(), func(tx *storage.Tx) error {
		names, err := tx.SettingNames("open311/")
		if len(names) > 0 {
			t.Errorf("not forgotten: %q", names)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNotFiled(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	without := func(name ...string) url.Values {
		form := hole()
		for _, n := range name {
			form.Del(n)
		}
		return form
	}
	with := func(form url.Values, name, value string) url.Values { form.Set(name, value); return form }
	for _, row := range []struct {
		name string
		form url.Values
		code int
		says string
	}{
		{"no key", without("api_key"), 403, "api_key"},
		{"a wrong key", with(hole(), "api_key", key+"x"), 403, "api_key"},
		{"no service", without("service_code"), 400, "service_code"},
		{"a service that is none", with(hole(), "service_code", "x"), 404, "«x»"},
		{"no place", without("lat", "long", "address_string"), 400, "address_string"},
		{"an id of an address", with(without("lat", "long", "address_string"), "address_id", "7"), 400, "address_id"},
		{"half a point", without("long"), 400, "belong together"},
		{"a point that is none", with(hole(), "lat", "NaN"), 400, "degrees"},
		{"a point elsewhere", with(hole(), "lat", "1"), 400, "не в нашей области"},
		{"words that are no place", with(without("lat", "long"), "address_string", "там за углом"), 400, "там за углом"},
		{"one of many places", with(without("lat", "long"), "address_string", "Ключи, Садовая 3"), 400, "Куменский"},
		{"a long text", with(hole(), "description", strings.Repeat("я", flows.LongestText+1)), 400, "8000"},
		{"a long name", with(hole(), "first_name", strings.Repeat("я", 201)), 400, "first_name"},
		{"a photo that is no address", with(hole(), "media_url", "javascript:alert(1)"), 400, "media_url"},
		{"too large", with(hole(), "x", strings.Repeat("x", 300<<10)), 413, "256 KB"},
	} {
		w := f.post(row.form, "")
		var list []struct {
			Code int    `json:"code"`
			Why  string `json:"description"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != row.code || len(list) != 1 || list[0].Code != row.code || !strings.Contains(list[0].Why, row.says) {
			t.Errorf("%s: %d %s, want %d %s", row.name, w.Code, w.Body, row.code, row.says)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: another page may read it", row.name)
		}
	}
	if got := f.ids("requests.json"); got != "" {
		t.Errorf("filed all the same: %s", got)
	}
}

// TestTheLogTellsWhatIsRefused: one of a kind in a minute, with how many there were, nothing of what stood in it, and of what
// is kept the number.
func TestTheLogTellsWhatIsRefused(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t), log: &strings.Builder{}}
	f.mux = f.served(2)
	stranger, nowhere, unknown := hole(), hole(), hole()
	stranger.Set("api_key", "a-wrong-secret")
	for _, form := range []url.Values{nowhere, unknown} {
		form.Set("first_name", "Светлана")
	}
	for _, name := range []string{"lat", "long"} {
		nowhere.Del(name)
	}
	nowhere.Set("address_string", "Нигдеград, дом Светланы")
	unknown.Set("service_code", "Светлана")
	for range 50 {
		f.post(stranger, "")
	}
	f.filed(hole(), "1")
	f.post(nowhere, "")
	for range 50 {
		f.post(hole(), "2")
	}
	f.s.Now = f.s.Now.Add(time.Minute)
	f.post(stranger, "")
	f.post(unknown, "")
	f.get("nothing.json")
	said := f.log.String()
	for _, want := range []string{`code=403 why="api_key is missing or wrong" "unsaid before"=0`, `code=403 why="api_key is missing or wrong" "unsaid before"=49`, `code=400 why="its place`,
		`code=429 why="more than 2`, `code=404 why="there is no such service"`, "was kept\" number=1"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not said:\n%s", want, said)
		}
	}
	if n := strings.Count(said, "\n"); n != 6 {
		t.Errorf("%d lines:\n%s", n, said)
	}
	for _, quoted := range []string{"Светлан", "secret", key} {
		if strings.Contains(said, quoted) {
			t.Errorf("the log quotes %s:\n%s", quoted, said)
		}
	}
}

// TestTooManyReports: what is more than a key may bring in a minute is told when to come again and keeps nothing; a stranger
// takes nobody's share, and whoever only reads is not counted.
func TestTooManyReports(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	f.mux = f.served(4)
	stranger := hole()
	stranger.Set("api_key", "another")
	for i := range 4 {
		if w := f.post(stranger, ""); w.Code != http.StatusForbidden {
			t.Fatalf("a stranger: %d", w.Code)
		}
		f.filed(hole(), fmt.Sprint(i))
	}
	before := f.ids("requests.json")
	post := func(format string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, open311.Path+"requests."+format, strings.NewReader(hole().Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Idempotency-Key", "one too many")
		return f.serve(r)
	}
	for format, want := range map[string]string{
		"json": `[{"code":429,"description":"more than 4 reports a minute: try again later"}]`,
		"xml":  `<errors><error><code>429</code><description>more than 4 reports a minute: try again later</description></error></errors>`,
	} {
		w := post(format)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "15" || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, after %q: %s", format, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
	if w := f.get("tokens/one%20too%20many.json"); w.Code != http.StatusNotFound {
		t.Errorf("its key is kept: %d %s", w.Code, w.Body)
	}
	if got := f.ids("requests.json"); got != before {
		t.Errorf("there are %s, were %s", got, before)
	}
	f.s.Now = f.s.Now.Add(14200 * time.Millisecond)
	if w := post("json"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" {
		t.Errorf("too early: %d, after %q", w.Code, w.Header().Get("Retry-After"))
	}
	f.s.Now = f.s.Now.Add(time.Second)
	f.filed(hole(), "one too many")
	if w := post("json"); w.Code != http.StatusTooManyRequests {
		t.Errorf("a second at once: %d", w.Code)
	}
}

// TestAddressesAreEnough: an address in words needs no point.
func TestAddressesAreEnough(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	form := hole()
	form.Del("lat")
	form.Del("long")
	form.Del("description")
	f.filed(form, "")
	if r := f.list("requests.json")[0]; r["address"] != "Киров, ул. Ленина, 12" || r["lat"] != nil || r["description"] != nil {
		t.Errorf("%v", r)
	}
}

// TestTheLanguageIsTheReaders: names and words come in the first language of the reader that the desk speaks.
func TestTheLanguageIsTheReaders(t *testing.T) {
	f := settled(t)
	for accept, want := range map[string]string{"": "Ямы на дорогах", "de, en-GB;q=0.8, ru;q=0.5": "Potholes", "ru-RU,en": "Ямы на дорогах", "en;q=0,*": "Ямы на дорогах", ";,=": "Ямы на дорогах"} {
		for _, what := range []string{"services.json", "requests/6.json"} {
			r := httptest.NewRequest(http.MethodGet, open311.Path+what, nil)
			r.Header.Set("Accept-Language", accept)
			body := f.serve(r).Body.String()
			if !strings.Contains(body, `"`+want+`"`) || what == "requests/6.json" && strings.Contains(body, "Merged with report No. 4") != (want == "Potholes") {
				t.Errorf("%q reads of %s: %.300s", accept, what, body)
			}
		}
	}
}

// TestAddressesThatAreNone: what the protocol does not have is told so, in its own shape.
func TestAddressesThatAreNone(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	for what, code := range map[string]int{"": 404, "services": 404, "services.yaml": 404, "nothing.json": 404, "services/none.json": 404, "services/.json": 404, ".json": 404, "media/1.json": 404} {
		w := f.get(what)
		if w.Code != code || !strings.Contains(w.Body.String(), "404") {
			t.Errorf("%q: %d %s", what, w.Code, w.Body)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPost} {
		if w := f.serve(httptest.NewRequest(method, open311.Path+"services.xml", nil)); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

// TestPhotosAreForEverybodyOnceACuratorPassedThemOn, and until one hides them; and nothing but photos is served.
func TestPhotosAreForEverybodyOnceACuratorPassedThemOn(t *testing.T) {
	f := settled(t)
	keep := func(number uint64, blob string) (id string) {
		err := f.s.Store.Update(t.Context(), func(tx *storage.Tx) error {
			inc, err := tx.Incident(number)
			if err != nil {
				return err
			}
			id = inc.Photos[0]
			m, err := tx.Media(id)
			if err != nil {
				return err
			}
			m.Blob = blob
			return tx.PutMedia(m)
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ask := func(what string, code int, kind string) {
		t.Helper()
		if w := f.get(what); w.Code != code || w.Header().Get("Content-Type") != kind || code == 200 && w.Body.Len() < 2000 {
			t.Errorf("%s: %d %v %d bytes", what, w.Code, w.Header(), w.Body.Len())
		}
	}
	const fault = "text/xml; charset=utf-8"
	fresh, passed := keep(2, "b"), keep(1, "b")
	link := f.list("requests/1.json")[0]["media_url"]
	if link != "http://desk.example.org/open311/v2/media/1/"+passed || f.list("requests/2.json")[0]["media_url"] != nil {
		t.Fatalf("%v, %v", link, f.list("requests/2.json")[0]["media_url"])
	}
	ask("media/1/"+passed, 200, "image/jpeg")
	for _, what := range []string{"media/2/" + fresh, "media/1/" + fresh, "media/4/" + passed, "media/1/", "media/1", "media/x/" + passed, "media/99/" + passed} {
		ask(what, 404, fault)
	}
	keep(1, "page")
	ask("media/1/"+passed, 404, fault)
	keep(1, "b")
	err := f.s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		inc.Hidden = []string{passed}
		return tx.PutIncident(inc)
	})
	if err != nil {
		t.Fatal(err)
	}
	ask("media/1/"+passed, 404, fault)
	if link := f.list("requests/1.json")[0]["media_url"]; link != nil {
		t.Errorf("hidden, and yet %v", link)
	}
}

// TestTheStoreFailing: nothing is half filed, and whoever reports is told to try again.
func TestTheStoreFailing(t *testing.T) {
	f := &front{t: t, s: flowtest.New(t)}
	f.s.Fail.Next()
	if w := f.post(hole(), "k"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "try again") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := f.ids("requests.json"); got != "" {
		t.Errorf("there is %s", got)
	}
	if id := f.filed(hole(), "k"); id != "1" {
		t.Error(id)
	}
}
