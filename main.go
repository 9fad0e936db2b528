// Otklik is the messenger front of a region's incident desk: residents write to a bot, curators route what they write,
// officials answer, and the resident has the last word. One program, one file of data; see README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // a small server may have no time zones

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"otklik/bot"
	"otklik/bot/desk"
	"otklik/bot/feed"
	"otklik/bot/ingest"
	"otklik/bot/meter"
	"otklik/bot/open311"
	"otklik/bot/telegram"
	"otklik/bot/vk"
	"otklik/config"
	"otklik/flows"
	"otklik/flows/alarm"
	"otklik/flows/all"
	"otklik/flows/figures"
	"otklik/flows/hello"
	"otklik/flows/lessons"
	"otklik/flows/office"
	"otklik/flows/open"
	public "otklik/flows/open311"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/flows/watch"
	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/files"
	"otklik/storage/owner"
	"otklik/storage/picture"
)

// stores is the table of stores, by the kind that the settings name. A new store is a package and a line here.
var stores = map[string]func(path string) (storage.KV, error){
	"bolt": func(path string) (storage.KV, error) { return bolt.Open(path) },
}

// channels is the table of messengers. Each makes its channel, or gives nil where the settings do not ask for it; the
// desk is last, as it stands in for the others. A new messenger is a package and a line here.
var channels = []func(p *program) (bot.Channel, error){
	func(p *program) (bot.Channel, error) {
		if !p.settings.Telegram.Token.IsSet() {
			return nil, nil
		}
		return telegram.New(telegram.Options{Token: p.settings.Telegram.Token.Reveal, Keeper: p.store.Drawer(telegram.Name), API: p.settings.Telegram.API,
			Unpaced: p.settings.Telegram.Unpaced, Webhook: p.settings.Telegram.Webhook, Log: p.log, Now: time.Now, Heed: p.heed(telegram.Name)})
	},
	func(p *program) (bot.Channel, error) {
		if !p.settings.VK.Token.IsSet() {
			return nil, nil
		}
		return vk.New(vk.Options{Token: p.settings.VK.Token.Reveal, Service: p.settings.VK.Service.Reveal, Sources: watch.Sources(p.store, vk.Name), Keeper: p.store.Drawer(vk.Name), API: p.settings.VK.API,
			Webhook: p.settings.VK.Webhook, Log: p.log, Now: time.Now, Heed: p.heed(vk.Name)})
	},
	func(p *program) (bot.Channel, error) {
		if !p.settings.Ingest.IsSet() {
			return nil, nil
		}
		return ingest.New(ingest.Options{Key: p.settings.Ingest.Reveal, Log: p.log, Now: time.Now})
	},
	func(p *program) (bot.Channel, error) {
		return feed.New(feed.Options{Sources: watch.Sources(p.store, feed.Name), Keeper: p.store.Drawer(feed.Name), Log: p.log, Now: time.Now})
	},
	func(p *program) (bot.Channel, error) {
		if p.talks() && !p.settings.Demo {
			return nil, nil
		}
		return p.desk()
	},
}

type cli struct {
	config.Settings

	Serve serve `cmd:"" default:"1" help:"Run the desk (this is what happens without a command)."`
	office.Commands
}

func main() {
	office.Unhurried()
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
	return k.Run(&c.Settings, &output{out, log}, &office.Program{Settings: &c.Settings, Out: out, Now: time.Now, Open: stores[c.Store], Rehearse: c.rehearse})
}

// rehearse tells what of that which is to be watched the start would refuse. The messengers that know it want a store, which
// is gone afterwards.
func (c *cli) rehearse(ctx context.Context, pack *config.Pack, bounds *config.Boundaries) (err error) {
	if len(c.Watch) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "otklik")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	kv, err := stores[c.Store](filepath.Join(dir, "otklik.db"))
	if err != nil {
		return err
	}
	p := &program{settings: &c.Settings, log: slog.New(slog.DiscardHandler), pack: pack, store: storage.Over(kv)}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	if err := p.connect(); err != nil {
		return err
	}
	aside := bot.NewAside(p.channels, p.log)
	defer aside.Close()
	p.engine, err = flows.New(flows.Options{Store: p.store, Pack: pack, Place: sync.OnceValue(func() *place.Finder { return finder(pack, bounds) }), Flows: all.Flows(), Now: time.Now, Log: p.log, Locate: aside.Locate})
	if err != nil {
		return err
	}
	return watch.Ensure(ctx, p.engine, c.Watch)
}

