// Otklik is the messenger front of a region's incident desk: residents write to a bot, curators route what they write,
// officials answer, and the resident has the last word. One program, one file of data; see README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // a small server may have no time zones

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"otklik/bot"
	"otklik/bot/desk"
	"otklik/bot/telegram"
	"otklik/config"
	"otklik/flows"
	"otklik/flows/all"
	"otklik/flows/hello"
	history "otklik/flows/journal"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/files"
	"otklik/storage/owner"
)

// stores is the table of stores, by the kind that the settings name. A new store is a package and a line here.
var stores = map[string]func(s *config.Settings) (storage.KV, error){
	"bolt": func(s *config.Settings) (storage.KV, error) { return bolt.Open(s.Data) },
}

// channels is the table of messengers. Each makes its channel, or gives nil where the settings do not ask for it; the
// desk is last, as it stands in for the others. A new messenger is a package and a line here.
var channels = []func(p *program) (bot.Channel, error){
	func(p *program) (bot.Channel, error) {
		if !p.settings.Telegram.Token.IsSet() {
			return nil, nil
		}
		return telegram.New(telegram.Options{Token: p.settings.Telegram.Token.Reveal, API: p.settings.Telegram.API,
			Webhook: p.settings.Telegram.Webhook, Log: p.log, Now: time.Now})
	},
	func(p *program) (bot.Channel, error) {
		if len(p.channels) > 0 && !p.settings.Demo {
			return nil, nil
		}
		return p.desk()
	},
}

type cli struct {
	config.Settings

	Serve   serve   `cmd:"" default:"1" help:"Run the desk (this is what happens without a command)."`
	Check   check   `cmd:"" help:"Check the settings and the region pack; name every fault."`
	Invite  invite  `cmd:"" help:"Print a one-time link that lets somebody join as curator or official."`
	Journal journal `cmd:"" help:"Print an incident's whole history, or without a number what the staff did with people."`
	Version version `cmd:"" help:"Print the version."`
}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "otklik:", err)
		os.Exit(1)
	}
}

// run is the program without its process.
func run(ctx context.Context, args []string, out, log io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("otklik"), kong.Writers(out, log),
		kong.Description("The messenger front of a region's incident desk. Without settings it opens the built-in desk in the browser."),
		kong.Exit(func(int) { exited = true }), kong.Configuration(config.Resolver), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if exited {
		return nil // it was --help
	}
	if err != nil {
		return err
	}
	k.BindTo(ctx, (*context.Context)(nil))
	return k.Run(&c.Settings, &output{out, log})
}

// output is where the answers and the log go.
type output struct{ out, log io.Writer }

type version struct{}

// Run prints what was built.
func (version) Run(o *output) error {
	text := "otklik (unknown build)"
	if info, ok := debug.ReadBuildInfo(); ok {
		text = "otklik " + info.Main.Version + ", " + info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.time" {
				text += ", " + s.Value
			}
		}
	}
	_, err := fmt.Fprintln(o.out, text)
	return err
}

type check struct{}

// Run names every fault of the settings and of the region pack.
func (check) Run(s *config.Settings, o *output) error {
	pack, bounds, err := region(s)
	if err != nil {
		return err
	}
	for _, w := range pack.Warnings(time.Now()) {
		fmt.Fprintln(o.out, "note:", w)
	}
	if bounds != nil && len(bounds.Missing) > 0 {
		fmt.Fprintln(o.out, "note: no boundary for", strings.Join(bounds.Missing, ", "))
	}
	_, err = fmt.Fprintf(o.out, "%s: %d municipalities, %d organisations, %d groups of topics, %d settlements. Everything is in order.\n",
		pack.Region.Name, len(pack.Municipalities), len(pack.Organisations), len(pack.Groups), len(pack.Settlements))
	return err
}

