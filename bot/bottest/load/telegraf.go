package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// wizard is the bot to compare with that Telegraf's users would write, in JavaScript.
//
//go:embed telegraf/package.json telegraf/*.js
var wizard embed.FS

// wizardBot is its name among the bots.
const wizardBot = "telegraf"

// The figures of a Telegraf wizard with SQLite, as the issue that asks for all this has them: another day, and another
// machine. They count where Telegraf does not run beside the program.
var telegraf = map[int]rival{1: {rate: 191, p99: 2.2}, 64: {rate: 388, p99: 58, cpu: 2.0}, 1000: {rate: 393, p99: 725}} // read only

// rival is what Telegraf reaches at a number of people.
type rival struct {
	rate, p99 float64
	cpu       float64 // seconds for 1,000 conversations; 0: the program's is not held against it
	here      bool    // measured in this run
}

// cpuAt is the number of people at which CPU is compared.
const cpuAt = 64

// rivalAt gives Telegraf's figures: those of this run, and the if it did not run.
func rivalAt(people int, measured []figures) (r rival, known bool) {
	if len(measured) == 0 {
		r, known = telegraf[people]
		return r, known
	}
	f := median(measured)
	r = rival{rate: f.rate, p99: f.p99, here: true}
	if people == cpuAt {
		r.cpu = f.cpu
	}
	return r, true
}

// name names one of Telegraf's figures in a row of the table, and says if it comes from this run.
func (r rival) name(what string) string {
	if r.here {
		return "Telegraf's " + what + " in this run"
	}
	return "Telegraf's " + what
}

// install makes Telegraf and its bot ready in a folder that is found again the next time, and gives the folder. The first
// time takes minutes: SQLite is compiled.
func (b *bench) install(ctx context.Context) (dir string, err error) {
	version, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("node: %w", err)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", err
	}
	files, err := fs.Sub(wizard, "telegraf")
	if err != nil {
		return "", err
	}
	needs, err := fs.ReadFile(files, "package.json")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(needs, version...)) // what is compiled serves one version of Node
	modules := filepath.Join(cache, "otklik-load", fmt.Sprintf("telegraf-%x", sum[:6]))
	if err := b.npm(ctx, modules, needs); err != nil {
		return "", err
	}
	dir = filepath.Join(b.dir, "telegraf") // the bot's own files are this tool's, whatever it installed another day
	if err := os.CopyFS(dir, files); err != nil {
		return "", err
	}
	return dir, os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(dir, "node_modules"))
}

// npm installs what package.json names into a folder, unless it is there.
func (b *bench) npm(ctx context.Context, dir string, needs []byte) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	b.say("  npm installs Telegraf and SQLite")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh) //nolint:errcheck // it is there only if something failed, which is told
	if err := os.WriteFile(filepath.Join(fresh, "package.json"), needs, 0o600); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
	c.Dir = fresh
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, said[max(len(said)-2000, 0):])
	}
	return os.Rename(fresh, dir)
}

// talkers gives the bots of a run: those that were asked for, without Telegraf if it cannot run here, which is said.
func (b *bench) talkers(ctx context.Context) (bots []string, err error) {
	for name := range strings.SplitSeq(b.only, ",") {
		name = strings.TrimSpace(name)
		if name == wizardBot {
			if b.wizard, err = b.install(ctx); err != nil {
				if ctx.Err() != nil {
					return nil, err
				}
				b.say("  Telegraf is left out, and the issue's figures stand in for it: %v", err)
				continue
			}
		}
		bots = append(bots, name)
	}
	return bots, nil
}

// wizardCommand runs Telegraf's bot.
func (b *bench) wizardCommand(ctx context.Context, s *stage) *exec.Cmd {
	c := exec.CommandContext(ctx, "node", filepath.Join(b.wizard, "bot.js"), s.world.address(), wizardData(s.home))
	c.Env = append(os.Environ(), "BOT_TOKEN="+token, "NODE_ENV=production")
	return c
}

func wizardData(home string) string { return filepath.Join(home, "bot.db") }

// keeps holds what Telegraf's bot has kept, once it has ended, against what people were told: one that forgets would be
// no measure.
func (b *bench) keeps(ctx context.Context, s *stage) error {
	out, err := exec.CommandContext(ctx, "node", filepath.Join(b.wizard, "count.js"), wizardData(s.home)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("count.js: %w\n%s", err, out)
	}
	var kept, last int
	if _, err := fmt.Sscan(string(out), &kept, &last); err != nil {
		return err
	}
	told, _ := s.crowd.acknowledged()
	b.say("  Telegraf's bot has kept %d incidents, up to № %d; people were told of %d", kept, last, len(told))
	return s.crowd.kept(kept, last)
}

// kept tells what is wrong with so many incidents, numbered from 1 to last: each that people were told of is there, and
// nobody has more than one beside those, of which the word was still on its way at the end.
func (c *crowd) kept(n, last int) error {
	whose, doubled := c.acknowledged()
	switch {
	case len(doubled) > 0:
		return fmt.Errorf("%d numbers were told twice", len(doubled))
	case n != last:
		return fmt.Errorf("%d incidents with numbers up to %d", n, last)
	case n < len(whose) || n > len(whose)+len(c.people):
		return fmt.Errorf("%d incidents are kept, people were told of %d", n, len(whose))
	}
	for number := range whose {
		if number == 0 || number > uint64(last) {
			return fmt.Errorf("there is no incident %d, which somebody was told of", number)
		}
	}
	return nil
}