func finder(pack *config.Pack, bounds *config.Boundaries) *place.Finder {
	if bounds == nil {
		return place.New(pack, nil)
	}
	return place.New(pack, bounds)
}

// output is where the answers and the log go.
type output struct{ out, log io.Writer }

type serve struct{}

// program is the running desk.
type program struct {
	settings *config.Settings
	log      *slog.Logger
	out      io.Writer
	pack     *config.Pack
	store    *storage.Store
	files    *files.Store
	pictures *picture.Keeper
	learner  *lessons.Keeper
	photos   *flows.Photographs
	finder   func() *place.Finder
	topics   func() *understand.Judge
	sieve    func() *understand.Sieve
	texts    func() words
	channels []bot.Channel
	engine   *flows.Engine
	outbox   *bot.Outbox
	meter    *meter.Meter
	address  string
	aside    *bot.Aside
	office   *office.Program
	studio   figures.Studio // makes pictures and spreadsheets

	listening atomic.Int64 // channels in which people can write to us
}

// later is when a program that starts does what nobody waits for: those who wrote while it was down come first.
const later = time.Second

// words are the flows and what they say.
type words struct {
	flows []flows.Flow
	texts *flows.Texts
	err   error
}

// Run serves until it is told to end.
func (serve) Run(ctx context.Context, s *config.Settings, o *output, f *office.Program) error {
	p := &program{settings: s, out: o.out, office: f}
	var err error
	if p.log, err = s.Logger(o.log); err != nil {
		return err
	}
	p.texts = soon(func() (w words) {
		w.flows = all.Flows()
		w.texts, w.err = flows.ReadTexts(w.flows)
		return w
	})
	var bounds *config.Boundaries
	if p.pack, bounds, err = f.Region(); err != nil {
		return err
	}
	for _, w := range p.pack.Warnings(time.Now()) {
		p.log.Warn(w)
	}
	p.studio = figures.Studio{Pack: p.pack, Voice: func(lang string) *flows.Voice { return p.engine.Voice(lang) }}
	if bounds != nil {
		p.studio.Shape = bounds.Shape
		for _, w := range bounds.Warnings() {
			p.log.Warn(w)
		}
	}
	p.topics = sync.OnceValue(func() *understand.Judge { return understand.New(p.pack) })
	p.sieve = sync.OnceValue(func() *understand.Sieve { return understand.NewSieve(p.topics()) })
	p.finder = sync.OnceValue(func() *place.Finder { return finder(p.pack, bounds) })
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
	kv, err := f.Open(s.Data)
	if err != nil {
		return err
	}
	p.store = storage.Over(kv)
	err = p.serve(ctx, listener)
	return errors.Join(err, p.store.Close())
}

