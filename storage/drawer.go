package storage

import "context"

// Drawer is a named part of the store for somebody who keeps bytes by key and nothing else, such as the desk's page.
type Drawer struct {
	kv   KV
	name string
}

// Drawer gives the drawer with this name.
func (s *Store) Drawer(name string) *Drawer { return &Drawer{s.kv, name} }

// Save keeps a value.
func (d *Drawer) Save(ctx context.Context, k string, value []byte) error {
	return d.kv.Update(ctx, func(w Writer) error {
		return w.Put(append(key(spaceDrawer, d.name), k...), value)
	})
}

// Touch writes a little, to see whether the store can be written to.
func (d *Drawer) Touch(ctx context.Context) error { return d.Save(ctx, "touched", nil) }

// Load gives every key with this prefix and its value, in order.
func (d *Drawer) Load(ctx context.Context, prefix string, fn func(key string, value []byte) error) error {
	return d.kv.View(ctx, func(r Reader) error {
		var fault error
		head := key(spaceDrawer, d.name)
		from := append(append([]byte(nil), head...), prefix...)
		err := r.Scan(from, After(from), false, func(k, v []byte) bool {
			fault = fn(string(k[len(head):]), v)
			return fault == nil
		})
		if err != nil {
			return err
		}
		return fault
	})
}
