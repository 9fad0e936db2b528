package flows

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// putAside keeps an update that could not be worked off for whoever mends the cause, with an apology to whom it came from.
// One that cannot even be put aside is left out: given again it would fail again, and hold up its chat for ever.
func (e *Engine) putAside(ctx context.Context, u *bot.Update) error {
	err := e.commit(ctx, u, func(t *Turn) error {
		raw, err := json.Marshal(u)
		if err != nil {
			return err
		}
		if err := t.Tx.SetSetting("failed/"+u.Channel+":"+u.ID, raw); err != nil {
			return err
		}
		if u.Kind == bot.Written || u.Kind == bot.Pressed {
			return t.Reply(t.Voice().Say("desk.failed"))
		}
		return nil
	})
	if err == nil || errors.Is(err, storage.ErrFailed) || ctx.Err() != nil {
		return err
	}
	e.failed("the update cannot be put aside and is left out", err, "update", u.Trail())
	return nil
}

// ground leaves a point out that is nowhere on the Earth: no record can hold one that is no number, and no search finds
// anything there.
func ground(u *bot.Update) {
	if l := u.Location; l == nil || math.Abs(l.Lat) <= 90 && math.Abs(l.Lon) <= 180 {
		return
	}
	u.Location = nil
	if u.Text == "" && len(u.Media) == 0 {
		u.Other = "other"
	}
}

// date leaves out a time that no record can hold: a year beyond 0…9999.
func date(u *bot.Update) {
	if y := u.Time.UTC().Year(); y < 0 || y > 9999 {
		u.Time = time.Time{}
	}
}