// soon begins to make something that takes long, and gives a function that waits for it.
func soon[T any](make func() T) func() T {
	var made T
	var ready sync.WaitGroup
	ready.Go(func() { made = make() })
	return func() T { ready.Wait(); return made }
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
	if p.files, err = files.Open(office.Photos(p.settings.Data)); err != nil {
		return err
	}
	p.pictures = picture.NewKeeper(p.files)
	if err := p.connect(); err != nil {
		return err
	}
	if err := flows.OnlyLinks(ctx, p.store, p.names()); err != nil {
		return err
	}
	curators, err := peers(p.settings.Curators)
	if err != nil {
		return err
	}
	triage, err := peers(p.settings.Triage)
	if err != nil {
		return err
	}
	control, err := peers(p.settings.Control)
	if err != nil {
		return err
	}
	p.learner = lessons.New(lessons.Options{Store: p.store, Topics: p.topics, File: lessons.File(p.settings.Data), Log: p.log, After: later})
	named := slices.Concat(curators, triage, control)
	spool := &flows.Spool{Store: p.store, Watch: flows.GroupWatch{Groups: named, Heard: alarm.Heard}, Log: p.log}
	p.aside = bot.NewAside(p.channels, p.log)
	p.photos = flows.NewPhotographs(flows.Photographs{Store: p.store, Blobs: p.pictures, Fetcher: p.aside.Fetcher,
		Largest: int64(p.settings.LargestPhoto) << 20, Makers: p.studio.Makers(), Now: time.Now, Log: p.log})
	p.meter = meter.New(meter.Options{Channels: p.channels, Waiting: func() map[string]int { return p.outbox.Waiting() },
		Ages: func() map[string]time.Duration { return p.outbox.Ages() }, Size: p.office.Size, Free: p.office.Free, Store: p.store.Drawer("health").Touch, Now: time.Now})
	p.store.Observe(p.meter.Commits)
	p.outbox = bot.NewOutbox(bot.OutboxOptions{Spool: spool, Channels: p.channels, Open: p.photos.Open, Watch: p.meter, Now: time.Now, Log: p.log})
	spool.Moved = p.outbox.Notify
	said := p.texts()
	if said.err != nil {
		return said.err
	}
	p.engine, err = flows.New(flows.Options{
		Store: p.store, Pack: p.pack, Place: p.finder, Topics: p.topics, Sieve: p.sieve, Flows: said.flows, Texts: said.texts, Now: time.Now,
		Language: p.settings.Language, Log: p.log, Admins: p.settings.Admins, Curators: curators, Privately: p.settings.Privately, PerMinute: p.settings.PerMinute,
		LongestText: p.settings.LongestText, MostPhotos: p.settings.MostPhotos, Notify: p.outbox.Notify, Answer: p.aside.Answer,
		Learner: p.learner, Taught: p.learner.Wake, Triage: triage, Control: control, Digest: p.settings.DigestHour(), Registered: p.settings.Registered, Locate: p.aside.Locate,
		Wanted: p.photos.Wake, Menu: p.aside.Menu, Link: p.aside.Link, Limits: p.aside.Limits,
	})
	if err != nil {
		return err
	}
	if err := p.engine.Upgrade(ctx); err != nil {
		return err
	}
	if err := p.engine.Start(ctx); err != nil {
		return err
	}
	if err := watch.Ensure(ctx, p.engine, append(p.groups(), p.settings.Watch...)); err != nil {
		return err
	}
	if p.aside.Channel(desk.Name) != nil {
		if err := hello.Seat(ctx, p.store, p.sitters()); err != nil {
			return err
		}
	}
	return p.run(ctx, listener, named)
}

// connect makes the channels that the settings ask for.
func (p *program) connect() error {
	for _, make := range channels {
		c, err := make(p)
		if err != nil {
			return err
		}
		if c != nil {
			p.channels = append(p.channels, c)
		}
	}
	return nil
}

// talks tells whether people can write to any of the channels so far.
func (p *program) talks() bool { return slices.ContainsFunc(p.channels, talking) }

// talking tells whether people can write to us in a channel: what is only read bears no text.
func talking(c bot.Channel) bool { return c.Limits().Text > 0 }

func peers(names []string) (list []bot.Peer, err error) {
	for _, name := range names {
		peer, err := bot.ParsePeer(name)
		if err != nil {
			return nil, err
		}
		list = append(list, peer)
	}
	return list, nil
}

