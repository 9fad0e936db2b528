package feed

import (
	"context"
	"io"

	"otklik/bot"
	"otklik/bot/kit"
)

var _ bot.Fetcher = (*Channel)(nil)

// Fetch gives the bytes of a picture that a feed names. Its address is anybody's, so only what is public is asked.
func (c *Channel) Fetch(ctx context.Context, ref string) (io.ReadCloser, error) {
	return kit.FetchPublic(ctx, c.outside, ref)
}
