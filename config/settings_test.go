package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const token = "123456789:AAExampleExampleExampleExample-xyz"

// parse reads a command line as main does.
func parse(t *testing.T, args ...string) (*Settings, error) {
	t.Helper()
	var c struct {
		Settings
		Serve struct{} `cmd:"" default:"1"`
	}
	k, err := kong.New(&c, kong.Configuration(Resolver), kong.Exit(func(int) { t.Error("exit") }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return &c.Settings, err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAFlagGoesBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	file := write(t, "otklik.yaml", `
listen: 127.0.0.1:9001
data: /from/file.db
demo: true
log_level: debug
admins: [telegram:1, vk:2]
telegram:
  api: http://127.0.0.1:8081
`)
	t.Setenv("OTKLIK_CONFIG", file)
	t.Setenv("OTKLIK_DATA", "/from/env.db")
	t.Setenv("OTKLIK_LISTEN", "127.0.0.1:9002")
	s, err := parse(t, "--listen=127.0.0.1:9003")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{s.Listen, s.Data, s.Demo, s.LogLevel, s.Admins, s.Telegram.API, s.Store, s.Language, s.BackupFolder, s.BackupKeep}
	want := []any{"127.0.0.1:9003", "/from/env.db", true, "debug", []string{"telegram:1", "vk:2"}, "http://127.0.0.1:8081", "bolt", "ru", "", 14}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for flag, want := range map[string]string{"listen": "--listen", "data": "OTKLIK_DATA", "telegram-api": file + ":8", "region": "--region"} {
		if got := s.source(flag); got != want {
			t.Errorf("%s comes from %s, want %s", flag, got, want)
		}
	}
}

func TestDefaultsAreInOrder(t *testing.T) {
	s, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if s.Telegram.Token.IsSet() || s.Telegram.API != "https://api.telegram.org" || s.Data != "./data/otklik.db" || s.Listen != "127.0.0.1:8080" {
		t.Errorf("%+v", s)
	}
	if s.VK.Token.IsSet() || s.VK.API != "https://api.vk.ru/method/" || s.VK.Webhook != "" {
		t.Errorf("%+v", s.VK)
	}
}

func TestEveryFaultOfTheSettingsIsTold(t *testing.T) {
	dir := t.TempDir()
	file := write(t, "otklik.yaml", "region: /nowhere/pack.yaml\ncurators: [anna]\nlog: {level: loud}\n")
	t.Setenv("OTKLIK_ADMINS", "telegram:5,boris")
	t.Setenv("OTKLIK_TELEGRAM_TOKEN", "not-a-token")
	t.Setenv("OTKLIK_TELEGRAM_WEBHOOK", "http://desk.example.org")
	t.Setenv("OTKLIK_TELEGRAM_API", "https://me:secret@api.example.org")
	s, err := parse(t, "--config", file, "--listen=8080", "--data", dir, "--language=de", "--backup-folder", file, "--backup-keep=0",
		"--per-minute=-1", "--open311-per-minute=-1", "--longest-text=5", "--most-photos=0", "--largest-photo=21", "--least-disk=-1")
	if err != nil {
		t.Fatal(err)
	}
	err = s.Check()
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("want Faults, got %v", err)
	}
	got := strings.NewReplacer(file, "otklik.yaml", dir, "DIR").Replace(err.Error())
	want := strings.TrimSpace(`
--data: DIR is a folder: want a file, such as DIR/otklik.db
--listen: "8080" is no address to listen on: want host:port such as 127.0.0.1:8080
otklik.yaml:1: cannot read /nowhere/pack.yaml: there is no such file
--backup-folder: otklik.yaml is no folder: want one for the backups
--backup-keep: 0 backups are none: want 1 or more
--least-disk: -1 MB are less than none: want 1 or more, or 0 to tell nobody
--per-minute: -1 messages a minute are fewer than none: want 1 or more, or 0 for no bound
--open311-per-minute: -1 reports a minute are fewer than none: want 1 or more, or 0 for no bound
--longest-text: 5 characters: want 100 to 20000
--most-photos: 0 photos: want 1 to 50
--largest-photo: 21 MB: want 1 to 20
--language: "de": want ru or en
otklik.yaml:3: "loud": want debug, info, warn or error
OTKLIK_ADMINS: "boris": want channel:user such as telegram:123456
otklik.yaml:2: "anna": want channel:chat, or channel:chat/thread, such as telegram:-1001234567890/7
OTKLIK_TELEGRAM_TOKEN: this is no bot token: want digits, a colon and what BotFather gave behind it
OTKLIK_TELEGRAM_API: "https://me:xxxxx@api.example.org" is no base address: want one such as https://api.telegram.org
OTKLIK_TELEGRAM_WEBHOOK: "http://desk.example.org": Telegram calls https addresses only, such as https://desk.example.org`)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOnlyWhomAMessengerCanHaveIsNamed(t *testing.T) {
	for _, tt := range []struct{ flag, peer, fault string }{
		{"admins", "telegram:123456", ""},
		{"admins", "telegram:7123456789", ""},
		{"admins", "vk:1", ""},
		{"admins", "desk:curator", ""},
		{"admins", "tg:12", `there is no messenger "tg": want desk, telegram, vk`},
		{"admins", "ingest:12", `there is no messenger "ingest"`},
		{"admins", "telegram:@ivan", "is nobody: want digits"},
		{"admins", "telegram:abc", "is nobody"},
		{"admins", "telegram:-100500", "is nobody"},
		{"admins", "telegram:0", "is nobody"},
		{"admins", "vk:-5", "is nobody"},
		{"admins", "desk:nobody", "no such chair"},
		{"curators", "telegram:-100500", ""},
		{"curators", "telegram:-1001234567890", ""},
		{"control", "telegram:-1001234567890/7", ""},
		{"triage", "vk:2000000001", ""},
		{"curators", "vk:2000000010", ""},
		{"curators", "vk:2000012345", ""},
		{"curators", "desk:group", ""},
		{"curators", "telegramm:-100500", `there is no messenger "telegramm"`},
		{"curators", "telegram:@desk", "is no group: want a minus and digits"},
		{"curators", "telegram:-100500/abc", "is no group"},
		{"curators", "telegram:100500", "is no group"},
		{"triage", "vk:200", "is no group"},
		{"triage", "vk:2000000000", "is no group"},
		{"control", "vk:2000000001/7", "is no group"},
		{"control", "desk:nobody", "no such chair"},
	} {
		s, err := parse(t, "--"+tt.flag+"="+tt.peer)
		if err != nil {
			t.Fatal(err)
		}
		pack, err := Default()
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(s.Check(), s.CheckChairs(pack))
		if ok := err == nil; ok != (tt.fault == "") || !ok && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("--%s %s: %v, want %q", tt.flag, tt.peer, err, tt.fault)
		}
	}
}

func TestTheSettingsFileRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"a misspelt name":   {"lisen: 127.0.0.1:1\ntelegram: {apy: x}\n", "FILE:1: there is no setting \"lisen\"\nFILE:2: there is no setting \"telegram-apy\""},
		"a token":           {"telegram:\n  token: " + token + "\n", "FILE:2: the token does not belong here"},
		"twice":             {"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "FILE:2: listen stands here a second time; the first is in line 1"},
		"not YAML":          {"listen: [\n", "FILE:1: "},
		"a subcommand's":    {"role: curator\n", `FILE:1: there is no setting "role"`},
		"another file":      {"config: other.yaml\n", `FILE:1: there is no setting "config"`},
		"a list of lists":   {"admins: [[a]]\n", "FILE:1: admins: want a list of plain values"},
		"no fields but one": {"listen\n", "FILE:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "otklik.yaml", tt.text)
			_, err := parse(t, "--config", file)
			if err == nil {
				t.Fatal("it is taken")
			}
			got := strings.ReplaceAll(err.Error(), file, "FILE")
			if !strings.Contains(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
			if strings.Contains(got, token) {
				t.Error("the token leaks")
			}
		})
	}
}

