package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	tokenForm   = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{20,}$`)
	vkTokenForm = regexp.MustCompile(`^[A-Za-z0-9._-]{20,}$`)
	adminForm   = regexp.MustCompile(`^[a-z]+:[^:/\s]+$`)
	groupForm   = regexp.MustCompile(`^[a-z]+:[^:/\s]+(/[^:/\s]+)?$`)
	number      = regexp.MustCompile(`^[1-9][0-9]{0,15}$`)
	chair       = regexp.MustCompile(`^[^:/\s]+$`)
)

// messengerForm is how a messenger writes those who can be named in the settings, behind its own name.
type messengerForm struct {
	user, group         func(id string) bool
	likeUser, likeGroup string
}

// messengerForms are those of the messengers: a slip of the pen would send everything to nobody. The desk's chairs are the
// region pack's, and CheckChairs looks for them.
var messengerForms = map[string]messengerForm{
	"telegram": {number.MatchString, regexp.MustCompile(`^-[1-9][0-9]{0,15}(/[1-9][0-9]{0,9})?$`).MatchString,
		"digits, as /id tells them, such as telegram:123456",
		"a minus and digits, as /id tells them there, such as telegram:-1001234567890, or telegram:-1001234567890/7 for a topic"},
	"vk": {number.MatchString, func(id string) bool { return number.MatchString(id) && len(id) == 10 && id > "2000000000" },
		"digits, as /id tells them, such as vk:123456", "the number of a chat, as /id tells it there, such as vk:2000000001"},
	deskName: {chair.MatchString, chair.MatchString, "a chair such as desk:curator", "a chair such as desk:curator"},
}

// deskName is the built-in desk among the messengers.
const deskName = "desk"

// source tells where a setting comes from: "--listen", "OTKLIK_LISTEN", "otklik.yaml:3", or "--listen" for a default,
// as that is what mends it.
func (s *Settings) source(flag string) string {
	if from := s.sources[flag]; from != "" {
		return from
	}
	return "--" + flag
}

func (s *Settings) fault(flag, format string, args ...any) {
	s.faults = append(s.faults, Fault{File: s.source(flag), What: fmt.Sprintf(format, args...)})
}

// Check tells everything that is wrong with the settings, as Faults; nil if they are in order. A fault begins with what
// the setting comes from. No secret is shown.
func (s *Settings) Check() error {
	c := &Settings{sources: s.sources, faults: slices.Clone(s.faults)}
	s.checkFiles(c)
	s.checkBackups(c)
	s.checkLimits(c)
	s.checkWords(c)
	s.checkPeople(c)
	s.checkWatched(c)
	s.checkMessengers(c)
	return c.faults.Err()
}

func (s *Settings) checkFiles(c *Settings) {
	if strings.TrimSpace(s.Data) == "" {
		c.fault("data", "no file for the data: want one such as ./data/otklik.db")
	} else if info, err := os.Stat(s.Data); err == nil && info.IsDir() {
		c.fault("data", "%s is a folder: want a file, such as %s", s.Data, filepath.Join(s.Data, "otklik.db"))
	}
	if _, port, err := net.SplitHostPort(s.Listen); err != nil || !isPort(port) {
		c.fault("listen", "%q is no address to listen on: want host:port such as 127.0.0.1:8080", s.Listen)
	}
	for _, f := range []struct{ flag, path string }{{"region", s.Region}, {"boundaries", s.Boundaries}} {
		if f.path == "" {
			continue
		}
		if info, err := os.Stat(f.path); err != nil {
			c.fault(f.flag, "cannot read %s: %s", f.path, reason(err))
		} else if info.IsDir() {
			c.fault(f.flag, "%s is a folder: want a file", f.path)
		}
	}
}

func (s *Settings) checkBackups(c *Settings) {
	if info, err := os.Stat(s.BackupFolder); err == nil && !info.IsDir() {
		c.fault("backup-folder", "%s is no folder: want one for the backups", s.BackupFolder)
	}
	if s.BackupFolder != "" && s.BackupKeep < 1 {
		c.fault("backup-keep", "%d backups are none: want 1 or more", s.BackupKeep)
	}
	if s.LeastDisk < 0 {
		c.fault("least-disk", "%d MB are less than none: want 1 or more, or 0 to tell nobody", s.LeastDisk)
	}
}

// checkLimits checks what bounds a person. 20 MB are the most that a bot may fetch from Telegram.
func (s *Settings) checkLimits(c *Settings) {
	if s.PerMinute < 0 {
		c.fault("per-minute", "%d messages a minute are fewer than none: want 1 or more, or 0 for no bound", s.PerMinute)
	}
	if s.Open311PerMinute < 0 {
		c.fault("open311-per-minute", "%d reports a minute are fewer than none: want 1 or more, or 0 for no bound", s.Open311PerMinute)
	}
	for _, l := range []struct {
		flag, what       string
		got, least, most int
	}{
		{"longest-text", "characters", s.LongestText, 100, 20_000},
		{"most-photos", "photos", s.MostPhotos, 1, 50},
		{"largest-photo", "MB", s.LargestPhoto, 1, 20},
	} {
		if l.got < l.least || l.got > l.most {
			c.fault(l.flag, "%d %s: want %d to %d", l.got, l.what, l.least, l.most)
		}
	}
}

// checkWords checks what is one of a few words. The command line could do it, but would stop at the first.
func (s *Settings) checkWords(c *Settings) {
	for _, w := range []struct {
		flag, got string
		want      []string
	}{
		{"language", s.Language, []string{"ru", "en"}},
		{"log-level", s.LogLevel, []string{"debug", "info", "warn", "error"}},
		{"log-format", s.LogFormat, []string{"text", "json"}},
	} {
		if !slices.Contains(w.want, w.got) {
			c.fault(w.flag, "%q: want %s or %s", w.got, strings.Join(w.want[:len(w.want)-1], ", "), w.want[len(w.want)-1])
		}
	}
}

// DigestHour is the hour of the digest, "" where nobody is to have one.
func (s *Settings) DigestHour() string {
	if s.Digest == "off" {
		return ""
	}
	return s.Digest
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= 65535
}

func (s *Settings) checkPeople(c *Settings) {
	if at, err := time.Parse("15:04", s.DigestHour()); s.DigestHour() != "" && (err != nil || at.Format("15:04") != s.Digest) {
		c.fault("digest", "%q: want an hour such as 08:30, or off", s.Digest)
	}
	for _, a := range s.Admins {
		if !adminForm.MatchString(a) {
			c.fault("admins", "%q: want channel:user such as telegram:123456", a)
			continue
		}
		form, id := c.messenger("admins", a)
		if form.user != nil && !form.user(id) {
			c.fault("admins", "%q is nobody: want %s", a, form.likeUser)
		}
	}
	for _, g := range s.groups() {
		if !groupForm.MatchString(g.peer) {
			c.fault(g.flag, "%q: want channel:chat, or channel:chat/thread, such as telegram:-1001234567890/7", g.peer)
			continue
		}
		form, id := c.messenger(g.flag, g.peer)
		if form.group != nil && !form.group(id) {
			c.fault(g.flag, "%q is no group: want %s", g.peer, form.likeGroup)
		}
	}
}

// checkWatched checks the peers among what is to be watched; what an address stands for its messenger knows.
func (s *Settings) checkWatched(c *Settings) {
	for _, entry := range s.Watch {
		peer, _, _ := strings.Cut(strings.TrimSpace(entry), " ")
		if !groupForm.MatchString(peer) {
			continue
		}
		form, id := c.messenger("watch", peer)
		if strings.HasPrefix(peer, "telegram:") && !form.group(id) {
			c.fault("watch", "%q is no group: want %s", peer, form.likeGroup)
		}
	}
}

// named is somebody whom a setting names.
type named struct{ flag, peer string }

func (s *Settings) groups() (list []named) {
	for _, f := range []struct {
		flag  string
		peers []string
	}{{"curators", s.Curators}, {"triage", s.Triage}, {"control", s.Control}} {
		for _, peer := range f.peers {
			list = append(list, named{f.flag, peer})
		}
	}
	return list
}

// messenger gives the form of a peer's messenger, and what stands behind the colon. An unknown one is a fault, and its form
// empty.
func (s *Settings) messenger(flag, peer string) (form messengerForm, id string) {
	name, id, _ := strings.Cut(peer, ":")
	form, known := messengerForms[name]
	if !known {
		s.fault(flag, "%q: there is no messenger %q: want %s", peer, name, strings.Join(slices.Sorted(maps.Keys(messengerForms)), ", "))
	}
	return form, id
}

// CheckChairs tells which chairs of the desk the settings name and the region pack does not have, as Faults.
func (s *Settings) CheckChairs(p *Pack) error {
	all := s.groups()
	for _, a := range s.Admins {
		all = append(all, named{"admins", a})
	}
	c := &Settings{sources: s.sources}
	for _, n := range all {
		channel, chair, _ := strings.Cut(n.peer, ":")
		if channel == deskName && !slices.ContainsFunc(p.Demo, func(d Chair) bool { return d.Code == chair }) {
			c.fault(n.flag, "%q: the region pack has no such chair", n.peer)
		}
	}
	return c.faults.Err()
}

// checkMessengers checks each messenger's token and addresses.
func (s *Settings) checkMessengers(c *Settings) {
	for _, m := range []struct {
		flag, env, calls, token, like string
		form                          *regexp.Regexp
		secret                        Secret
		file, api, webhook, public    string
	}{
		{"telegram", "OTKLIK_TELEGRAM_TOKEN", "Telegram", "this is no bot token: want digits, a colon and what BotFather gave behind it",
			"https://api.telegram.org", tokenForm, s.Telegram.Token, s.Telegram.TokenFile, s.Telegram.API, s.Telegram.Webhook, "https://desk.example.org"},
		{"vk", "OTKLIK_VK_TOKEN", "VK", "this is no community token: want the letters that the community's settings gave, such as vk1.a.…",
			"https://api.vk.ru/method/", vkTokenForm, s.VK.Token, s.VK.TokenFile, s.VK.API, s.VK.Webhook, "https://desk.example.org/vk"},
	} {
		if m.secret.IsSet() && !m.form.MatchString(m.secret.Reveal()) {
			from := m.env
			if m.file != "" {
				from = m.file
			}
			c.faults = append(c.faults, Fault{File: from, What: m.token})
		}
		if !webAddress(m.api, "https", "http") {
			c.fault(m.flag+"-api", "%q is no base address: want one such as %s", hideUser(m.api), m.like)
		}
		if m.webhook == "" {
			continue
		}
		if !webAddress(m.webhook, "https") {
			c.fault(m.flag+"-webhook", "%q: %s calls https addresses only, such as %s", hideUser(m.webhook), m.calls, m.public)
		}
		if !m.secret.IsSet() {
			c.fault(m.flag+"-webhook", "a webhook needs a bot: set %s or %s_FILE", m.env, m.env)
		}
	}
}

func webAddress(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// hideUser keeps a password in an address out of a fault.
func hideUser(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		return u.Redacted()
	}
	return text
}
