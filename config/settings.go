package config

import (
	"io"
	"log/slog"
	"os"
	"strings"
)

// Settings are what an installation decides. Each comes, in this order, from its flag, from its environment variable or
// from the settings file (--config); the tags are the command line's. The zero value is of no use: the command line
// fills in the defaults, then Check tells what is wrong.
type Settings struct {
	Config ConfigFile `name:"config" env:"OTKLIK_CONFIG" type:"path" placeholder:"FILE" help:"Settings file (YAML): any of these, such as listen: 127.0.0.1:9000."`

	Data       string `env:"OTKLIK_DATA" default:"./data/otklik.db" placeholder:"FILE" help:"Where everything is kept (${default})."`
	Store      string `env:"OTKLIK_STORE" default:"bolt" hidden:"" help:"Kind of store."`
	Listen     string `env:"OTKLIK_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where the desk and the webhook are served (${default})."`
	Region     string `env:"OTKLIK_REGION" placeholder:"FILE" help:"Region pack to use instead of the built-in one, Kirov Oblast."`
	Boundaries string `env:"OTKLIK_BOUNDARIES" placeholder:"FILE" help:"Boundaries of the municipalities (GeoJSON), to find where a point lies."`
	Language   string `env:"OTKLIK_LANGUAGE" default:"ru" placeholder:"ru|en" help:"Language for people who chose none: ru or en (${default})."`
	Demo       bool   `env:"OTKLIK_DEMO" help:"Keep the demo chairs in the browser beside a real messenger."`

	Admins    []string `env:"OTKLIK_ADMINS" placeholder:"CHANNEL:USER" help:"Who may do everything, such as telegram:123456."`
	Curators  []string `env:"OTKLIK_CURATORS" placeholder:"CHANNEL:CHAT[/THREAD]" help:"Groups that new incidents come to, such as telegram:-1001234567890; without one, each curator."`
	Privately bool     `env:"OTKLIK_CURATORS_PRIVATELY" help:"Incidents come to each curator privately as well as to the groups."`

	Control    []string `env:"OTKLIK_CONTROL" placeholder:"CHANNEL:CHAT[/THREAD]" help:"Groups that hear of deadlines long past."`
	Digest     string   `env:"OTKLIK_DIGEST" default:"08:30" placeholder:"HH:MM|off" help:"When curators and heads are told each morning what waits, and leaders on Mondays (${default})."`
	Triage     []string `env:"OTKLIK_TRIAGE" placeholder:"CHANNEL:CHAT[/THREAD]" help:"Groups where what was found in public is judged; without one, where incidents come."`
	Watch      []string `env:"OTKLIK_WATCH" placeholder:"ADDRESS[ DISTRICT]" help:"What is watched: groups, pages, feeds; more can be added in the chat with /watch."`
	Registered bool     `name:"say-registered" env:"OTKLIK_SAY_REGISTERED" help:"Say under a message that it was registered, before the answer."`

	BackupFolder string `env:"OTKLIK_BACKUP_FOLDER" placeholder:"FOLDER" help:"A backup is put there every night."`
	BackupKeep   int    `env:"OTKLIK_BACKUP_KEEP" default:"14" placeholder:"N" help:"How many of them are kept (${default})."`

	LeastDisk int `name:"least-disk" env:"OTKLIK_LEAST_DISK" default:"1024" placeholder:"MB" help:"Administrators are told when the disk of the data or of the backups has less left, in megabytes (${default}); 0 tells nobody."`

	PerMinute int `name:"per-minute" env:"OTKLIK_PER_MINUTE" default:"60" placeholder:"N" help:"Messages and presses that are taken of one resident in a minute (${default}); 0 is no bound."`

	LongestText  int `name:"longest-text" env:"OTKLIK_LONGEST_TEXT" default:"8000" placeholder:"N" help:"Characters that a report may have (${default})."`
	MostPhotos   int `name:"most-photos" env:"OTKLIK_MOST_PHOTOS" default:"10" placeholder:"N" help:"Photos that a report may have (${default})."`
	LargestPhoto int `name:"largest-photo" env:"OTKLIK_LARGEST_PHOTO" default:"20" placeholder:"MB" help:"Largest photo that is taken, in megabytes (${default})."`

	LogLevel  string `env:"OTKLIK_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least level to log: debug, info, warn or error (${default})."`
	LogFormat string `env:"OTKLIK_LOG_FORMAT" default:"text" placeholder:"text|json" help:"Form of the log: text or json (${default})."`

	Open bool `env:"OTKLIK_OPEN" help:"Serve the open page of figures at /open."`

	Ingest     Secret `kong:"-"`
	IngestFile string `name:"ingest-key-file" env:"OTKLIK_INGEST_KEY_FILE" placeholder:"FILE" help:"File that holds the key with which other systems post to /ingest; or put the key into OTKLIK_INGEST_KEY."`

	Open311     Secret `kong:"-"`
	Open311File string `name:"open311-key-file" env:"OTKLIK_OPEN311_KEY_FILE" placeholder:"FILE" help:"File that holds the key with which other programs report to /open311/v2; or put the key into OTKLIK_OPEN311_KEY."`

	Open311PerMinute int `name:"open311-per-minute" env:"OTKLIK_OPEN311_PER_MINUTE" default:"60" placeholder:"N" help:"Reports that are taken with that key in a minute (${default}); 0 is no bound."`

	Telegram Telegram `embed:"" prefix:"telegram-" group:"Telegram"`
	VK       VK       `embed:"" prefix:"vk-" group:"VK"`

	sources map[string]string // by flag: where a setting comes from
	faults  Faults            // found while reading
}

