package storetest

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// sequence is sets in the order in which they are committed.
type sequence []store.ChangeSet

// GoString gives the sets as a person reads them, a line each.
func (s sequence) GoString() string {
	var b strings.Builder
	for i, set := range s {
		fmt.Fprintf(&b, "\n  set %d: %s", i+1, setText(set))
	}
	return b.String()
}

// setText gives a set in one line: its key, what it requires, its changes.
func setText(set store.ChangeSet) string {
	var parts []string
	if set.Key != "" || set.Result != "" || set.At != 0 || set.Fingerprint[0] != 0 {
		parts = append(parts, fmt.Sprintf("key %q result %q fingerprint %d at %d", set.Key, set.Result, set.Fingerprint[0], set.At))
	}
	for _, r := range set.Requires {
		parts = append(parts, fmt.Sprintf("require %s at %d", short(r.Ref.String()), r.Rev))
	}
	for _, c := range set.Changes {
		parts = append(parts, changeText(c))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

func changeText(change store.Change) string {
	name := short(refOf(change).String())
	switch c := change.(type) {
	case store.Put:
		return fmt.Sprintf("Put %s at %d %s", name, c.Rev, recordText(c.Record))
	case store.Delete:
		return fmt.Sprintf("Delete %s at %d", name, c.Rev)
	case store.Append:
		text := fmt.Sprintf("Append %s at %d %s", name, c.Rev, recordText(c.Record))
		for _, e := range c.Entries {
			text += fmt.Sprintf(" %d=%q", e.N, e.Payload)
		}
		return text
	case store.Add:
		text := "Add " + name
		for _, s := range c.Steps {
			text += fmt.Sprintf(" %s%+d", s.Field, s.By)
			if s.Floor != math.MinInt64 {
				text += "≥" + strconv.FormatInt(s.Floor, 10)
			}
		}
		return text
	case store.Claim:
		return fmt.Sprintf("Claim %s for %s", name, short(c.Owner))
	case store.Release:
		return fmt.Sprintf("Release %s of %s", name, short(c.Owner))
	case store.Erase:
		return "Erase " + short(c.Person)
	}
	return fmt.Sprintf("%T", change)
}

// recordText gives a document, and how many index values there are if not as many as
// the family has.
func recordText(r store.Record) string {
	text := "no document"
	switch d := r.Doc.(type) {
	case thing:
		text = thingText(d)
	case store.Raw:
		text = strconv.Quote(short(string(d)))
	}
	if have, want := len(r.Index), fieldCounts[r.Family]; have != want {
		text += fmt.Sprintf(" with %d index values of %d", have, want)
	}
	return text
}

// thingText names the fields of a thing that are not empty.
func thingText(t thing) string {
	var parts []string
	say := func(name string, v any, zero bool) {
		if !zero {
			parts = append(parts, fmt.Sprintf("%s:%v", name, v))
		}
	}
	say("num", t.Num, t.Num == 0)
	say("rank", t.Rank, t.Rank == 0)
	say("txt", strconv.Quote(short(t.Txt)), t.Txt == "")
	say("state", t.State, t.State == "")
	say("tags", t.Tags, len(t.Tags) == 0)
	say("text", strconv.Quote(t.Text), t.Text == "")
	return "{" + strings.Join(parts, " ") + "}"
}

// short cuts what is long and would be read by nobody.
func short(s string) string {
	if len(s) <= 40 {
		return s
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(s[:30], ""), len(s))
}
