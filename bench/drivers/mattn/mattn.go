// Package mattn tests the engine over github.com/mattn/go-sqlite3, which needs a C
// compiler and, for tables of words, -tags sqlite_fts5.
package mattn