// Telegram is the Telegram bot. Its token is no flag, as flags stand in the list of processes for everyone to read: it
// comes from OTKLIK_TELEGRAM_TOKEN or from the file that OTKLIK_TELEGRAM_TOKEN_FILE names.
type Telegram struct {
	Token     Secret `kong:"-"`
	TokenFile string `name:"token-file" env:"OTKLIK_TELEGRAM_TOKEN_FILE" placeholder:"FILE" help:"File that holds the bot's token; or put the token into OTKLIK_TELEGRAM_TOKEN."`
	API       string `name:"api" env:"OTKLIK_TELEGRAM_API" default:"https://api.telegram.org" placeholder:"URL" help:"Base address of the Bot API server (${default})."`
	Unpaced   bool   `name:"unpaced" hidden:"" help:"Send as fast as the server answers: for measuring against a simulated one."`
	Webhook   string `name:"webhook" env:"OTKLIK_TELEGRAM_WEBHOOK" placeholder:"URL" help:"Public https address for a webhook; without it, long polling."`
}

// VK is the VK community. Its token comes as Telegram's does: from OTKLIK_VK_TOKEN or from the file that
// OTKLIK_VK_TOKEN_FILE names.
type VK struct {
	Token     Secret `kong:"-"`
	TokenFile string `name:"token-file" env:"OTKLIK_VK_TOKEN_FILE" placeholder:"FILE" help:"File that holds the community's token; or put the token into OTKLIK_VK_TOKEN."`
	Service   Secret `kong:"-"`
	KeyFile   string `name:"service-key-file" env:"OTKLIK_VK_SERVICE_KEY_FILE" placeholder:"FILE" help:"File that holds an application's service key, which reads any public community; or put the key into OTKLIK_VK_SERVICE_KEY."`
	API       string `name:"api" env:"OTKLIK_VK_API" default:"https://api.vk.ru/method/" placeholder:"URL" help:"Base address of VK's methods (${default})."`
	Webhook   string `name:"webhook" env:"OTKLIK_VK_WEBHOOK" placeholder:"URL" help:"Public https address for the Callback API; without it, long polling."`
}

// Logger gives the log that the settings ask for; the error is that of Check.
func (s *Settings) Logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return nil, s.Check()
	}
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return slog.New(slog.NewTextHandler(w, o)), nil
}

// readSecrets takes the secrets in from the environment and the files that it names.
func (s *Settings) readSecrets(env func(string) string) {
	s.Telegram.Token = s.readToken(env, "OTKLIK_TELEGRAM_TOKEN", "telegram-token-file", s.Telegram.TokenFile)
	s.Ingest = s.readToken(env, "OTKLIK_INGEST_KEY", "ingest-key-file", s.IngestFile)
	s.Open311 = s.readToken(env, "OTKLIK_OPEN311_KEY", "open311-key-file", s.Open311File)
	s.VK.Service = s.readToken(env, "OTKLIK_VK_SERVICE_KEY", "vk-service-key-file", s.VK.KeyFile)
	s.VK.Token = s.readToken(env, "OTKLIK_VK_TOKEN", "vk-token-file", s.VK.TokenFile)
}

func (s *Settings) readToken(env func(string) string, name, flag, file string) Secret {
	token, what := NewSecret(env(name)), "token"
	if strings.HasSuffix(flag, "key-file") {
		what = "key"
	}
	switch {
	case file == "":
	case token.IsSet():
		s.fault(flag, "the %s comes from %s already: leave one of the two", what, name)
	default:
		raw, err := os.ReadFile(file)
		raw = unmarked(raw)
		switch {
		case err != nil:
			s.fault(flag, "cannot read %s: %s", file, reason(err))
		case strings.TrimSpace(string(raw)) == "":
			s.fault(flag, "%s is empty: put the %s into it", file, what)
		}
		token = NewSecret(string(raw))
	}
	return token
}
