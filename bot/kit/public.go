package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"otklik/bot"
)

const (
	outsideTime = time.Minute
	dialTime    = 10 * time.Second
)

// Outside is a client for addresses that anybody may have written: it reaches public hosts only, so that nobody looks
// through us into the network that we stand in.
func Outside() *http.Client {
	d := &net.Dialer{Timeout: dialTime, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !IsPublic(at.Addr()) {
			return errors.New("the address is not public")
		}
		return nil
	}}
	return &http.Client{Timeout: outsideTime, Transport: &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: dialTime,
		MaxIdleConns: 8, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}}
}

// shared are the addresses that several networks use inside (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// IsPublic tells whether an address is one of the open internet.
func IsPublic(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !shared.Contains(a)
}

// FetchPublic gives the bytes that stand at an address. Its errors are a *bot.Failure without the address.
func FetchPublic(ctx context.Context, client *http.Client, address string) (io.ReadCloser, error) {
	never := func(err error) error {
		return &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("a picture's download: %w", err)}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || r.URL.Scheme != "https" && r.URL.Scheme != "http" {
		return nil, never(errors.New("no web address"))
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, &bot.Failure{Reason: bot.Later, Err: errors.New("a picture's download: its host cannot be reached")}
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, nil
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		resp.Body.Close()
		return nil, &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("a picture's download: %d", resp.StatusCode)}
	}
	resp.Body.Close()
	return nil, never(fmt.Errorf("%d", resp.StatusCode))
}
