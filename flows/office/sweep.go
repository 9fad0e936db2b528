package office

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otklik/flows/lessons"
	"otklik/storage"
	"otklik/storage/files"
)

// errUnder says that a backup is being made in the folder.
var errUnder = errors.New("a backup is being made there")

// sweep removes the photos beside the backups of a folder that none of them names any more, and tells how many. It
// removes nothing where it cannot know: while a backup is being made there, where there is a file that it cannot read,
// where there is no backup at all, and where the photos are those of the store itself.
func (c *Clerk) sweep(ctx context.Context, folder string) (removed int, err error) {
	c.copying.Lock() // no backup begins to share a photo that goes
	defer c.copying.Unlock()
	photos := Photos(filepath.Join(folder, "x.db"))
	if same(photos, Photos(c.Settings.Data)) {
		return 0, nil
	}
	stores, err := storesIn(folder)
	if err != nil || len(stores) == 0 {
		return 0, err
	}
	kept := files.Join(photos)
	// The newest backup names nearly all; what is left are the photos of people who were erased since, and the oldest ones
	// name these.
	newest := len(stores) - 1
	known, err := c.names(ctx, stores[newest])
	if err != nil {
		return 0, err
	}
	orphans := map[string]bool{}
	err = kept.Each(func(id string) error {
		if _, there := slices.BinarySearch(known, short(id)); !there {
			orphans[id] = true
		}
		return ctx.Err()
	})
	for _, store := range stores[:newest] {
		if err != nil || len(orphans) == 0 {
			break
		}
		err = c.survey(ctx, store, func(id string) { delete(orphans, id) })
	}
	if err == nil && len(orphans) > 0 { // another program may have made one meanwhile
		var now []string
		if now, err = storesIn(folder); err == nil && !slices.Equal(now, stores) {
			err = errUnder
		}
	}
	for id := range orphans {
		if err == nil {
			err = kept.Remove(id)
			removed++
		}
	}
	return removed, err
}

// storesIn gives whatever may be a store's file in a folder, in the order of the names: nightly backups from the oldest.
func storesIn(folder string) (list []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := filepath.Join(folder, e.Name())
		info, err := os.Stat(name) // a link leads to a store, too
		switch {
		case strings.Contains(e.Name(), unfinished):
			return nil, fmt.Errorf("%w: %s", errUnder, name)
		case err != nil:
			return nil, err
		case info.IsDir() || info.Size() == 0 || lessons.IsFile(name): // that names no photos
			continue
		}
		list = append(list, name)
	}
	slices.SortStableFunc(list, func(a, b string) int { // the nightly ones last: the newest of them is the newest of all
		return strings.Compare(rank(a)+a, rank(b)+b)
	})
	return list, nil
}

func rank(store string) string {
	if nightlyName.MatchString(filepath.Base(store)) {
		return "1"
	}
	return "0"
}

// names gives the photos that a store names, each by its short name, in order. Two that have the same are taken for one:
// then a photo stays that might go.
func (c *Clerk) names(ctx context.Context, store string) (list []uint64, err error) {
	err = c.survey(ctx, store, func(id string) { list = append(list, short(id)) })
	slices.Sort(list)
	return slices.Compact(list), err
}

// short is a photo's name in eight bytes: a nation's photos fit into the memory.
func short(id string) uint64 {
	raw, err := hex.DecodeString(id[:min(len(id), 16)])
	if err != nil || len(raw) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}

// survey reads a backup to its end.
func (c *Clerk) survey(ctx context.Context, store string, photo func(id string)) error {
	kv, err := c.Open(store)
	if err != nil {
		return fmt.Errorf("%s: nobody knows which photos it needs: %w", store, err)
	}
	_, err = storage.Over(kv).Survey(ctx, func(id string) error { photo(id); return nil })
	return errors.Join(err, kv.Close())
}
