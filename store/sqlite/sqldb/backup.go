package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// copyName is the copy as it is attached while it is worked on.
const copyName = `"till$copy"`

// Backup writes a copy of the whole file to a path at which nothing is yet: as it
// is between two commits, with the program's own tables, for this user alone (mode
// 0600). The copy is a plain file without -wal; Open it like any other. No byte of
// it holds a record that was erased before Backup began.
//
// Nobody waits for it: it reads, on one connection of Config.Read, which it has for
// itself meanwhile. It needs up to twice the room of the file in the directory of
// the path. When it returns nil the copy is on the disk, and whole: it is made in a
// directory ".till-backup-..." beside the path and renamed at the end. An error,
// the end of the context too, leaves nothing behind; a process that is killed can
// leave that directory, which may be removed. As with every VACUUM, rows of the
// program's own tables that have no INTEGER PRIMARY KEY may get other rowids.
//
// A path that is empty, or whose directory is missing or not writable, is
// store.ErrInvalid; one where there is something already is store.ErrExists; no
// room is store.ErrFull.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	path, err := vacant(path)
	if err != nil {
		return err
	}
	err = s.backup(ctx, path)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // whatever the driver made of it
	}
	return s.faults.of("backup", err)
}

func (s *Store) backup(ctx context.Context, path string) error {
	conn, err := s.read.borrow(ctx)
	if err != nil {
		return err
	}
	defer conn.giveBack()
	dir, err := os.MkdirTemp(filepath.Dir(path), ".till-backup-*")
	if err != nil {
		return unfitPath(store.ErrInvalid, "give this user the right to write in the directory", err)
	}
	defer os.RemoveAll(dir)
	whole, err := conn.copyInto(ctx, dir)
	if err != nil {
		return err
	}
	if err := syncFile(whole); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return publish(whole, path)
}

// copyInto makes the copy in a directory and gives its path.
func (b *borrowed) copyInto(ctx context.Context, dir string) (string, error) {
	lock, err := b.unlock(ctx) // VACUUM INTO writes nothing here, but counts as writing
	if err != nil {
		return "", err
	}
	defer lock()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := b.vacuum(ctx, "main", first); err != nil {
		return "", err
	}
	if err := b.briefly("ATTACH ? AS "+copyName, first); err != nil {
		return "", err
	}
	defer b.undo("DETACH " + copyName)
	words, err := b.copiedWords(ctx)
	if err != nil || len(words) == 0 {
		return first, err
	}
	// What was erased from a table of words stays in it until its segments are merged,
	// and what the merge leaves stays until the file is written anew. Nobody waits here,
	// and a copy that is half done needs no protection.
	queries := []string{"PRAGMA " + copyName + ".synchronous = OFF", "PRAGMA " + copyName + ".journal_mode = MEMORY"}
	for _, table := range words {
		queries = append(queries, fmt.Sprintf("INSERT INTO %s.%[2]s(%[2]s) VALUES('optimize')", copyName, table))
	}
	for _, query := range queries {
		if _, err := b.ExecContext(ctx, query); err != nil {
			return "", err
		}
	}
	return second, b.vacuum(ctx, copyName, second)
}

// vacuum writes a database into a file, which it makes first: SQLite would make it
// readable for everybody.
func (b *borrowed) vacuum(ctx context.Context, database, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = b.ExecContext(ctx, "VACUUM "+database+" INTO ?", path)
	return err
}

// copiedWords gives the tables of words that the copy has.
func (b *borrowed) copiedWords(ctx context.Context) ([]string, error) {
	m, err := b.meta(ctx, copyName)
	if err != nil || m == nil {
		return nil, err
	}
	var tables []string
	for _, name := range slices.Sorted(maps.Keys(m.families)) {
		f, err := newFamily(name, m.families[name])
		if err != nil {
			return nil, err
		}
		if f.words != "" {
			tables = append(tables, f.words)
		}
	}
	return tables, nil
}

// meta reads what a database says of itself, nil if it says nothing yet.
func (b *borrowed) meta(ctx context.Context, database string) (*meta, error) {
	var found int
	query := fmt.Sprintf("SELECT count(*) FROM %s.sqlite_schema WHERE type = 'table' AND name = 'till_meta'", database)
	if err := b.QueryRowContext(ctx, query).Scan(&found); err != nil || found == 0 {
		return nil, err
	}
	rows, err := b.QueryContext(ctx, fmt.Sprintf("SELECT name, value FROM %s.%s", database, metaTable))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	values := make(map[string]string)
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		values[name] = value
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	m, err := parseMeta(values)
	return &m, err
}

// vacant makes a path absolute at which there must be nothing.
func vacant(path string) (string, error) {
	if path == "" || strings.Contains(path, "\x00") {
		return "", unfitPath(store.ErrInvalid, "give the path of the file to write", nil)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", unfitPath(store.ErrInvalid, "give an absolute path", err)
	}
	switch _, err = os.Lstat(absolute); {
	case err == nil:
		return "", occupied(absolute)
	case !errors.Is(err, fs.ErrNotExist):
		return "", unfitPath(store.ErrInvalid, "give a path in a directory that this user may read and write", err)
	}
	dir := filepath.Dir(absolute)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", unfitPath(store.ErrInvalid, fmt.Sprintf("make the directory %q first", dir), err)
	}
	return absolute, nil
}

func occupied(path string) error {
	return unfitPath(store.ErrExists, "a backup overwrites nothing: give a path that is free", fmt.Errorf("there is something at %q", path))
}

func unfitPath(kind error, next string, err error) error {
	return &Error{Op: "backup", Kind: kind, Err: err, Next: next}
}

// publish gives a finished file its path, if that is still free. An empty file
// holds the place while the finished one is moved there, which nothing interrupts.
func publish(from, path string) error {
	place, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return occupied(path)
	}
	if err != nil {
		return err
	}
	err = errors.Join(place.Close(), os.Rename(from, path))
	if err == nil && runtime.GOOS != "windows" { // which cannot flush a directory
		err = syncFile(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// syncFile waits until what was written is on the disk.
func syncFile(path string) error {
	how := os.O_RDWR
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		how = os.O_RDONLY
	}
	f, err := os.OpenFile(path, how, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