// run runs every part until ctx ends or one fails: first whatever takes updates in, and when that is quiet the rest. named
// are the groups that the settings name.
func (p *program) run(ctx context.Context, listener net.Listener, named []bot.Peer) error {
	mux := http.NewServeMux()
	for _, c := range p.channels {
		if s, ok := c.(bot.Server); ok {
			s.Routes(mux)
		}
	}
	p.meter.Routes(mux)
	records, err := public.New(p.engine, p.pictures)
	if err != nil {
		return err
	}
	open311.New(open311.Options{Desk: records, Key: p.settings.Open311.Reveal, PerMinute: p.settings.Open311PerMinute, LongestText: p.settings.LongestText, Languages: flows.Languages,
		Region: p.pack.Region.Name, Log: p.log, Now: time.Now}).Routes(mux)
	if p.settings.Open {
		open.New(open.Options{Pack: p.pack, Store: p.store, Voice: p.engine.Voice, Shape: p.studio.Shape, Log: p.log, Now: time.Now}).Routes(mux)
	}
	clerk := &office.Clerk{Program: p.office, Pack: p.pack, Store: p.store, Learner: p.learner}
	cares, err := p.care(ctx, clerk, named)
	if err != nil {
		return err
	}
	// Who sends a body slower than that holds a place of others; what streams sets a time of its own.
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, BaseContext: func(net.Listener) context.Context { return ctx }}
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
	inbox.Watch, inbox.Log = p.meter, p.log
	for _, c := range p.channels {
		if talking(c) {
			p.listening.Add(1)
		}
	}
	for _, c := range p.channels {
		g.Go(func() error { return p.listen(ctx, c, inbox.Handle) })
	}
	// What reads texts takes long to make. It is made while the first updates are on their way.
	g.Go(func() error { p.sieve(); return nil })
	g.Go(func() error { p.finder(); return nil })
	g.Go(func() error { return p.outbox.Run(ctx) })
	g.Go(func() error { p.engine.Run(ctx); return nil })
	g.Go(func() error { p.photos.Run(ctx); return nil })
	g.Go(func() error { p.learner.Run(ctx); return nil })
	g.Go(func() error { return owner.Serve(ctx, owner.Path(p.settings.Data), clerk.Answer) })
	for _, run := range cares {
		g.Go(func() error { run(ctx); return nil })
	}
	waiting := p.links(ctx, p.channels) // who reads that the desk is open may invite
	g.Go(func() error { p.greet(ctx, waiting); return nil })
	p.hail()
	err = g.Wait()
	p.aside.Close()
	return err
}

// heed counts the calls of a channel; the meter is made after the channels, and before they call.
func (p *program) heed(channel string) func(bot.Call, string) {
	return func(what bot.Call, outcome string) { p.meter.Called(channel, what, outcome) }
}

// listen takes in what a channel brings.
func (p *program) listen(ctx context.Context, c bot.Channel, sink bot.Sink) error {
	if err := c.Run(ctx, sink); err != nil && ctx.Err() == nil {
		return p.ended(ctx, c, err)
	}
	return nil
}

// ended notes that a channel takes nothing in any more: its token is refused. It ends alone while another goes on: who
// writes there must not be silenced by it, nor by a supervisor that starts the program again and again.
func (p *program) ended(ctx context.Context, c bot.Channel, err error) error {
	if talking(c) && p.listening.Add(-1) == 0 {
		return fmt.Errorf("%s: %w", c.Name(), err)
	}
	p.log.Error("a messenger has ended; the others go on. Mend it and start the program anew", "channel", c.Name(), "err", err)
	p.meter.Ended(c.Name(), err)
	p.alarm(ctx, alarm.Messenger, c.Name(), true)
	return nil
}

// care gives what looks after the data until the end: the nightly backups, and the room on the disks. Administrators hear of
// both, and of groups that cannot be reached.
func (p *program) care(ctx context.Context, clerk *office.Clerk, named []bot.Peer) (cares []func(context.Context), err error) {
	nightly, err := clerk.Nightly(p.log)
	if err != nil {
		return nil, err
	}
	if nightly != nil {
		nightly.Heard = func(ctx context.Context, err error) {
			if err == nil {
				p.alarm(ctx, alarm.Backup, "", false)
				return
			}
			p.alarm(ctx, alarm.Backup, "", true, "Why", err.Error())
		}
		cares = append(cares, nightly.Run)
	}
	space := p.office.Space(p.log)
	if space != nil {
		space.Heard = func(ctx context.Context, folder string, bytes uint64, low bool) {
			p.alarm(ctx, alarm.Disk, folder, low, "Folder", folder, "Free", fmt.Sprint(bytes>>20))
		}
		cares = append(cares, space.Run)
	}
	return cares, p.engine.Do(ctx, func(t *flows.Turn) error {
		return alarm.Begin(t, func(kind alarm.Kind, of string) bool {
			return kind == alarm.Backup && nightly != nil || kind == alarm.Disk && space != nil && slices.Contains(space.Folders, of) ||
				kind == alarm.Group && slices.ContainsFunc(named, func(g bot.Peer) bool { g.Thread = ""; return g.String() == of })
		})
	})
}

