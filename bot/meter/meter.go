// Package meter tells the IT department how the program fares: /metrics for Prometheus, and /healthz for whoever asks
// whether it works. Neither holds anything of people.
package meter

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"otklik/bot"
)

// Options of a meter.
type Options struct {
	Channels []bot.Channel
	Waiting  func() map[string]int           // messages that wait, by channel
	Ages     func() map[string]time.Duration // how long the oldest of them has waited, by channel
	Size     func() int64                    // bytes of the store; negative: nobody knows
	Free     func() int64                    // bytes that its disk has left; negative: nobody knows
	Store    Writable                        // is asked whether it can be written to
	Now      func() time.Time
}

// Meter counts. Its zero value is of no use: New gives one.
type Meter struct {
	opt      Options
	registry *prometheus.Registry

	updates  *prometheus.CounterVec
	handling *prometheus.HistogramVec
	messages *prometheus.CounterVec
	calls    *prometheus.HistogramVec
	api      *prometheus.CounterVec
	replies  *prometheus.HistogramVec
	commits  *prometheus.CounterVec
	batches  prometheus.Histogram
	syncs    prometheus.Histogram

	arrivals *arrivals

	mu    sync.Mutex
	sent  map[string]time.Time // by channel: when a message was last taken
	fail  map[string]failing   // by channel: since when none is
	ended map[string]string    // by channel: why it takes nothing in any more
	try   probe
}

// failing is a row of failures of a channel.
type failing struct {
	Since  time.Time
	Reason bot.Reason
}

// New gives a meter.
func New(o Options) *Meter {
	m := &Meter{opt: o, registry: prometheus.NewRegistry(), arrivals: newArrivals(), sent: map[string]time.Time{}, fail: map[string]failing{}, ended: map[string]string{}}
	times := []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}
	m.updates = counters("otklik_updates_total", "Updates by what became of them: kept or failed.", "channel", "kind", "outcome")
	m.handling = histograms("otklik_update_seconds", "From an update's turn to its commit.", times, "channel")
	m.messages = counters("otklik_messages_total",
		"Attempts to send or change a message, by what became of them: sent, or the reason why not.", "channel", "priority", "outcome")
	m.calls = histograms("otklik_message_seconds", "How long a messenger took to take a message.", times, "channel")
	m.api = counters("otklik_api_calls_total",
		"Calls at a messenger by what they are for and what became of them: ok, network, or the reason that the messenger had.", "channel", "call", "outcome")
	m.replies = histograms("otklik_reply_seconds", "From an update's arrival until its messenger took the first message that answers it.",
		append(times, 60, 300, 900), "channel")
	m.commits = counters("otklik_commits_total", "Commits of the store: durable or failed.", "outcome")
	m.batches = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "otklik_commit_updates",
		Help: "How many transactions, of updates, receipts and timers, one commit made durable together.", Buckets: prometheus.ExponentialBuckets(1, 2, 10)})
	m.syncs = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "otklik_commit_seconds", Help: "How long a commit took, its sync included.", Buckets: times})
	m.registry.MustRegister(m.updates, m.handling, m.messages, m.calls, m.api, m.replies, m.commits, m.batches, m.syncs, &now{m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Took counts an update.
func (m *Meter) Took(channel string, kind bot.Kind, took time.Duration, err error) {
	outcome := "kept"
	if err != nil {
		outcome = "failed"
	}
	m.updates.WithLabelValues(channel, string(kind), outcome).Inc()
	m.handling.WithLabelValues(channel).Observe(took.Seconds())
}

var priorities = map[bot.Priority]string{bot.Reply: "reply", bot.Notice: "notice", bot.Digest: "digest"}

// Tried counts an attempt to send.
func (m *Meter) Tried(channel string, p bot.Priority, took time.Duration, f *bot.Failure) {
	outcome := "sent"
	if f != nil {
		outcome = string(f.Reason)
	}
	m.messages.WithLabelValues(channel, priorities[p], outcome).Inc()
	m.calls.WithLabelValues(channel).Observe(took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	_, failing1 := m.fail[channel]
	switch {
	case f == nil, f.Reason == bot.NoPeer, f.Reason == bot.NoRef, f.Reason == bot.Never, f.Reason == bot.MovedOn: // the messenger answers
		m.sent[channel] = m.opt.Now()
		delete(m.fail, channel)
	case !failing1:
		m.fail[channel] = failing{m.opt.Now(), f.Reason}
	}
}

// Called counts a call at a messenger; outcome is bot.CallOutcome's.
func (m *Meter) Called(channel string, what bot.Call, outcome string) {
	m.api.WithLabelValues(channel, string(what), outcome).Inc()
}

// Commits counts a commit that begins, and what becomes of it. It is for a store that tells of its commits.
func (m *Meter) Commits(updates int) (done func(err error)) {
	begin := m.opt.Now()
	return func(err error) {
		outcome := "durable"
		if err != nil {
			outcome = "failed"
		}
		m.commits.WithLabelValues(outcome).Inc()
		m.batches.Observe(float64(updates))
		m.syncs.Observe(m.opt.Now().Sub(begin).Seconds())
	}
}

// Ended notes that a channel takes nothing in any more, and why.
func (m *Meter) Ended(channel string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[channel] = err.Error()
}

// Routes puts both pages on the listen address.
func (m *Meter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", m.health)
}

// now is what is asked for at each scrape.
type now struct{ *Meter }

var (
	depth = prometheus.NewDesc("otklik_outbox_waiting", "Messages that wait to be sent.", []string{"channel"}, nil)
	age   = prometheus.NewDesc("otklik_outbox_age_seconds", "How long the message has waited that has waited longest, of those that may leave.", []string{"channel"}, nil)
	heard = prometheus.NewDesc("otklik_heard_timestamp_seconds", "When the messenger last answered a poll or brought an update.", []string{"channel"}, nil)
	size  = prometheus.NewDesc("otklik_store_bytes", "Size of the store's file.", nil, nil)
	free  = prometheus.NewDesc("otklik_disk_free_bytes", "What the store's disk has left.", nil, nil)
)

// Describe names them.
func (n *now) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{depth, age, heard, size, free} {
		to <- d
	}
}

// Collect asks.
func (n *now) Collect(to chan<- prometheus.Metric) {
	for channel, count := range n.opt.Waiting() {
		to <- prometheus.MustNewConstMetric(depth, prometheus.GaugeValue, float64(count), channel)
	}
	if n.opt.Ages != nil {
		for channel, waited := range n.opt.Ages() {
			to <- prometheus.MustNewConstMetric(age, prometheus.GaugeValue, waited.Seconds(), channel)
		}
	}
	for _, c := range n.opt.Channels {
		if r, ok := c.(bot.Reporter); ok {
			if at := r.LastHeard(); !at.IsZero() {
				to <- prometheus.MustNewConstMetric(heard, prometheus.GaugeValue, float64(at.UnixMilli())/1000, c.Name())
			}
		}
	}
	for desc, ask := range map[*prometheus.Desc]func() int64{size: n.opt.Size, free: n.opt.Free} {
		if bytes := ask(); bytes >= 0 {
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(bytes))
		}
	}
}

var _ bot.Watcher = (*Meter)(nil)
