package figures

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const (
	morningTimer = "figures.morning"
	// morningSetting keeps for which hour the timer stands.
	morningSetting = "figures/morning"
	// namedInDigest is how many incidents a digest names.
	namedInDigest = 5
)

// starts sets the timer of the next morning, if it does not stand for the hour of the settings.
func starts(t *flows.Turn) error {
	hour := t.DigestHour()
	kept, err := t.Tx.Setting(morningSetting)
	if err != nil || string(kept) == hour {
		return err
	}
	if err := t.Tx.SetSetting(morningSetting, []byte(hour)); err != nil || hour == "" {
		return err
	}
	_, err = nextMorning(t, hour)
	return err
}

// nextMorning sets the timer of the next morning and gives when it is due.
func nextMorning(t *flows.Turn, hour string) (due time.Time, err error) {
	at, err := time.Parse("15:04", hour)
	if err != nil {
		return due, fmt.Errorf("the hour of the digest: %w", err)
	}
	now := t.Local()
	due = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
	if !due.After(now) {
		due = due.AddDate(0, 0, 1)
	}
	return due, t.Tx.AddTimer(&storage.Timer{Due: due, Kind: morningTimer, Data: hour})
}

// morning tells everybody what waits, and sets the next timer in the same transaction: it is said once, whatever
// restarts. After a downtime of days it is said once, too, of today.
func morning(t *flows.Turn, timer *storage.Timer) error {
	kept, err := t.Tx.Setting(morningSetting)
	if err != nil || string(kept) != timer.Data { // another hour was set
		return err
	}
	next, err := nextMorning(t, timer.Data)
	if err != nil {
		return err
	}
	if storage.DayOf(next.In(t.Local().Location())) == storage.DayOf(t.Local()) { // of a morning that was missed: today's is still to come
		return nil
	}
	if err := toCurators(t); err != nil {
		return err
	}
	if t.Workday(t.Local()) {
		if err := toHeads(t); err != nil {
			return err
		}
	}
	if t.Local().Weekday() != time.Monday {
		return nil
	}
	return toLeaders(t)
}

// digestNow is /digest: what whoever acts would get in the morning.
func digestNow(t *flows.Turn, _ string) error {
	org, err := own(t)
	if err != nil {
		return err
	}
	v := teller{t.Voice()}
	var m bot.Message
	switch {
	case org != "":
		m, err = v.forHead(t, org)
	case t.Seat().Kind == storage.Leader:
		m, err = v.forLeader(t)
	default:
		m, err = v.forCurators(t)
	}
	if err != nil {
		return err
	}
	return t.Reply(m)
}

func toCurators(t *flows.Turn) error {
	places, err := t.Desks()
	if err != nil {
		return err
	}
	for _, s := range places {
		var reader *storage.Person
		if s.Person != 0 {
			if reader, err = t.Tx.Person(s.Person); err != nil {
				return err
			}
		}
		m, err := teller{t.VoiceTo(reader)}.forCurators(t)
		if err != nil {
			return err
		}
		if err := t.Brief(s, storage.Role{Kind: storage.Curator}, m); err != nil {
			return err
		}
	}
	return nil
}

