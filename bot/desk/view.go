package desk

import (
	"cmp"
	"slices"

	"otklik/bot"
)

// view is a message as the page gets it. Times are in milliseconds since 1970.
type view struct {
	N        uint64        `json:"n"`
	Mine     bool          `json:"mine,omitempty"`
	Time     int64         `json:"time"`
	Edited   int64         `json:"edited,omitempty"`
	Runs     []run         `json:"runs,omitempty"`
	Photos   []photo       `json:"photos,omitempty"`
	Files    []document    `json:"files,omitempty"`
	Location *bot.Location `json:"location,omitempty"`
	Keyboard [][]key       `json:"keyboard,omitempty"`
	ReplyTo  bot.Ref       `json:"reply_to,omitempty"`
	Want     bool          `json:"want,omitempty"`
	Key      string        `json:"key,omitempty"` // of what the person wrote
	Waits    bool          `json:"waits,omitempty"`
}

// run is a stretch of text.
type run struct {
	Text string `json:"t"`
	Bold bool   `json:"b,omitempty"`
}

type key struct {
	Text string `json:"t"`
	Data string `json:"d,omitempty"`
	URL  string `json:"u,omitempty"`
}

// menu is a chair's commands by language; "" is for every other.
type menu map[string][]line

type line struct {
	Name        string `json:"name"`
	Description string `json:"about"`
}

func viewOf(r *record) view {
	v := view{
		N: r.N, Mine: r.Mine, Time: r.Time.UnixMilli(), Runs: runs(r.Text, r.Bold), Photos: r.Photos, Files: r.Files,
		Location: r.Location, ReplyTo: r.ReplyTo, Want: r.Want, Waits: r.Waits || r.EditWait,
	}
	if r.Mine {
		v.Key = r.Key
	}
	if !r.Edited.IsZero() {
		v.Edited = r.Edited.UnixMilli()
	}
	for _, row := range r.Keyboard {
		var keys []key
		for _, b := range row {
			keys = append(keys, key(b))
		}
		v.Keyboard = append(v.Keyboard, keys)
	}
	return v
}

// runs cuts a text at the ends of its bold spans; spans that overlap or reach outside do no harm.
func runs(text string, bold []bot.Span) (list []run) {
	bold = slices.Clone(bold)
	slices.SortFunc(bold, func(a, b bot.Span) int { return cmp.Compare(a.Start, b.Start) })
	at := 0
	add := func(to int, b bool) {
		if to > at {
			list = append(list, run{text[at:to], b})
			at = to
		}
	}
	for _, s := range bold {
		add(min(s.Start, len(text)), false)
		add(min(s.End, len(text)), true)
	}
	add(len(text), false)
	return list
}

// menuOf gives a chair's commands: its own, or everybody's. The caller holds d.mu.
func (d *Desk) menuOf(c *chair) menu {
	m, lists := menu{}, d.commands[c.ID]
	if len(lists) == 0 {
		lists = d.commands[""]
	}
	for language, list := range lists {
		m[language] = []line{}
		for _, x := range list {
			m[language] = append(m[language], line(x))
		}
	}
	return m
}
