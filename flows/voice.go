package flows

import (
	"cmp"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"otklik/bot"
	"otklik/config"
	"otklik/storage"
)

// Voice speaks to one reader: in their language, in the region's time.
type Voice struct {
	Lang  string
	Now   time.Time
	Pack  *config.Pack
	texts *Texts
	zone  *time.Location
	log   *slog.Logger
}

// Narrator gives a voice in the region's language that speaks to nobody, for tables: it has the desk's own words and no
// flow's. It knows no time.
func Narrator(pack *config.Pack) (*Voice, error) {
	texts, err := ReadTexts(nil)
	if err != nil {
		return nil, err
	}
	return &Voice{Lang: Languages[0], Pack: pack, texts: texts, log: slog.New(slog.DiscardHandler)}, nil
}

// Zone is the region's.
func (v *Voice) Zone() *time.Location { return v.zone }

// T gives a text; args are pairs of name and value, and N decides the plural form.
func (v *Voice) T(id string, args ...any) string {
	s, err := v.texts.say(v.Lang, id, args...)
	if err != nil {
		v.log.Error("text is missing", "id", id, "language", v.Lang, "err", err)
		if s == "" {
			return id
		}
	}
	return s
}

// Has tells whether there is a text with this id.
func (v *Voice) Has(id string) bool { return v.texts.Has(id) }

// Say makes a message of a text.
func (v *Voice) Say(id string, args ...any) bot.Message { return Words(v.T(id, args...)) }

// Words makes a message of text with bold marks.
func Words(marked string) bot.Message {
	text, bold := bot.Rich(strings.TrimSpace(marked))
	return bot.Message{Text: text, Bold: bold}
}

// Button makes a button with a text's words.
func (v *Voice) Button(id, data string, args ...any) bot.Button {
	text, _ := bot.Rich(v.T(id, args...))
	return bot.Button{Text: text, Data: data}
}

// Topic gives a topic's name.
func (v *Voice) Topic(code string) string {
	t := v.Pack.Topic(code)
	switch {
	case t == nil:
		return v.T("desk.no_topic")
	case v.Lang == "en" && t.English != "":
		return t.English
	}
	return t.Name
}

// Group gives a topic group's name.
func (v *Voice) Group(g *config.Group) string {
	if v.Lang == "en" && g.English != "" {
		return g.English
	}
	return g.Name
}

// Municipality gives a municipality's short name.
func (v *Voice) Municipality(code string) string {
	m := v.Pack.Municipality(code)
	switch {
	case m == nil:
		return "—"
	case v.Lang == "en" && m.English != "":
		return m.English
	}
	return m.Short
}

// Org gives an organisation's short name.
func (v *Voice) Org(code string) string {
	o := v.Pack.Organisation(code)
	switch {
	case o == nil:
		return "—"
	case v.Lang == "en" && o.English != "":
		return o.English
	case o.Short != "":
		return o.Short
	}
	return o.Name
}

// OrgTo gives an organisation's name for «passed to …».
func (v *Voice) OrgTo(code string) string {
	o := v.Pack.Organisation(code)
	if o == nil || v.Lang == "en" || o.To == "" {
		return v.Org(code)
	}
	return o.To
}

// Place gives a place for people, never empty.
func (v *Voice) Place(p storage.Place) string {
	if p.Label != "" {
		return p.Label
	}
	return v.Municipality(p.Municipality)
}

// State gives a state in words.
func (v *Voice) State(s storage.State) string { return v.T("desk.state_" + string(s)) }

// Standing gives where an incident stands, in words: its state, or that it is solved.
func (v *Voice) Standing(inc *storage.Incident) string {
	if (inc.State == storage.Closed || inc.State == storage.Settled) && inc.Solved() {
		return v.T("desk.state_solved")
	}
	return v.State(inc.State)
}

// Marked gives the mean of the residents' marks: «4» or «3,5».
func (v *Voice) Marked(inc *storage.Incident) string {
	n := strings.TrimSuffix(formatFloat(inc.Mark()), ".0")
	if v.Lang != "en" {
		n = strings.ReplaceAll(n, ".", ",")
	}
	return v.T("desk.marked", "N", n)
}