// region reads the region pack and the boundaries that the settings name; every fault of theirs and of the settings comes
// at once. bounds is nil where none are named.
func region(s *config.Settings) (pack *config.Pack, bounds *config.Boundaries, err error) {
	err = s.Check()
	if stores[s.Store] == nil {
		err = errors.Join(err, fmt.Errorf("--store: there is no kind of store %q", s.Store))
	}
	var fault error
	switch {
	case s.Region == "":
		pack, fault = config.Default()
	case readable(s.Region): // Check has said it otherwise
		pack, fault = config.Load(s.Region)
	}
	err = errors.Join(err, fault)
	if pack != nil && fault == nil && readable(s.Boundaries) {
		bounds, fault = config.ReadBoundaries(s.Boundaries, pack)
		err = errors.Join(err, fault)
	}
	return pack, bounds, err
}

func readable(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

type invite struct {
	Role string `required:"" enum:"curator,official" help:"curator or official."`
	Org  string `help:"The official's organisation: its code in the region pack."`
	Head bool   `help:"The official heads the organisation: sees what all its people do, and invites them."`
}

// Run prints a link for each messenger; the first use takes the invitation.
func (i invite) Run(ctx context.Context, s *config.Settings, o *output) error {
	role := storage.Role{Kind: storage.RoleKind(i.Role), Org: i.Org, Head: i.Head}
	var links []string
	err := owner.Ask(ctx, owner.Path(s.Data), request{Invite: &role}, &links)
	if errors.Is(err, owner.ErrNobody) {
		links, err = alone(ctx, s, role)
	}
	for _, link := range links {
		fmt.Fprintln(o.out, link)
	}
	return err
}

// alone makes an invitation in the store itself, as no program runs.
func alone(ctx context.Context, s *config.Settings, role storage.Role) ([]string, error) {
	pack, _, err := region(s)
	if err != nil {
		return nil, err
	}
	kv, err := stores[s.Store](s)
	if err != nil {
		return nil, err
	}
	links, err := flows.Links(ctx, storage.Over(kv), pack, role, time.Now())
	return links, errors.Join(err, kv.Close())
}

type journal struct {
	Number *uint64 `arg:"" optional:"" help:"The incident's number."`
	Names  bool    `help:"Print the names of residents, too."`
	JSON   bool    `name:"json" help:"Print records as JSON, one a line."`
	All    bool    `help:"Without a number: everything, not the last hundred entries."`
}

// Run prints; a running program is asked for it, as it owns the store.
func (j journal) Run(ctx context.Context, s *config.Settings, o *output) error {
	if j.All && j.Number != nil {
		return errors.New("--all is for what the staff did: an incident is always printed whole")
	}
	var text string
	err := owner.Ask(ctx, owner.Path(s.Data), request{Journal: &j}, &text)
	if errors.Is(err, owner.ErrNobody) {
		if !readable(s.Data) { // opening it would make one
			return fmt.Errorf("there is no store at %s (--data)", s.Data)
		}
		pack, _, rerr := region(s)
		if rerr != nil {
			return rerr
		}
		kv, serr := stores[s.Store](s)
		if serr != nil {
			return serr
		}
		text, err = j.print(ctx, storage.Over(kv), pack)
		err = errors.Join(err, kv.Close())
	}
	fmt.Fprint(o.out, text)
	return err
}

func (j journal) print(ctx context.Context, store *storage.Store, pack *config.Pack) (string, error) {
	zone, err := time.LoadLocation(pack.Region.TimeZone)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = store.View(ctx, func(tx *storage.Tx) error {
		out.Reset()
		p := &history.Printer{Out: &out, Zone: zone, Names: j.Names, JSON: j.JSON}
		switch {
		case j.Number != nil:
			return p.Incident(tx, *j.Number)
		case j.All:
			return p.Staff(tx, 0)
		}
		return p.Staff(tx, 100)
	})
	return out.String(), err
}

// request is what one program asks of the one that owns the store.
type request struct {
	Invite  *storage.Role `json:"invite,omitempty"`
	Journal *journal      `json:"journal,omitempty"`
}

type serve struct{}

// program is the running desk.
type program struct {
	settings *config.Settings
	log      *slog.Logger
	out      io.Writer
	pack     *config.Pack
	store    *storage.Store
	files    *files.Store
	finder   *place.Finder
	channels []bot.Channel
	engine   *flows.Engine
	outbox   *bot.Outbox
	address  string
	aside    *bot.Aside
}

// Run serves until it is told to end.
func (serve) Run(ctx context.Context, s *config.Settings, o *output) error {
	p := &program{settings: s, out: o.out}
	var err error
	if p.log, err = s.Logger(o.log); err != nil {
		return err
	}
	var bounds *config.Boundaries
	if p.pack, bounds, err = region(s); err != nil {
		return err
	}
	for _, w := range p.pack.Warnings(time.Now()) {
		p.log.Warn(w)
	}
	p.finder = place.New(p.pack, nil)
	if bounds != nil {
		p.finder = place.New(p.pack, bounds)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("%s is taken by another program: choose another address with --listen, such as --listen 127.0.0.1:8081", s.Listen)
		}
		return fmt.Errorf("cannot listen on %s (--listen): %w", s.Listen, err)
	}
	defer listener.Close()
	p.address = address(listener.Addr())
	if err := os.MkdirAll(filepath.Dir(s.Data), 0o700); err != nil {
		return fmt.Errorf("no place for the data (--data): %w", err)
	}
	kv, err := stores[s.Store](s)
	if err != nil {
		return err
	}
	p.store = storage.Over(kv)
	err = p.serve(ctx, listener)
	return errors.Join(err, p.store.Close())
}

