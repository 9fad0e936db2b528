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

	LogLevel  string `env:"OTKLIK_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least level to log: debug, info, warn or error (${default})."`
	LogFormat string `env:"OTKLIK_LOG_FORMAT" default:"text" placeholder:"text|json" help:"Form of the log: text or json (${default})."`

	Telegram Telegram `embed:"" prefix:"telegram-" group:"Telegram"`

	sources map[string]string // by flag: where a setting comes from
	faults  Faults            // found while reading
}

// Telegram is the Telegram bot. Its token is no flag, as flags stand in the list of processes for everyone to read: it
// comes from OTKLIK_TELEGRAM_TOKEN or from the file that OTKLIK_TELEGRAM_TOKEN_FILE names.
type Telegram struct {
	Token     Secret `kong:"-"`
	TokenFile string `name:"token-file" env:"OTKLIK_TELEGRAM_TOKEN_FILE" placeholder:"FILE" help:"File that holds the bot's token; or put the token into OTKLIK_TELEGRAM_TOKEN."`
	API       string `name:"api" env:"OTKLIK_TELEGRAM_API" default:"https://api.telegram.org" placeholder:"URL" help:"Base address of the Bot API server (${default})."`
	Webhook   string `name:"webhook" env:"OTKLIK_TELEGRAM_WEBHOOK" placeholder:"URL" help:"Public https address for a webhook; without it, long polling."`
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
	const name, inFile = "OTKLIK_TELEGRAM_TOKEN", "OTKLIK_TELEGRAM_TOKEN_FILE"
	token := NewSecret(env(name))
	file := s.Telegram.TokenFile
	switch {
	case file == "":
	case token.IsSet():
		s.fault("telegram-token-file", "the token comes from %s already: leave one of the two", name)
	default:
		raw, err := os.ReadFile(file)
		switch {
		case err != nil:
			s.fault("telegram-token-file", "cannot read %s: %s", file, reason(err))
		case strings.TrimSpace(string(raw)) == "":
			s.fault("telegram-token-file", "%s is empty: put the bot's token into it", file)
		}
		token = NewSecret(string(raw))
	}
	s.Telegram.Token = token
}