// alarm has administrators told of something, or that it is over.
func (p *program) alarm(ctx context.Context, kind alarm.Kind, of string, lasts bool, words ...string) {
	err := p.engine.Do(ctx, func(t *flows.Turn) error { return alarm.Mark(t, kind, of, lasts, words...) })
	if err != nil && ctx.Err() == nil {
		p.log.Warn("administrators were not told", "of", kind, "err", err)
	}
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
		switch {
		case c.Name() == desk.Name:
			fmt.Fprintf(p.out, "The desk is open: %s\n", p.address)
		case c.Name() == ingest.Name:
			fmt.Fprintf(p.out, "Other systems post to %s%s.\n", p.address, ingest.Path)
		case c.Limits().Text > 0:
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
	return desk.New(desk.Options{Chairs: chairs, Keeper: p.store.Drawer(desk.Name), Blobs: p.pictures, Open: p.open, Places: p.places, Zone: zone,
		Address: p.address, Log: p.log, Now: time.Now})
}

// open gives a page what messages carry: whoever makes it comes after the channels.
func (p *program) open(ctx context.Context, m bot.Media) (io.ReadCloser, error) {
	return p.photos.Open(ctx, m)
}

// sitters are the persons of the demo chairs.
func (p *program) sitters() (people []storage.Person) {
	for _, c := range p.pack.Demo {
		if c.Role == desk.Group {
			continue
		}
		person := storage.Person{Channel: desk.Name, User: c.Code, Name: c.Name, Chat: desk.Name + ":" + c.Code, Created: time.Now()}
		if role := storage.RoleKind(c.Role); role != storage.Resident {
			person.Roles = []storage.Role{{Kind: role, Org: c.Org, Head: c.Head}}
		}
		people = append(people, person)
	}
	return people
}

// groups are the public groups of the demo, to be watched.
func (p *program) groups() (list []string) {
	for _, c := range p.pack.Demo {
		if c.Role == desk.Group && p.aside.Channel(desk.Name) != nil {
			list = append(list, desk.Name+":"+c.Code+" "+c.Name)
		}
	}
	return list
}

// places is the desk's list of places to pick from: what is called so, then what begins so, then what has it anywhere. The
// region's pack has no points but the centres of municipalities; of two at one point the town is listed, not what is around it.
func (p *program) places(query string, n int) (list []desk.Place) {
	said := folded(query)
	for _, kind := range []string{"г. ", "г ", "город ", "пгт ", "с. ", "п. "} {
		said = strings.TrimPrefix(said, kind)
	}
	var ranks [4][]desk.Place
	for _, m := range p.pack.Municipalities {
		_, name, _ := strings.Cut(folded(m.Centre), " ")
		rank := 3
		switch {
		case name == said || folded(m.Short) == said || folded(m.Name) == said:
			rank = 0
		case strings.HasPrefix(name, said) || strings.HasPrefix(folded(m.Short), said):
			rank = 1
		case strings.Contains(folded(m.Centre+" "+m.Name+" "+m.Short), said):
			rank = 2
		}
		one := desk.Place{Name: m.Centre, Note: m.Short, Lat: m.Lat, Lon: m.Lon}
		i := slices.IndexFunc(ranks[rank], func(o desk.Place) bool { return o.Name == one.Name && o.Lat == one.Lat && o.Lon == one.Lon })
		switch {
		case i < 0:
			ranks[rank] = append(ranks[rank], one)
		case strings.HasPrefix(folded(m.Name), "город"):
			ranks[rank][i] = one
		}
	}
	list = slices.Concat(ranks[0], ranks[1], ranks[2])
	return list[:min(n, len(list))]
}

func folded(text string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), "ё", "е")
}

// greet tells the messengers the commands, and keeps the links of those that wait for theirs as soon as they are known.
func (p *program) greet(ctx context.Context, waiting []bot.Channel) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(later):
	}
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
	for waiting = p.links(ctx, waiting); len(waiting) > 0; waiting = p.links(ctx, waiting) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// links keeps the links that invitations need of the channels that know theirs, and gives the channels that do not yet.
func (p *program) links(ctx context.Context, channels []bot.Channel) (waiting []bot.Channel) {
	for _, c := range channels {
		if _, can := c.(bot.Linker); !can {
			continue // nobody is invited to what can only be read
		}
		link := p.aside.Link(c.Name(), flows.Placeholder)
		if link == "" {
			waiting = append(waiting, c)
			continue
		}
		if err := flows.KeepLink(ctx, p.store, c.Name(), link); err != nil && ctx.Err() == nil {
			p.log.Warn("the invitation link was not kept", "channel", c.Name(), "err", err)
		}
	}
	return waiting
}