// TestWhatDoesNotSuitASettingIsToldWithTheRest of a settings file, each with its line.
func TestWhatDoesNotSuitASettingIsToldWithTheRest(t *testing.T) {
	file := write(t, "otklik.yaml", strings.Join([]string{"per-minute: sixty", "demo: maybe", "listen: [a, b]", "open311_per_minute: 1.5", "admins: true", "log_level: true", "backup-keep: [1]",
		"curators: [anna]", "longest-text: ''", "most-photos: " + token, "least-disk: true", "largest-photo: \"15\"", "open: yes", "say-registered: true", "data: 5", "control: telegram:-100500"}, "\n"))
	s, err := parse(t, "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	if s.LargestPhoto != 15 || !s.Open || !s.Registered || s.Data != "5" || len(s.Control) != 1 {
		t.Errorf("%+v", s)
	}
	err = s.Check()
	if err == nil {
		t.Fatal("it is in order")
	}
	want := strings.TrimSpace(`
FILE:1: per-minute: "sixty" is no whole number
FILE:2: demo: "maybe": want true or false
FILE:3: listen: want one value, not a list
FILE:4: open311-per-minute: "1.5" is no whole number
FILE:5: admins: want a list, not true or false
FILE:6: log-level: want a word; if true is one, put it in quotes
FILE:7: backup-keep: want one value, not a list
FILE:9: longest-text: "" is no whole number
FILE:10: most-photos: "…" is no whole number
FILE:11: least-disk: want a whole number, not true or false
FILE:8: "anna": want channel:chat, or channel:chat/thread, such as telegram:-1001234567890/7`)
	if d := cmp.Diff(want, strings.ReplaceAll(err.Error(), file, "FILE")); d != "" {
		t.Error(d)
	}
	t.Setenv("OTKLIK_PER_MINUTE", "7")
	if s, err := parse(t, "--config", file, "--demo"); err != nil || s.PerMinute != 7 || !s.Demo || strings.Contains(fmt.Sprint(s.Check()), "sixty") {
		t.Errorf("what goes before the file: %v, %v", err, s.Check())
	}
}

