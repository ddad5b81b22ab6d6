package sqldb

import (
	"database/sql/driver"
	"errors"
	"fmt"
)

// statements runs SQL on one connection, inside whatever transaction it is in. No
// context can interrupt a statement: an interrupted INSERT takes the whole transaction
// with it, of all callers.
type statements interface {
	// exec runs a statement that will come again.
	exec(query string, args ...any) (driver.Result, error)
	// rows calls each for every row of an answer, until it gives an error.
	rows(query string, args []any, each func(scan func(into ...any) error) error) error
	// run runs statements that are used once.
	run(queries ...string) error
}

// session is what applies sets: statements on a connection, and what is known of the
// revisions of its rows and of the open tables of its lists.
type session struct {
	statements
	known  revisions
	looked []*division // whose open tables have been looked at in this transaction
	wrote  bool        // since it was set to false
}

// forget forgets what is known of the file.
func (s *session) forget() {
	s.known.forget()
	s.lookAgain()
}

// write runs a statement that changes rows.
func (s *session) write(query string, args ...any) error {
	s.wrote = true
	_, err := s.exec(query, args...)
	return err
}

// change runs a statement and gives the number of rows it changed.
func (s *session) change(query string, args ...any) (int64, error) {
	result, err := s.exec(query, args...)
	if err != nil {
		return 0, err
	}
	changed, err := result.RowsAffected()
	s.wrote = s.wrote || changed > 0
	return changed, err
}

// row reads the first row of an answer; false says that there is none.
func (s *session) row(query string, args []any, into ...any) (found bool, err error) {
	err = s.rows(query, args, func(scan func(...any) error) error {
		found = true
		if err := scan(into...); err != nil {
			return err
		}
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found && err == nil, err
}

// assign puts a column's value, as a driver gives it, where it is wanted.
func assign(into any, value driver.Value) error {
	switch to := into.(type) {
	case *int64:
		if n, ok := value.(int64); ok {
			*to = n
			return nil
		}
	case *int:
		if n, ok := value.(int64); ok {
			*to = int(n)
			return nil
		}
	case *string:
		switch text := value.(type) {
		case string:
			*to = text
			return nil
		case []byte:
			*to = string(text)
			return nil
		}
	case *[]byte:
		switch text := value.(type) {
		case string:
			*to = []byte(text)
			return nil
		case []byte:
			*to = append([]byte{}, text...) // the driver may use its memory again
			return nil
		case nil:
			*to = nil
			return nil
		}
	case *any:
		if bytes, ok := value.([]byte); ok {
			value = append([]byte{}, bytes...)
		}
		*to = value
		return nil
	}
	return fmt.Errorf("sqldb: a column holds a %T, which does not go into a %T", value, into)
}
