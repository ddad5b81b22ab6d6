package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// carries fails unless the chain of an error has one of want's type that says the same.
func (e *Env) carries(what string, err, want error) {
	e.Helper()
	got := reflect.New(reflect.TypeOf(want))
	if !errors.As(err, got.Interface()) {
		e.Failf("%s: no %T in the chain of %v", what, want, err)
		return
	}
	e.Equal(what, got.Elem().Interface(), any(want))
}

// errMute is what a mute document says instead of writing itself down.
var errMute = errors.New("the document is mute")

type mute struct{}

func (mute) AppendStored(dst []byte) ([]byte, error) { return append(dst, "half"...), errMute }

// wrongCalls are calls that are wrong in form.
var wrongCalls = []call{
	{"Get", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Get(ctx, store.Ref{})
		return err
	}},
	{"Find", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Find(ctx, store.Query{})
		return err
	}},
	{"History", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.History(ctx, store.Ref{}, -1, 0)
		return err
	}},
	{"Commit", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Commit(ctx, one(put("", -1, thing{})))
		return err
	}},
	{"Commit of Reserved", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Commit(ctx, one(store.Reserved{}))
		return err
	}},
	{"Commit of a mute document", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Commit(ctx, one(store.Put{Record: store.Record{Ref: ref("plain", "mute"), Doc: mute{}}}))
		return err
	}},
	{"Outcome", func(ctx context.Context, s store.Store, _ string) error { _, err := s.Outcome(ctx, ""); return err }},
	{"Feed", func(ctx context.Context, s store.Store, _ string) error { _, err := s.Feed(ctx, "x", 0); return err }},
}

