package vk

import (
	"context"
	"encoding/json"
	"strings"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
)

// Several reads leave in one execute. VK's sources differ on whether a service key may call it: the page of the method
// (dev.vk.com/ru/execute) says «метод доступен для вызова с сервисным ключом доступа», its schema for programs does not list the
// kind of key, and in 2017 it was refused with error 28 (negezor/vk-io, issues 18 and 19). So it is tried, and who is refused
// reads one by one until the restart. What was read ahead is used once; what was not, for whatever reason, is read by itself
// and tells its own error.

// The refusals that say that a key may not call a method.
const (
	codeUnknownMethod = 3
	codeNotThisKey    = 28
)

// ahead is what was read together and is not used yet.
type ahead struct {
	got  map[string]json.RawMessage // by call, as it stands in a program
	most int                        // reads that one call carries; below 2 each goes by itself
}

// due gives the calls that read the walls whose time has come.
func (w *watcher) due(ctx context.Context, chats []string) (calls []string, err error) {
	for _, chat := range chats {
		st, err := w.state(ctx, chat)
		if err != nil {
			return nil, err
		}
		if w.now().Before(st.due) {
			continue
		}
		if code, err := callCode("wall.get", wallParams(chat, 0)); err == nil {
			calls = append(calls, code)
		}
	}
	return calls, nil
}

// commented gives the calls that read the comments under posts where they may be others than they were.
func (w *watcher) commented(st *pageState, items []item) (calls []string) {
	for _, it := range items {
		if !w.news(st, it) {
			continue
		}
		if code, err := callCode("wall.getComments", commentParams(thread{"wall", it.Owner, it.ID}, 0)); err == nil {
			calls = append(calls, code)
		}
	}
	return calls
}

// lookAhead reads together what is about to be asked for.
func (w *watcher) lookAhead(ctx context.Context, calls []string) {
	for len(calls) > 1 && w.ahead.most > 1 {
		batch := calls[:min(len(calls), w.ahead.most)]
		if w.api.pace.Wait(ctx) != nil {
			return
		}
		list, _, err := w.api.execute(ctx, "return ["+strings.Join(batch, ",")+"];")
		switch codeOf(err) {
		case 0:
		case codeUnknownMethod, codeAccess, codeNotThisKey:
			w.ahead.most = 1
			w.log.Info("walls are read one by one: VK does not let this key read several by one call", "err", err)
			return
		case 1, 10, codeCompile, codeRuntime: // too long, or too large an answer
			w.ahead.most /= 2
			continue
		}
		if err != nil || len(list) != len(batch) {
			return
		}
		for i, raw := range list {
			if string(raw) != "false" {
				w.ahead.got[batch[i]] = raw
			}
		}
		calls = calls[len(batch):]
	}
}

// ask makes a call that reads, unless its answer is there.
func (w *watcher) ask(ctx context.Context, method string, p vkapi.Params, into any) error {
	if code, err := callCode(method, p); err == nil {
		raw, ok := w.ahead.got[code]
		delete(w.ahead.got, code)
		if ok && json.Unmarshal(raw, into) == nil {
			return nil
		}
	}
	return w.api.call(ctx, method, p, into)
}

func wallParams(chat string, offset int) vkapi.Params {
	p := vkapi.Params{"count": wallPage, "domain": chat}
	if id, ok := strings.CutPrefix(chat, "-"); ok {
		p["domain"] = "club" + id // every community has this name, too
	}
	if offset > 0 {
		p["offset"] = offset
	}
	return p
}

func commentParams(t thread, offset int) vkapi.Params {
	p := vkapi.Params{"owner_id": t.owner, "post_id": t.id, "count": wallPage, "sort": "desc", "thread_items_count": replies}
	if offset > 0 {
		p["offset"] = offset
	}
	return p
}
