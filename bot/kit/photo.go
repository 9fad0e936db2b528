package kit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"otklik/bot"
)

// Load gives a photo's bytes, at most limit of them. A photo that will never have any is a failure for ever.
func Load(ctx context.Context, m bot.Media, open bot.Opener, limit int) ([]byte, error) {
	if open == nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("nobody has its bytes")}
	}
	r, err := open(ctx, m)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > limit:
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("it is larger than the %d MB that the messenger takes", limit>>20)}
	case len(data) == 0:
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("it is empty")}
	}
	return data, nil
}