var errorRules = []Rule{
	{
		ID:       "commit/error-types",
		Sentence: "The errors of Commit are the types of the package, with the data that their fields name: a ConflictError, an OwnerError, an ExistsError, a KeyError, a ShortError, an InvalidError, an UnsupportedError.",
		Why:      "a program says which article changed, whose coupon it is and how many are left",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.CommitSet(s, keyed("used", "request"))
			row, journal, none := ref("row", "r"), ref("journal", "j"), ref("plain", "none")
			for what, c := range map[string]struct {
				set  store.ChangeSet
				want error
			}{
				"Put as new":         {one(put("r", 0, thing{})), &store.ConflictError{Ref: row, Want: 0, Have: 1}},
				"Put ahead":          {one(put("r", 5, thing{})), &store.ConflictError{Ref: row, Want: 5, Have: 1}},
				"Put of none":        {one(plain("none", 3, "x")), &store.ConflictError{Ref: none, Want: 3}},
				"Delete":             {one(del(row, 2)), &store.ConflictError{Ref: row, Want: 2, Have: 1}},
				"Delete of none":     {one(del(none, 1)), &store.ConflictError{Ref: none, Want: 1}},
				"Append":             {one(grow("j", 1, "x")), &store.ConflictError{Ref: journal, Want: 1, Have: 2}},
				"Append to none":     {one(grow("none", 4, "x")), &store.ConflictError{Ref: ref("journal", "none"), Want: 4}},
				"Append as new":      {one(grow("j", 0, "x")), &store.ConflictError{Ref: journal, Want: 0, Have: 2}},
				"requirement":        {needing(nil, require(journal, 7)), &store.ConflictError{Ref: journal, Want: 7, Have: 2}},
				"absence":            {needing(nil, require(row, 0)), &store.ConflictError{Ref: row, Want: 0, Have: 1}},
				"presence":           {needing(nil, require(none, 1)), &store.ConflictError{Ref: none, Want: 1}},
				"receipt":            {one(del(ref(store.Receipts, "none"), 1)), &store.ConflictError{Ref: ref(store.Receipts, "none"), Want: 1}},
				"Claim":              {one(take("e", "bob")), &store.ExistsError{Ref: ref("claim", "e")}},
				"Release":            {one(release("e", "bob")), &store.OwnerError{Ref: ref("claim", "e"), Owner: "bob"}},
				"Release of none":    {one(release("none", "ann")), &store.OwnerError{Ref: ref("claim", "none"), Owner: "ann"}},
				"Add":                {one(add("c", "available", -9, -3)), &store.ShortError{Ref: ref("counter", "c"), Field: "available", By: -9, Have: 5, Floor: -3}},
				"key":                {keyed("used", "another"), &store.KeyError{Key: "used"}},
				"Put among others":   {store.ChangeSet{Changes: []store.Change{plain("q", 0, "x"), put("r", 4, thing{}), take("f", "x")}}, &store.ConflictError{Ref: row, Want: 4, Have: 1}},
				"Claim among others": {store.ChangeSet{Changes: []store.Change{plain("q", 0, "x"), take("f", "x"), take("e", "x")}}, &store.ExistsError{Ref: ref("claim", "e")}},
			} {
				e.carries(what, e.Refused(s, what, c.set, errors.Unwrap(c.want)), c.want)
			}
			for what, set := range map[string]store.ChangeSet{
				"wrong form": one(add("c", "nothing", 1, 0)), "wrong key": one(put("", 0, thing{})), "wrong requirement": needing(nil, require(ref("claim", "e"), 1)),
				"a column beyond int64": one(steps("c", step("available", 1<<62, 0), step("available", 1<<62, 0))),
			} {
				err := e.Refused(s, what, set, store.ErrInvalid)
				if x, ok := errors.AsType[*store.InvalidError](err); !ok || x.What == "" || x.Reason == "" {
					e.Failf("%s: no InvalidError that says what and why in the chain of %v", what, err)
				}
			}
			err := e.Refused(s, "Reserved", one(store.Reserved{}), store.ErrUnsupported)
			if x, ok := errors.AsType[*store.UnsupportedError](err); !ok || x.What == "" || x.Reason == "" {
				e.Failf("Reserved: no UnsupportedError that says what and why in the chain of %v", err)
			}
		},
	},
	{
		ID:       "form/texts",
		Sentence: "Every text of a set is valid UTF-8 without NUL and not over its length, in changes of every kind; any other is ErrInvalid.",
		Why:      "one engine ends a text at its NUL, another keeps it: two keys, or one",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			kind := func(text string) store.Append {
				a := grow("new", 0, "x")
				a.Entries[0].Kind = text
				return a
			}
			for what, text := range inOrder(badTexts(store.MaxKey)) {
				for where, set := range inOrder(map[string]store.ChangeSet{
					"the set's key": {Key: text}, "the result": {Result: text}, "a required key": needing(nil, require(ref("row", text), 0)),
					"a Put's key": one(put(text, 0, thing{})), "a text": one(put("new", 0, thing{Txt: text})), "a member": one(put("new", 0, thing{Tags: []string{"red", text}})),
					"a personal key": one(letter("ann/"+text, 0, "x")), "a person": one(letter(text+"/1", 0, "x")), "a Delete's key": one(del(ref("row", text), 1)),
					"a receipt": one(del(ref(store.Receipts, text), 1)), "an Append's key": one(grow(text, 0, "x")), "an entry's kind": one(kind(text)),
					"an Add's key": one(add(text, "available", 1, 0)), "a column": one(add("c", text, 1, 0)), "a Claim's key": one(take(text, "ann")), "an owner": one(take("new", text)),
					"a Release's key": one(release(text, "ann")), "a releaser": one(release("e", text)), "an erased person": one(store.Erase{Person: text}),
				}) {
					set.Changes = append([]store.Change{plain("fine", 0, "x")}, set.Changes...)
					_, err := s.Commit(e.Ctx, set)
					e.Is(what+" in "+where, err, store.ErrInvalid)
				}
			}
			e.Equal("the store after sets that were wrong in form", e.Get(s, append(slices.Clone(everyRef), ref("plain", "fine"))...), append(slices.Clone(everySeen), Seen{Ref: "plain/fine"}))
		},
	},
	{
		ID:       "form/too-long",
		Sentence: "A document or a payload of more than MaxDocument bytes is ErrInvalid.",
		Why:      "what one engine takes and another cuts short is found too late",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			long := strings.Repeat("x", store.MaxDocument+1)
			state, payload := grow("new", 0, "x"), grow("j", 2, "x", "y")
			state.Doc, payload.Entries[1].Payload = store.Raw(long), []byte(long)
			for what, c := range map[string]store.Change{"a new row": plain("new", 0, long), "a row": plain("p", 1, long), "a letter": letter("ann/9", 0, long), "a state": state, "a payload": payload} {
				_, err := s.Commit(e.Ctx, store.ChangeSet{Key: "key", Changes: []store.Change{plain("fine", 0, "x"), c}})
				e.Is(what+" that is too long", err, store.ErrInvalid)
			}
			refs, want := slices.Clone(everyRef), slices.Clone(everySeen)
			for _, r := range []store.Ref{ref("plain", "fine"), ref("plain", "new"), ref("letter", "ann/9"), ref("journal", "new"), ref(store.Receipts, "key")} {
				refs, want = append(refs, r), append(want, Seen{Ref: r.String()})
			}
			e.Equal("the store after sets that were refused", e.Get(s, refs...), want)
			e.CommitSet(s, keyed("key", "x"))
			_, err := s.Commit(e.Ctx, keyed("key", "x", plain("new", 0, long)))
			e.Is("a document that is too long, with a key that has a receipt", err, store.ErrInvalid)
		},
	},
	{
		ID:       "form/mute",
		Sentence: "A set of which a Doc cannot write itself down is ErrInvalid; a store that keeps values, and so writes nothing, may take it, and gives the value back.",
		Why:      "half a document must not become an order",
		Check: func(e *Env) {
			state := grow("mute", 0, "x")
			state.Doc = mute{}
			for i, of := range []store.Change{store.Put{Record: store.Record{Ref: ref("plain", "mute"), Doc: mute{}}}, state} {
				s := e.Fresh()
				e.oneOfEach(s)
				before := e.Dump(s)
				changes := []store.Change{plain("fine", 0, "x"), of}
				if i > 0 {
					slices.Reverse(changes)
				}
				_, err := s.Commit(e.Ctx, store.ChangeSet{Key: "key", Changes: changes})
				if err != nil {
					e.Is("Commit of a mute document", err, store.ErrInvalid)
					e.Is("what the document says, in the chain", err, errMute)
					e.Equal("the store after the refused set", e.Dump(s), before)
					continue
				}
				records, err := s.Get(e.Ctx, [...]store.Ref{ref("plain", "mute"), state.Ref}[i])
				e.Must("Get", err)
				if records[0].Doc == nil {
					e.Stopf("a mute document was taken and is not there")
				}
				_, err = records[0].Doc.AppendStored(nil)
				e.Is("a mute document that was taken", err, errMute)
			}
		},
	},
	{
		ID:       "form/order",
		Sentence: "A context that is done ends a call with its error; then comes ErrClosed, then that Prepare has not been called, then what is wrong in form.",
		Why:      "a program that ends must not be told that its requests were wrong",
		Check: func(e *Env) {
			done, cancel := context.WithCancel(e.Ctx)
			cancel()
			prepared, unprepared := e.Fresh(), e.Open(e.Place())
			e.oneOfEach(prepared)
			e.CommitSet(prepared, keyed("known", "x"))
			wrong := append(slices.Clone(wrongCalls), call{"Prepare", func(ctx context.Context, s store.Store, _ string) error { return s.Prepare(ctx, store.Schema{}) }})
			for _, c := range wrong {
				e.Is(c.name+" under a context that is done", c.do(done, prepared, ""), context.Canceled)
				e.Is(c.name+" under a context that is done, not prepared", c.do(done, unprepared, ""), context.Canceled)
				e.Is(c.name+", not prepared", c.do(e.Ctx, unprepared, ""), store.ErrInvalid)
			}
			e.Must("Close", prepared.Close())
			e.Must("Close", unprepared.Close())
			known := call{"Commit with a key that has a receipt", func(ctx context.Context, s store.Store, _ string) error {
				_, err := s.Commit(ctx, keyed("known", "x"))
				return err
			}}
			for _, c := range slices.Concat(wrong, calls, []call{known}) {
				for what, s := range map[string]store.Store{"closed": prepared, "closed, never prepared": unprepared} {
					e.Is(fmt.Sprintf("%s, %s", c.name, what), c.do(e.Ctx, s, "key"), store.ErrClosed)
					e.Is(fmt.Sprintf("%s, %s, under a context that is done", c.name, what), c.do(done, s, "key"), context.Canceled)
				}
			}
		},
	},
}
