package watch

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const (
	// keepPassed is how long a message that is no problem is kept: its author may be asked about, and the same words may
	// come again.
	keepPassed = 30 * 24 * time.Hour
	// lookEvery is how often sources are looked at.
	lookEvery = time.Hour
	// hushedFor is from when on a source that usually speaks is silent: so many of its usual gaps, and a day at least.
	hushedFor = 8
)

// beat notes that a source has spoken.
func beat(t *flows.Turn, w *storage.Watched) error {
	if !w.Heard.IsZero() && t.Now.After(w.Heard) {
		gap := storage.Seconds(t.Now.Sub(w.Heard) / time.Second)
		if w.Gap == 0 {
			w.Gap = gap
		}
		w.Gap += (gap - w.Gap) / 8
	}
	if w.Posts == 0 { // however it came to be watched, from now on it is looked after
		if err := look(t, nil); err != nil {
			return err
		}
	}
	w.Heard, w.Posts, w.Told = t.Now, w.Posts+1, false
	if w.Lost.IsZero() && w.Title == t.In.Title || t.In.Title == "" {
		return t.Tx.PutWatched(w)
	}
	w.Lost, w.Why, w.Title = time.Time{}, "", flows.Short(bot.Clean(t.In.Title), 120)
	return t.Tx.PutWatched(w)
}

// lost tells the administrators that a source cannot be read any more.
func lost(t *flows.Turn, w *storage.Watched) error {
	if w == nil || w.Off || !w.Lost.IsZero() {
		return nil
	}
	w.Lost, w.Why, w.Told = t.Now, flows.Short(t.In.Text, 200), true
	if w.Why == "" {
		w.Why = t.VoiceTo(nil).T("watch.put_out")
	}
	if err := t.Tx.PutWatched(w); err != nil {
		return err
	}
	_, err := t.ToAdmins(func(v *flows.Voice) bot.Message {
		m := v.Say("watch.lost", "Title", title(w), "Why", w.Why)
		m.Keyboard = [][]bot.Button{{v.Button("watch.show_list", name+":list")}}
		return m
	})
	return err
}

// regained notes that a source can be read: its title, its lasting name, and that what was wrong is over.
func regained(t *flows.Turn, w *storage.Watched) error {
	if w == nil || w.Off {
		return nil
	}
	if t.In.MovedTo != "" {
		to := bot.Peer{Channel: t.In.Source.Channel, Chat: t.In.MovedTo}
		if other, err := t.Tx.WatchedBy(to.String()); err != nil || other != nil && other.ID != w.ID {
			w.Off = true // it is watched under that name already
			if err == nil {
				err = t.Tx.PutWatched(w)
			}
			return err
		}
		w.Peer = to.String()
	}
	if t.In.Title != "" {
		w.Title = flows.Short(bot.Clean(t.In.Title), 120)
	}
	was := !w.Lost.IsZero()
	w.Lost, w.Why, w.Told = time.Time{}, "", false
	if err := t.Tx.PutWatched(w); err != nil || !was {
		return err
	}
	_, err := t.ToAdmins(func(v *flows.Voice) bot.Message { return v.Say("watch.regained", "Title", title(w)) })
	return err
}

// joined asks the administrators whether a group that we were added to is to be watched.
func joined(t *flows.Turn, w *storage.Watched) error {
	u := t.In
	if !u.Public() || w != nil && !w.Off || t.Staffed() {
		if w != nil {
			return regained(t, w)
		}
		return nil
	}
	if w == nil {
		w = &storage.Watched{Peer: u.Source.String(), Title: flows.Short(bot.Clean(u.Title), 120), Address: u.Link, Since: t.Now, Off: true,
			Municipality: district(t, u.Title)}
		if err := t.Tx.PutWatched(w); err != nil {
			return err
		}
	}
	_, err := t.ToAdmins(func(v *flows.Voice) bot.Message {
		m := v.Say("watch.added_to", "Title", title(w), "Municipality", where(v, w))
		m.Keyboard = [][]bot.Button{{v.Button("watch.on", flows.CardKey(name, "on", w.ID))}}
		return m
	})
	return err
}