// toHeads tells the heads of each body; a body with nothing to tell of is left in peace.
func toHeads(t *flows.Turn) error {
	for i := range t.Pack().Organisations {
		org := t.Pack().Organisations[i].Code
		people, err := t.Tx.Staff(storage.Official, org)
		if err != nil {
			return err
		}
		for _, p := range people {
			if !p.Heads(org) || p.Chat == "" || p.Unreachable {
				continue
			}
			m, err := teller{t.VoiceTo(p)}.forHead(t, org)
			if err != nil {
				return err
			}
			if m.Text == "" {
				continue
			}
			if err := t.Brief(storage.Slot{Peer: p.Chat, Person: p.ID}, storage.Role{Kind: storage.Official, Org: org}, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func toLeaders(t *flows.Turn) error {
	people, err := t.Tx.Staff(storage.Leader, "")
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Chat == "" || p.Unreachable {
			continue
		}
		m, err := teller{t.VoiceTo(p)}.forLeader(t)
		if err != nil {
			return err
		}
		if err := t.Brief(storage.Slot{Peer: p.Chat, Person: p.ID}, storage.Role{Kind: storage.Leader}, m); err != nil {
			return err
		}
	}
	return nil
}

// waiting is what a queue holds, and of that what is due in [from, by).
type waiting struct {
	all, due int
	first    []uint64
}

func waits(t *flows.Turn, queue string, from, by time.Time) (w waiting, err error) {
	return w, t.Tx.Queue(queue, func(q storage.Queued) bool {
		w.all++
		if !q.Due.IsZero() && !q.Due.Before(from) && q.Due.Before(by) {
			w.due++
			if len(w.first) < namedInDigest {
				w.first = append(w.first, q.Number)
			}
		}
		return true
	})
}

// midnight is the end of today.
func midnight(t *flows.Turn) time.Time {
	y, m, d := t.Local().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.Local().Location())
}

// forCurators: what came yesterday, what waits, what is due today, what is overdue or disputed.
func (v teller) forCurators(t *flows.Turn) (bot.Message, error) {
	today := storage.DayOf(t.Local())
	yesterday, err := t.Tx.Sums(storage.InAll, "", today-1, today)
	if err != nil {
		return bot.Message{}, err
	}
	now, err := t.Tx.Sums(storage.InAll, "", storage.Today, storage.Today+1)
	if err != nil {
		return bot.Message{}, err
	}
	due := 0
	for _, q := range []string{storage.QueueNew, storage.QueueWork} {
		w, err := waits(t, q, t.Now, midnight(t))
		if err != nil {
			return bot.Message{}, err
		}
		due += w.due
	}
	found, err := waits(t, storage.QueueFound, t.Now, t.Now)
	if err != nil {
		return bot.Message{}, err
	}
	lines := []string{
		v.T("figures.morning", "Day", v.Day(t.Local())),
		v.T("figures.yesterday", "In", v.count(yesterday[storage.Received]), "Out", v.count(yesterday[storage.Resolved])),
		v.T("figures.waits", "New", v.count(now[storage.NowNew]), "Control", v.count(now[storage.NowControl]), "Found", v.count(int64(found.all))),
		v.T("figures.today", "Due", v.count(int64(due)), "Overdue", v.count(now[storage.NowOverdue]), "Disputed", v.count(now[storage.NowDisputed])),
		v.T("figures.to_queue"),
	}
	return flows.Words(strings.Join(lines, "\n")), nil
}

// forHead: what is due today at the body, what is overdue, each named; an empty message where there is nothing.
func (v teller) forHead(t *flows.Turn, org string) (bot.Message, error) {
	now, err := t.Tx.Sums(storage.ByBody, org, storage.Today, storage.Today+1)
	if err != nil {
		return bot.Message{}, err
	}
	var late, due []string
	lateMore, dueMore := 0, 0
	var fault error
	err = t.Tx.Queue(storage.QueueOf(org), func(q storage.Queued) bool {
		if q.Due.IsZero() || !q.Due.Before(midnight(t)) {
			return false
		}
		list, more := &due, &dueMore
		if !q.Due.After(t.Now) {
			list, more = &late, &lateMore
		}
		if len(*list) == namedInDigest {
			*more++
			return true
		}
		inc, err := t.Tx.Incident(q.Number)
		if err != nil || inc == nil {
			fault = err
			return err == nil
		}
		*list = append(*list, v.T("figures.one", "Number", inc.Number, "Topic", v.Topic(inc.Topic), "Place", flows.Short(v.Place(inc.Place), 40), "Due", v.Due(q.Due)))
		return true
	})
	if err == nil {
		err = fault
	}
	if err != nil || now[storage.NowOpen] == 0 {
		return bot.Message{}, err
	}
	lines := []string{
		v.T("figures.morning_head", "Day", v.Day(t.Local()), "Org", v.Org(org)),
		v.T("figures.in_hand", "Open", v.count(now[storage.NowOpen]), "Disputed", v.count(now[storage.NowDisputed])),
	}
	for _, part := range []struct {
		id   string
		list []string
		more int
	}{{"figures.late", late, lateMore}, {"figures.due", due, dueMore}} {
		if len(part.list) == 0 {
			continue
		}
		lines = append(lines, v.T(part.id, "N", len(part.list)+part.more))
		lines = append(lines, part.list...)
		if part.more > 0 {
			lines = append(lines, v.T("figures.more", "N", part.more))
		}
	}
	return flows.Words(strings.Join(lines, "\n")), nil
}

// forLeader: the figures of the week that is over, where it is worst, and what is overdue the longest.
func (v teller) forLeader(t *flows.Turn) (bot.Message, error) {
	today := storage.DayOf(t.Local())
	p := last("week", today-1)
	sums, err := compared(t.Tx, storage.InAll, "", p)
	if err != nil {
		return bot.Message{}, err
	}
	now, err := t.Tx.Now(storage.ByMunicipality)
	if err != nil {
		return bot.Message{}, err
	}
	all, err := t.Tx.Sums(storage.InAll, "", storage.Today, storage.Today+1)
	if err != nil {
		return bot.Message{}, err
	}
	lines := []string{v.head(v.T("figures.region"), p), v.T("figures.compared", "Year", len(sums[2]) > 0)}
	lines = append(append(lines, v.sheet(sums, false)...), v.standing(all))
	if worst := v.worst(now); worst != "" {
		lines = append(lines, v.T("figures.worst", "Names", worst))
	}
	if n := sums[0][storage.Controlled]; n > 0 {
		lines = append(lines, v.T("figures.controlled", "N", n))
	}
	longest, err := v.longest(t)
	if err != nil {
		return bot.Message{}, err
	}
	m := flows.Words(strings.Join(append(lines, longest...), "\n"))
	o := order{v.Lang, "", "", p}
	m.Photos = album(o)[:3]
	m.Files = []bot.File{v.spreadsheet(o)}
	return m, nil
}

// worst names the districts with most that is overdue.
func (v teller) worst(now map[string]storage.Sums) string {
	var codes []string
	for code, s := range now {
		if s[storage.NowOverdue] > 0 {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b string) int {
		if n := now[b][storage.NowOverdue] - now[a][storage.NowOverdue]; n != 0 {
			return int(n)
		}
		return strings.Compare(a, b)
	})
	var names []string
	for _, code := range codes[:min(len(codes), namedInDigest)] {
		names = append(names, v.Municipality(code)+" — "+v.count(now[code][storage.NowOverdue]))
	}
	return strings.Join(names, ", ")
}

// longest names what is overdue the longest, whoever has it in hand: the last step of the ladder.
func (v teller) longest(t *flows.Turn) (lines []string, err error) {
	w, err := waits(t, storage.QueueOverdue, time.Time{}, t.Now)
	if err != nil || len(w.first) == 0 {
		return nil, err
	}
	lines = append(lines, v.T("figures.longest"))
	for _, n := range w.first {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return nil, err
		}
		if inc == nil {
			continue
		}
		org := v.T("figures.nobody")
		if inc.Assignment != nil {
			org = v.Org(inc.Assignment.Org)
		}
		lines = append(lines, v.T("figures.longest_one", "Number", n, "Topic", v.Topic(inc.Topic), "Place", v.Municipality(inc.Place.Municipality),
			"Due", v.Day(inc.Due()), "Org", org))
	}
	return lines, nil
}