func TestTheTokenComesFromTheEnvironmentOrAFile(t *testing.T) {
	file := write(t, "token", token+"\n")
	empty := write(t, "empty", "\n")
	for name, tt := range map[string]struct {
		env   map[string]string
		token string
		fault string
	}{
		"environment": {map[string]string{"OTKLIK_TELEGRAM_TOKEN": token}, token, ""},
		"file":        {map[string]string{"OTKLIK_TELEGRAM_TOKEN_FILE": file}, token, ""},
		"both":        {map[string]string{"OTKLIK_TELEGRAM_TOKEN": token, "OTKLIK_TELEGRAM_TOKEN_FILE": file}, token, "the token comes from OTKLIK_TELEGRAM_TOKEN already: leave one of the two"},
		"both keys":   {map[string]string{"OTKLIK_OPEN311_KEY": "k", "OTKLIK_OPEN311_KEY_FILE": file}, "", "the key comes from OTKLIK_OPEN311_KEY already"},
		"no file":     {map[string]string{"OTKLIK_TELEGRAM_TOKEN_FILE": file + "x"}, "", "cannot read"},
		"empty file":  {map[string]string{"OTKLIK_TELEGRAM_TOKEN_FILE": empty}, "", "is empty: put the token into it"},
		"webhook alone": {map[string]string{"OTKLIK_TELEGRAM_WEBHOOK": "https://desk.example.org"}, "",
			"OTKLIK_TELEGRAM_WEBHOOK: a webhook needs a bot"},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			s, err := parse(t)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Telegram.Token.Reveal(); got != tt.token {
				t.Errorf("the token is %q", got)
			}
			switch err := s.Check(); {
			case err == nil && tt.fault != "", err != nil && (tt.fault == "" || !strings.Contains(err.Error(), tt.fault)):
				t.Errorf("got %v, want %q", err, tt.fault)
			}
		})
	}
	if _, err := parse(t, "--telegram-token="+token); err == nil {
		t.Error("the token is taken from the command line, where every process can read it")
	}
}

// TestAByteOrderMarkIsNoPartOfAFile: editors of Windows put one before the first word.
func TestAByteOrderMarkIsNoPartOfAFile(t *testing.T) {
	const bom = "\ufeff"
	file := write(t, "otklik.yaml", bom+"listen: 127.0.0.1:9001\n")
	t.Setenv("OTKLIK_TELEGRAM_TOKEN_FILE", write(t, "token", bom+token+"\r\n"))
	t.Setenv("OTKLIK_INGEST_KEY_FILE", write(t, "key", bom))
	s, err := parse(t, "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:9001" || s.Telegram.Token.Reveal() != token || s.Ingest.IsSet() {
		t.Errorf("%q, %q, %q", s.Listen, s.Telegram.Token.Reveal(), s.Ingest.Reveal())
	}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "is empty: put the key into it") {
		t.Errorf("a key file of the mark alone: %v", err)
	}
	if _, err := parse(t, "--config", write(t, "otklik.yaml", bom+"lisen: x\n")); err == nil || !strings.Contains(err.Error(), `otklik.yaml:1: there is no setting "lisen"`) {
		t.Errorf("got %v", err)
	}
	for file, text := range map[string]string{"kirov.yaml": "", "kirov_settlements.tsv": "", "x.geojson": areas(feature(`"name":"Слободской район"`, square("49", "58", "52", "60")))} {
		if text == "" {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
		}
		read := func(name string) ([]byte, error) {
			if filepath.Base(name) == file {
				return []byte(bom + text), nil
			}
			return os.ReadFile(name)
		}
		pack, err := load("kirov.yaml", read)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if file == "x.geojson" {
			if _, err := ReadBoundaries(write(t, file, bom+text), pack); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestASecretNeverPrints(t *testing.T) {
	s := Settings{Telegram: Telegram{Token: NewSecret(token)}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", s.Telegram.Token)
		fmt.Fprintf(&out, verb+"\n", &s.Telegram.Token)
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", &s.Telegram)
	}
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(s.Telegram)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	out.Write(y)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", s.Telegram.Token, "settings", s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", s.Telegram.Token, "settings", s)
	text := out.String()
	for _, leak := range []string{token, token[10:], fmt.Sprintf("%x", token), fmt.Sprintf("%X", token)} {
		if strings.Contains(text, leak) {
			t.Errorf("the secret is there: %s", leak)
		}
	}
	if !strings.Contains(text, "(set)") || NewSecret(" \n").String() != "(empty)" {
		t.Error("a secret does not tell whether it is set")
	}
}

func TestTheLogIsAsTheSettingsAsk(t *testing.T) {
	var out bytes.Buffer
	s := Settings{LogLevel: "warn", LogFormat: "json"}
	log, err := s.Logger(&out)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	log.Warn("loud")
	if got := out.String(); !strings.HasPrefix(got, "{") || !strings.Contains(got, "loud") || strings.Contains(got, "quiet") {
		t.Error(got)
	}
	if _, err := (&Settings{LogLevel: "silly"}).Logger(&out); err == nil || !strings.Contains(err.Error(), "--log-level") {
		t.Errorf("got %v", err)
	}
}