// district guesses a municipality from words: a title, what an administrator wrote.
func district(t *flows.Turn, words string) string {
	words = strings.TrimSpace(words)
	if m := t.Pack().Municipality(words); m != nil {
		return m.Code
	}
	if p, _ := t.Found(t.Finder().Answer(words)); p.Municipality != "" {
		return p.Municipality
	}
	p, _ := t.Found(t.Finder().Find(words))
	return p.Municipality
}

func title(w *storage.Watched) string {
	switch {
	case w.Title != "":
		return "«" + w.Title + "»"
	case w.Address != "":
		return w.Address
	}
	return w.Peer
}

func where(v *flows.Voice, w *storage.Watched) string {
	parts := []string{v.T("watch.whole_region")}
	if w.Municipality != "" {
		parts[0] = v.Municipality(w.Municipality)
	}
	if w.Org != "" {
		parts = append(parts, v.Org(w.Org))
	}
	if w.Language != "" {
		parts = append(parts, w.Language)
	}
	return strings.Join(parts, " · ")
}

// command is /watch: the list; in a group: watch this one; with an address: watch that; with a number and words: where
// its messages are about; «off» and a number: no more.
func command(t *flows.Turn, words string) error {
	head, rest, _ := strings.Cut(strings.TrimSpace(words), " ")
	admin := t.Me.Is(storage.Admin, "")
	switch {
	case !admin && (words != "" && words != "list" && words != "hushed" || t.In.Public() && !t.Staffed()):
		return flows.Refuse("watch.admins_only")
	case words == "hushed" && t.May(curators):
		return hushed(t)
	case words == "list" || words == "" && (!t.In.Public() || t.Staffed()):
		return list(t, 0)
	case t.In.Public() && !t.Staffed():
		return watchHere(t, words)
	case strings.EqualFold(head, "off"):
		return byNumber(t, rest, func(w *storage.Watched) error { return turnOff(t, w) })
	case !strings.ContainsAny(head, ".:/@"):
		return byNumber(t, head, func(w *storage.Watched) error { return setAbout(t, w, rest) })
	}
	src, ok := t.Locate(head)
	if !ok {
		return flows.Refuse("watch.no_source", "Text", flows.Short(head, 60))
	}
	return watch(t, storage.Watched{Peer: src.Peer.String(), Address: src.Address}, rest)
}

// Sources gives what asks for those that are watched in a channel.
func Sources(store *storage.Store, channel string) func(ctx context.Context) ([]bot.Source, error) {
	return func(ctx context.Context) (list []bot.Source, err error) {
		err = store.View(ctx, func(tx *storage.Tx) error {
			all, err := tx.AllWatched()
			list = nil
			for _, w := range all {
				peer, perr := bot.ParsePeer(w.Peer)
				if perr == nil && peer.Channel == channel && !w.Off {
					list = append(list, bot.Source{Peer: peer, Address: w.Address, Since: w.Since})
				}
			}
			return err
		})
		return list, err
	}
}

