package bottest

import "net/http"

// Near is a base address that only Client reaches.
const Near = "http://telegram.test"

// Client reaches the server without a network, so that time can be synctest's.
func (g *Telegram) Client() *http.Client { return &http.Client{Transport: near{g}} }