// address is where a browser on this machine finds what listens.
func address(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + a.String()
}

// serve wires everything up and runs it.
func (p *program) serve(ctx context.Context, listener net.Listener) error {
	var err error
	if p.files, err = files.Open(filepath.Join(filepath.Dir(p.settings.Data), "photos")); err != nil {
		return err
	}
	for _, make := range channels {
		c, err := make(p)
		if err != nil {
			return err
		}
		if c != nil {
			p.channels = append(p.channels, c)
		}
	}
	if err := flows.OnlyLinks(ctx, p.store, p.names()); err != nil {
		return err
	}
	var curators []bot.Peer
	for _, g := range p.settings.Curators {
		peer, err := bot.ParsePeer(g)
		if err != nil {
			return err
		}
		curators = append(curators, peer)
	}
	spool := &flows.Spool{Store: p.store}
	p.aside = bot.NewAside(p.channels, p.log)
	photos := &flows.Photographs{Store: p.store, Blobs: p.files, Fetcher: p.aside.Fetcher}
	p.outbox = bot.NewOutbox(bot.OutboxOptions{Spool: spool, Channels: p.channels, Open: photos.Open, Now: time.Now, Log: p.log})
	spool.Moved = p.outbox.Notify
	p.engine, err = flows.New(flows.Options{
		Store: p.store, Pack: p.pack, Place: p.finder, Topics: understand.New(p.pack), Flows: all.Flows(), Now: time.Now,
		Language: p.settings.Language, Log: p.log, Admins: p.settings.Admins, Curators: curators, Privately: p.settings.Privately, Notify: p.outbox.Notify, Answer: p.aside.Answer,
		Menu: p.aside.Menu, Link: p.aside.Link,
	})
	if err != nil {
		return err
	}
	if err := p.engine.Upgrade(ctx); err != nil {
		return err
	}
	if p.aside.Channel(desk.Name) != nil {
		if err := hello.Seat(ctx, p.store, p.sitters()); err != nil {
			return err
		}
	}
	return p.run(ctx, listener)
}

// run runs every part until ctx ends or one fails: first whatever takes updates in, and when that is quiet the rest.
func (p *program) run(ctx context.Context, listener net.Listener) error {
	mux := http.NewServeMux()
	for _, c := range p.channels {
		if s, ok := c.(bot.Server); ok {
			s.Routes(mux)
		}
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(quick); err != nil {
			return server.Close()
		}
		return nil
	})
	inbox := bot.NewInbox(p.engine.Handle, 256)
	for _, c := range p.channels {
		g.Go(func() error {
			if err := c.Run(ctx, inbox.Handle); err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %w", c.Name(), err)
			}
			return nil
		})
	}
	g.Go(func() error { return p.outbox.Run(ctx) })
	g.Go(func() error { p.engine.Run(ctx); return nil })
	g.Go(func() error { p.greet(ctx); return nil })
	g.Go(func() error {
		return owner.Serve(ctx, owner.Path(p.settings.Data), func(ctx context.Context, raw json.RawMessage) (any, error) {
			var r request
			if err := json.Unmarshal(raw, &r); err != nil {
				return nil, err
			}
			switch {
			case r.Journal != nil:
				return r.Journal.print(ctx, p.store, p.pack)
			case r.Invite != nil:
				return flows.Links(ctx, p.store, p.pack, *r.Invite, time.Now())
			}
			return nil, errors.New("the running program is of another version: restart it")
		})
	})
	p.hail()
	err := g.Wait()
	p.aside.Close()
	return err
}