// Ensure has watched what the settings name: "ADDRESS" or "ADDRESS DISTRICT". What an administrator has put away in the
// chat stays away, and what is watched already stays as it is: the log says so. The error names all that is no source.
func Ensure(ctx context.Context, e *flows.Engine, list []string) error {
	var faults []error
	for _, entry := range list {
		var kept string
		err := e.Do(ctx, func(t *flows.Turn) (err error) {
			kept, err = ensure(t, entry)
			return err
		})
		if err == nil && kept != "" {
			e.Log.WarnContext(ctx, "a source is watched already, and not with what --watch says of it: change the one or the other", "watch", entry, "in the chat", kept)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// ensure has one watched. kept is the command that would change what is said of it otherwise, "" if nothing is.
func ensure(t *flows.Turn, entry string) (kept string, err error) {
	address, words, _ := strings.Cut(strings.TrimSpace(entry), " ")
	src, ok := t.Locate(address)
	if !ok {
		peer, err := bot.ParsePeer(address)
		if err != nil || strings.Contains(address, "//") {
			return "", fmt.Errorf("%q (--watch) is nothing that can be watched", address)
		}
		src = bot.Source{Peer: peer}
	}
	old, err := t.Tx.WatchedBy(src.Peer.String())
	if err != nil || old != nil && (old.Off || strings.TrimSpace(words) == "") {
		return "", err
	}
	w := storage.Watched{Peer: src.Peer.String(), Address: src.Address, Since: t.Now}
	unknown := about(t, &w, words)
	switch {
	case old == nil && unknown != "":
		return "", fmt.Errorf("%q (--watch): there is no district and no body %q", address, unknown)
	case old == nil:
		if err := t.Tx.PutWatched(&w); err != nil {
			return "", err
		}
		return "", look(t, nil)
	case unknown == "" && old.Municipality == w.Municipality && old.Org == w.Org && old.Language == w.Language:
		return "", nil
	}
	return fmt.Sprintf("/watch %d %s", old.ID, strings.TrimSpace(words)), nil
}

func watchHere(t *flows.Turn, words string) error {
	return watch(t, storage.Watched{Peer: t.In.Source.String(), Title: flows.Short(bot.Clean(t.In.Title), 120), Address: t.In.Link}, words)
}

// watch begins to watch a source, or does again.
func watch(t *flows.Turn, w storage.Watched, words string) error {
	old, err := t.Tx.WatchedBy(w.Peer)
	if err != nil {
		return err
	}
	if old != nil {
		w = *old
	}
	if words != "" {
		if unknown := about(t, &w, words); unknown != "" {
			return flows.Refuse("watch.no_district", "Text", flows.Short(unknown, 60))
		}
	} else if w.Municipality == "" {
		w.Municipality = district(t, w.Title)
	}
	if w.ID == 0 || w.Off {
		w.Since, w.By = t.Now, t.Me.ID
	}
	w.Off, w.Lost, w.Why = false, time.Time{}, ""
	if err := t.Tx.PutWatched(&w); err != nil {
		return err
	}
	if err := logged(t, "watch", &w); err != nil {
		return err
	}
	if err := look(t, nil); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("watch.is_on", "Title", title(&w), "Municipality", where(v, &w), "N", w.ID)
	if t.In.Public() && !t.Staffed() { // nobody in the group needs to read that
		return t.Tell(t.Me, m, 0)
	}
	return t.Reply(m)
}

func logged(t *flows.Turn, action string, w *storage.Watched) error {
	return t.Tx.Log(&storage.Entry{At: t.Now, Action: action, Actor: t.Me.ID, Text: w.Peer})
}

func byNumber(t *flows.Turn, word string, fn func(*storage.Watched) error) error {
	n, err := strconv.ParseUint(strings.TrimSpace(word), 10, 64)
	if err != nil {
		return flows.Refuse("watch.no_source", "Text", flows.Short(word, 60))
	}
	w, err := t.Tx.Watched(n)
	if err != nil {
		return err
	}
	if w == nil {
		return flows.Refuse("watch.no_source", "Text", strconv.FormatUint(n, 10))
	}
	return fn(w)
}

func setAbout(t *flows.Turn, w *storage.Watched, words string) error {
	if unknown := about(t, w, words); unknown != "" || strings.TrimSpace(words) == "" {
		return flows.Refuse("watch.no_district", "Text", flows.Short(unknown, 60))
	}
	if err := t.Tx.PutWatched(w); err != nil {
		return err
	}
	v := t.Voice()
	return t.Reply(v.Say("watch.is_on", "Title", title(w), "Municipality", where(v, w), "N", w.ID))
}

func turnOff(t *flows.Turn, w *storage.Watched) error {
	w.Off = true
	if err := t.Tx.PutWatched(w); err != nil {
		return err
	}
	if err := logged(t, "unwatch", w); err != nil {
		return err
	}
	v := t.Voice()
	return t.Reply(v.Say("watch.is_off", "Title", title(w)))
}

// pressOn and pressOff are the administrators' buttons; what stands for an incident in others is a source here.
func pressOn(t *flows.Turn, _ *storage.Incident, args []string) error {
	return pressed(t, args, func(w *storage.Watched) error { return watch(t, *w, "") })
}

func pressOff(t *flows.Turn, _ *storage.Incident, args []string) error {
	return pressed(t, args, func(w *storage.Watched) error { return turnOff(t, w) })
}

func pressed(t *flows.Turn, args []string, fn func(*storage.Watched) error) error {
	if !t.Me.Is(storage.Admin, "") {
		return flows.Refuse("watch.admins_only")
	}
	if len(args) == 0 {
		return flows.Refuse("desk.old_button")
	}
	return byNumber(t, args[0], fn)
}

func pressList(t *flows.Turn, _ *storage.Incident, args []string) error {
	if !t.May(curators) {
		return flows.Refuse("desk.not_your_command")
	}
	page := 0
	if len(args) == 2 { // behind the number that in other buttons is an incident's
		page = flows.PageOf(args[1])
	}
	return list(t, page)
}

// listPage is how many sources a page of /watch shows.
const listPage = 15

// list shows the sources: those that cannot be read first.
func list(t *flows.Turn, page int) error {
	all, err := t.Tx.AllWatched()
	if err != nil {
		return err
	}
	v := t.Voice()
	var bad, good []string
	for _, w := range all {
		switch line := line(v, w, t.Now); {
		case w.Off:
		case !w.Lost.IsZero() || silent(w, t.Now):
			bad = append(bad, line)
		default:
			good = append(good, line)
		}
	}
	if len(bad)+len(good) == 0 {
		return t.Reply(v.Say("watch.none"))
	}
	waits := 0
	if err := t.Tx.Queue(storage.QueueFound, func(storage.Queued) bool { waits++; return true }); err != nil {
		return err
	}
	lines := append(bad, good...)
	from, to := flows.Page(page, listPage, len(lines))
	m := flows.Words(v.T("watch.list", "N", len(lines), "Waits", waits) + "\n" + strings.Join(lines[from:to], "\n"))
	m.Keyboard = v.PageRow(nil, page, listPage, len(lines), func(p string) string { return name + ":list:0:" + p })
	return t.Reply(m)
}

func line(v *flows.Voice, w *storage.Watched, now time.Time) string {
	args := []any{"N", w.ID, "Title", title(w), "Municipality", where(v, w), "Posts", w.Posts, "Why", w.Why}
	switch {
	case !w.Lost.IsZero():
		return v.T("watch.line_lost", append(args, "At", v.Stamp(w.Lost))...)
	case w.Heard.IsZero():
		return v.T("watch.line_new", args...)
	case silent(w, now):
		return v.T("watch.line_silent", append(args, "At", v.Stamp(w.Heard))...)
	}
	return v.T("watch.line", append(args, "At", v.Stamp(w.Heard))...)
}

// silent tells whether a source has said nothing for much longer than it usually does.
func silent(w *storage.Watched, now time.Time) bool {
	if w.Heard.IsZero() || w.Posts < 10 {
		return false
	}
	return now.Sub(w.Heard) > max(hushedFor*time.Duration(w.Gap)*time.Second, 24*time.Hour)
}

// look tells of silent sources, forgets old posts, and comes again in an hour.
func look(t *flows.Turn, timer *storage.Timer) error {
	const setting = "watch/look"
	due, err := t.Tx.Setting(setting)
	if err != nil {
		return err
	}
	next := t.Now.Add(lookEvery).Truncate(time.Minute)
	if timer == nil { // a source was added: it may be the first
		if len(due) > 0 {
			return nil
		}
	} else if string(due) != timer.Data {
		return nil // another one goes on
	}
	stamp := next.UTC().Format(time.RFC3339)
	if err := t.Tx.SetSetting(setting, []byte(stamp)); err != nil {
		return err
	}
	if err := t.Tx.AddTimer(&storage.Timer{Due: next, Kind: lookTimer, Data: stamp}); err != nil {
		return err
	}
	if _, _, err := t.Tx.SweepPosts(0, 5000, t.Now.Add(-keepPassed)); err != nil {
		return err
	}
	all, err := t.Tx.AllWatched()
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Off || w.Told || !w.Lost.IsZero() || !silent(w, t.Now) {
			continue
		}
		w.Told = true
		if err := t.Tx.PutWatched(w); err != nil {
			return err
		}
		if _, err := t.ToAdmins(func(v *flows.Voice) bot.Message {
			return v.Say("watch.silent", "Title", title(w), "At", v.Stamp(w.Heard))
		}); err != nil {
			return err
		}
	}
	return nil
}
