package open311

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// How long it is known that a report was brought: under its own key as long as an update of a messenger, without one as
// long as a program tries again by itself.
const (
	keepKeys = 7 * 24 * time.Hour
	keepSums = 10 * time.Minute
)

const (
	forgetTimer = name + ".forget"
	keys        = name + "/key/"
	sums        = name + "/sum/"
)

// mark says which incident a report has become.
type mark struct {
	Number uint64    `json:"n"`
	At     time.Time `json:"at"`
}

// File makes an incident of a report, and gives its number once it is kept. What was brought before gives the number that
// it got then. The error is a *bot.Unfiled for what has to be mended, or the store's.
func (d *Desk) File(ctx context.Context, f bot.Filing) (filed bot.Filed, err error) {
	v := d.e.Voice(f.Language)
	filed.Notice = v.T("open311.notice")
	if d.e.Pack.Topic(f.Service) == nil {
		return filed, &bot.Unfiled{Unknown: true, Text: v.T("open311.no_service", "Code", flows.Short(bot.Clean(f.Service), 40))}
	}
	if f.Address = bot.Clean(f.Address); f.Address != "" {
		d.e.Place().Answer(f.Address) // before the transaction, in which others wait; it is remembered
	}
	under, keep := keys+hash(f.Key), keepKeys
	if f.Key == "" {
		under, keep = sums+f.Sum, keepSums
	}
	err = d.e.Do(ctx, func(t *flows.Turn) error {
		m, err := marked(t.Tx, under)
		if err != nil {
			return err
		}
		if m != nil && t.Now.Sub(m.At) < keep {
			filed.Number = m.Number
			return nil
		}
		inc := &storage.Incident{Topic: f.Service, Text: bot.Clean(f.Text), Source: storage.Source{Kind: "chat", Channel: name}}
		if inc.Place, err = where(t, v, f); err != nil {
			return err
		}
		if err := t.Open(inc); err != nil {
			return err
		}
		if err := confide(t, inc, f); err != nil {
			return err
		}
		filed.Number = inc.Number
		return note(t, under, mark{inc.Number, t.Now}, keep)
	})
	return filed, err
}

// Filed gives the incident that was filed under a key, 0 if there is none.
func (d *Desk) Filed(ctx context.Context, key string) (number uint64, err error) {
	err = d.e.Store.View(ctx, func(tx *storage.Tx) error {
		m, err := marked(tx, keys+hash(key))
		number = 0
		if m != nil {
			number = m.Number
		}
		return err
	})
	return number, err
}

// where finds the place of a report.
func where(t *flows.Turn, v *flows.Voice, f bot.Filing) (p storage.Place, err error) {
	var choices []string
	if f.Address != "" {
		p, choices = t.Found(t.Finder().Answer(f.Address))
	}
	if l := f.Location; l != nil {
		spot, ok := t.Finder().At(l.Lat, l.Lon)
		if !ok {
			return p, &bot.Unfiled{Text: v.T("open311.outside")}
		}
		if p.Municipality != spot.Municipality {
			p.Settlement = ""
		}
		p.Municipality, p.Lat, p.Lon, p.Point = spot.Municipality, l.Lat, l.Lon, true
		if p.Label = flows.Short(f.Address, 120); p.Label == "" {
			p.Label = t.Label(p)
		}
		return p, nil
	}
	if len(choices) > 0 {
		var names []string
		for _, h := range t.Homonyms(choices) {
			names = append(names, h.Label)
		}
		return p, &bot.Unfiled{Text: v.T("open311.which", "List", flows.Short(strings.Join(names, "; "), 300))}
	}
	if p.Municipality == "" {
		return p, &bot.Unfiled{Text: v.T("open311.no_place", "Text", flows.Short(f.Address, 80))}
	}
	return p, nil
}

// confide keeps for the curators who reported it, and where a photo of it is said to be.
func confide(t *flows.Turn, inc *storage.Incident, f bot.Filing) error {
	v := t.VoiceTo(nil)
	var parts []string
	for _, s := range []string{f.Contact.Name, f.Contact.Phone, f.Contact.Email} {
		if s = bot.Clean(s); s != "" {
			parts = append(parts, s)
		}
	}
	if s := bot.Clean(f.Contact.Account); s != "" {
		parts = append(parts, v.T("open311.account", "Text", s))
	}
	if s := bot.Clean(f.Contact.Device); s != "" {
		parts = append(parts, v.T("open311.device", "Text", s))
	}
	if len(parts) > 0 {
		if err := t.Confide(inc, v.T("open311.contact", "Text", strings.Join(parts, " · "))); err != nil {
			return err
		}
	}
	if f.Media == "" {
		return nil
	}
	return t.Confide(inc, v.T("open311.media", "Link", bot.Clean(f.Media)))
}

// marked gives what a mark says, nil if there is none.
func marked(tx *storage.Tx, under string) (*mark, error) {
	raw, err := tx.Setting(under)
	if err != nil || raw == nil {
		return nil, err
	}
	m := new(mark)
	return m, json.Unmarshal(raw, m)
}

// note keeps a mark, and has it forgotten.
func note(t *flows.Turn, under string, m mark, keep time.Duration) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := t.Tx.SetSetting(under, raw); err != nil {
		return err
	}
	return t.Tx.AddTimer(&storage.Timer{Due: t.Now.Add(keep), Kind: forgetTimer, Data: under})
}

// forget drops a mark, unless it was made anew since.
func forget(t *flows.Turn, timer *storage.Timer) error {
	m, err := marked(t.Tx, timer.Data)
	if err != nil || m == nil {
		return err
	}
	keep := keepKeys
	if strings.HasPrefix(timer.Data, sums) {
		keep = keepSums
	}
	if t.Now.Sub(m.At) < keep {
		return nil
	}
	return t.Tx.DropSetting(timer.Data)
}

// hash makes a name of a key, whatever stands in it.
func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}