// names are those of the channels that run.
func (p *program) names() (list []string) {
	for _, c := range p.channels {
		list = append(list, c.Name())
	}
	return list
}

// hail says on the terminal what runs and where.
func (p *program) hail() {
	for _, c := range p.channels {
		if c.Name() == desk.Name {
			fmt.Fprintf(p.out, "The desk is open: %s\n", p.address)
		} else {
			fmt.Fprintf(p.out, "Listening to %s; %s is for webhooks.\n", c.Name(), p.address)
		}
	}
	fmt.Fprintf(p.out, "Data: %s. Ctrl-C ends.\n", p.settings.Data)
}

// desk makes the built-in page with the demo chairs of the region pack.
func (p *program) desk() (bot.Channel, error) {
	var chairs []desk.Chair
	for _, c := range p.pack.Demo {
		title := c.Title
		if o := p.pack.Organisation(c.Org); o != nil {
			title = o.Name
		}
		chairs = append(chairs, desk.Chair{ID: c.Code, Name: c.Name, Role: c.Role, Title: title})
	}
	zone, err := time.LoadLocation(p.pack.Region.TimeZone)
	if err != nil {
		return nil, err
	}
	return desk.New(desk.Options{Chairs: chairs, Keeper: p.store.Drawer(desk.Name), Blobs: p.files, Places: p.places, Zone: zone,
		Address: p.address, Log: p.log, Now: time.Now})
}

// sitters are the persons of the demo chairs.
func (p *program) sitters() (people []storage.Person) {
	for _, c := range p.pack.Demo {
		person := storage.Person{Channel: desk.Name, User: c.Code, Name: c.Name, Chat: desk.Name + ":" + c.Code, Created: time.Now()}
		if role := storage.RoleKind(c.Role); role != storage.Resident {
			person.Roles = []storage.Role{{Kind: role, Org: c.Org, Head: c.Head}}
		}
		people = append(people, person)
	}
	return people
}

// places is the desk's list of places to pick from.
func (p *program) places(query string, n int) (list []desk.Place) {
	for _, m := range p.pack.Municipalities {
		if len(list) < n && strings.Contains(strings.ToLower(m.Centre+" "+m.Name), strings.ToLower(query)) {
			list = append(list, desk.Place{Name: m.Centre, Note: m.Short, Lat: m.Lat, Lon: m.Lon})
		}
	}
	return list
}

// greet tells the messengers the commands, and keeps the links that invitations need, as soon as they are known.
func (p *program) greet(ctx context.Context) {
	for i, lang := range flows.Languages {
		code := lang
		if i == 0 {
			code = "" // for all languages that have none of their own
		}
		p.aside.Menus(code, p.engine.CommandsOf(lang)) //nolint:contextcheck // these calls end with aside, nobody waits for them
	}
	if err := p.engine.Menus(ctx); err != nil && ctx.Err() == nil {
		p.log.Warn("the command menus of staff were not set", "err", err)
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for waiting := p.channels; len(waiting) > 0; {
		var later []bot.Channel
		for _, c := range waiting {
			link := p.aside.Link(c.Name(), flows.Placeholder)
			if _, can := c.(bot.Linker); can && link == "" {
				later = append(later, c)
				continue
			}
			if err := flows.KeepLink(ctx, p.store, c.Name(), link); err != nil && ctx.Err() == nil {
				p.log.Warn("the invitation link was not kept", "channel", c.Name(), "err", err)
			}
		}
		if waiting = later; len(waiting) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
