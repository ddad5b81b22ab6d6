package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// CheckQuery refuses a query that no list declares or that is wrong in form,
// with [ErrInvalid], and gives the family and the list of one that is fit. The
// cursor is left to [Query.Position].
func (l *Layout) CheckQuery(q Query) (*FamilyLayout, List, error) {
	f := l.families[q.Family]
	if f == nil {
		return nil, List{}, invalid("query", "the schema has no family %q", q.Family)
	}
	list, ok := f.lists[q.List]
	if !ok {
		return nil, List{}, invalid("query", "family %q has no list %q", q.Family, q.List)
	}
	for _, check := range []func(Query, *FamilyLayout, List) error{checkEqual, checkBounds, checkWhere, checkMatch} {
		if err := check(q, f, list); err != nil {
			return nil, List{}, err
		}
	}
	return f, list, CheckLimit(q.Limit)
}

func checkEqual(q Query, f *FamilyLayout, list List) error {
	if len(q.Equal) != len(list.Equal) {
		return invalid("query.equal", "list %q fixes %d fields, the query gives %d values", q.List, len(list.Equal), len(q.Equal))
	}
	for i, v := range q.Equal {
		what := fmt.Sprintf("query.equal[%d]", i)
		want := f.Fields[f.Field(list.Equal[i])].Type
		if want == Many {
			want = Text // one member is asked for
		}
		if v.typ != want {
			return invalid(what, "field %q is asked for with %s, the value is %s", list.Equal[i], want, v.typ)
		}
		if err := checkValue(what, v); err != nil {
			return err
		}
	}
	return nil
}

func checkBounds(q Query, f *FamilyLayout, list List) error {
	want := Text // the key
	if list.Sort != "" {
		want = f.Fields[f.Field(list.Sort)].Type
	}
	for i, bound := range []*Value{q.From, q.To} {
		if bound == nil {
			continue
		}
		what := []string{"query.from", "query.to"}[i]
		if list.Match {
			return invalid(what, "list %q is by words and has no bounds", q.List)
		}
		if bound.typ != want {
			return invalid(what, "list %q is sorted by %s, the bound is %s", q.List, want, bound.typ)
		}
		if err := checkValue(what, *bound); err != nil {
			return err
		}
	}
	return nil
}

func checkWhere(q Query, f *FamilyLayout, list List) error {
	if len(q.Where) > MaxFields {
		return invalid("query.where", "it has %d conditions, at most %d are possible", len(q.Where), MaxFields)
	}
	for i, c := range q.Where {
		what := fmt.Sprintf("query.where[%d]", i)
		if !slices.Contains(list.Where, c.Field) {
			return invalid(what, "list %q takes no condition on %q", q.List, c.Field)
		}
		if c.Op < Equal || c.Op > AtLeast {
			return invalid(what, "the comparison is not known")
		}
		if want := f.Fields[f.Field(c.Field)].Type; c.Value.typ != want {
			return invalid(what, "field %q is %s, the value is %s", c.Field, want, c.Value.typ)
		}
		if err := checkValue(what, c.Value); err != nil {
			return err
		}
	}
	return nil
}

// leastPrefix is how many letters stand before the "*" of a prefix: shorter ones
// are slow in every engine.
const leastPrefix = 3

func checkMatch(q Query, _ *FamilyLayout, list List) error {
	if !list.Match {
		if len(q.Match) > 0 {
			return invalid("query.match", "list %q is not by words", q.List)
		}
		return nil
	}
	if q.Desc {
		return invalid("query.desc", "list %q is by words and has the store's own order", q.List)
	}
	if len(q.Match) == 0 || len(q.Match) > MaxFields {
		return invalid("query.match", "there are %d words: 1 to %d are possible", len(q.Match), MaxFields)
	}
	for i, w := range q.Match {
		what := fmt.Sprintf("query.match[%d]", i)
		if prefix, ok := strings.CutSuffix(w, "*"); ok && i == len(q.Match)-1 {
			if utf8.RuneCountInString(prefix) < leastPrefix {
				return invalid(what, "%q: a prefix has %d letters or more before the *", w, leastPrefix)
			}
			w = prefix
		}
		if !isWord(w) {
			return invalid(what, "%q is no word as Split makes them", w)
		}
	}
	return nil
}
