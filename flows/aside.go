package flows

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"otklik/bot"
	"otklik/storage"
)

// putAside keeps an update that could not be worked off for whoever mends the cause, with an apology to whom it came from.
// One that cannot even be put aside is left out: given again it would fail again, and hold up its chat for ever.
func (e *Engine) putAside(ctx context.Context, u bot.Update, log *slog.Logger) error {
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
	log.Error("the update cannot be put aside and is left out", "err", err)
	return nil
}