func formatFloat(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// Asks tells whether a person, one of its reporters, is still asked whether the answer solved it.
func Asks(inc *storage.Incident, person uint64) bool {
	r := inc.Reporter(person)
	return inc.State == storage.Closed && r != nil && !r.Solved
}

// At gives a moment as people say it: «15:00 сегодня», «12:00 завтра», «12:00 26 ноября».
func (v *Voice) At(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(v.zone)
	return v.T("desk.at", "Clock", t.Format("15:04"), "Day", v.day(t))
}

// Clock gives a moment that has passed: «14:07», with its day if that is another.
func (v *Voice) Clock(t time.Time) string {
	t, now := t.In(v.zone), v.Now.In(v.zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return v.T("desk.clock", "Clock", t.Format("15:04"), "Day", v.date(t))
}

// Due gives a moment on a card, which may be read on any day: «12:00 вт 24.11».
func (v *Voice) Due(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(v.zone)
	return v.T("desk.due", "Clock", t.Format("15:04"), "Weekday", v.T("desk.weekday_"+strconv.Itoa(int(t.Weekday()))), "Date", v.short(t))
}

// unclear tells whether a date without its year could be taken for another year's: near the turn of a year «10 января» is
// clear, half a year away it is not.
func (v *Voice) unclear(t time.Time) bool {
	now := v.Now.In(v.zone)
	return t.Year() != now.Year() && (t.After(now.AddDate(0, 6, 0)) || t.Before(now.AddDate(0, -6, 0)))
}

// short gives a date in digits: «27.11».
func (v *Voice) short(t time.Time) string {
	if v.unclear(t) {
		return t.Format("02.01.2006")
	}
	return t.Format("02.01")
}

// Span gives a span of working time, to five minutes: «3 ч 15 мин рабочих»; a long one in days of eight hours.
func (v *Voice) Span(d time.Duration) string {
	const day = 8 * time.Hour
	if days := int(d.Round(day) / day); days > 1 {
		return v.T("desk.span_days", "N", days)
	}
	minutes := int(max(d, 0).Round(5*time.Minute) / time.Minute)
	return v.T("desk.span", "Hours", minutes/60, "Minutes", minutes%60)
}

// Date gives a date in words: «2 декабря».
func (v *Voice) Date(t time.Time) string { return v.date(t.In(v.zone)) }

// Day gives a date on a button: «пт 27.11».
func (v *Voice) Day(t time.Time) string {
	t = t.In(v.zone)
	return v.T("desk.weekday_"+strconv.Itoa(int(t.Weekday()))) + " " + v.short(t)
}

// Stamp gives a moment of the past on a card: «23.11 14:07».
func (v *Voice) Stamp(t time.Time) string { return t.In(v.zone).Format("02.01 15:04") }

func (v *Voice) day(t time.Time) string {
	y, m, d := v.Now.In(v.zone).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, v.zone)
	switch {
	case t.Before(today):
	case t.Before(today.AddDate(0, 0, 1)):
		return v.T("desk.today")
	case t.Before(today.AddDate(0, 0, 2)):
		return v.T("desk.tomorrow")
	}
	return v.date(t)
}

func (v *Voice) date(t time.Time) string {
	id := "desk.date"
	if v.unclear(t) {
		id = "desk.date_year"
	}
	return v.T(id, "Day", t.Day(), "Month", v.T("desk.month_"+strconv.Itoa(int(t.Month()))),
		"Weekday", v.T("desk.weekday_"+strconv.Itoa(int(t.Weekday()))), "Year", t.Format("2006"))
}

// ShortName gives «Анна К.» for «Анна Куратова»: enough for colleagues, not too much for strangers.
func ShortName(name string) string {
	first, rest, ok := strings.Cut(strings.TrimSpace(name), " ")
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(rest))
	if !ok || r == utf8.RuneError {
		return first
	}
	return first + " " + string(r) + "."
}

// Short cuts a text at words to at most n characters.
func Short(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := string(r[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)*2/3 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:—-") + "…"
}

// Cut keeps a text's lines and cuts what is over n characters.
func Cut(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	if n < 1 {
		return ""
	}
	return strings.TrimRight(string(r[:n-1]), " \n,.;:—-") + "…"
}

// Listed tells whether words are one of those that a text lists with commas between them, in any language: people do
// not switch the language to say yes.
func (v *Voice) Listed(id, said string) bool {
	return len(said) <= longestListed && v.texts.listed(id)[plain(said)]
}

// longestListed is how many bytes are looked at for one of a few words: whoever writes more says something else.
const longestListed = 1000

// plain leaves letters, digits and single spaces, in lower case.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(s), "ё", "е"), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// Voice speaks to somebody of whom only the language is known; one that the desk does not speak is the region's.
func (e *Engine) Voice(lang string) *Voice {
	if !slices.Contains(Languages, lang) {
		lang = cmp.Or(e.Language, Languages[0])
	}
	return &Voice{Lang: lang, Now: e.Now(), Pack: e.Pack, texts: e.texts, zone: e.zone, log: e.Log}
}
