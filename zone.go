package till

import (
	"fmt"
	"slices"
	"strings"
)

// Zone is a part of the world, for taxes and shipping: the destinations that meet
// everything that it names. The zero Zone is the whole world, the destinations that are
// not known included.
type Zone struct {
	Countries []string `json:"countries,omitempty"` // ISO 3166-1 alpha-2: "CA"; none: all
	Regions   []string `json:"regions,omitempty"`   // ISO 3166-2: "CA-QC"; none: all
	Postcodes []string `json:"postcodes,omitempty"` // patterns: "1010", "SW1*", "1000..1999"; none: all; see [Zone.Has]
	Except    []string `json:"except,omitempty"`    // patterns of postcodes that are not in it
}

// maxPlaces bounds each list of a Zone.
const maxPlaces = 2000

func (z Zone) word() string { return "zone" }

func (z Zone) check(string) error {
	for _, l := range []struct {
		path  string
		codes []string
		check func(string) error
	}{{"countries", z.Countries, checkCountry}, {"regions", z.Regions, checkRegion}} {
		if len(l.codes) > maxPlaces {
			return invalid(l.path, "there are %d, at most %d are possible", len(l.codes), maxPlaces)
		}
		for i, code := range l.codes {
			if err := within(fmt.Sprintf("%s[%d]", l.path, i), l.check(code)); err != nil {
				return err
			}
		}
	}
	if len(z.Postcodes) > maxPlaces || len(z.Except) > maxPlaces {
		return invalid("postcodes", "there are %d and %d, at most %d are possible", len(z.Postcodes), len(z.Except), maxPlaces)
	}
	if err := checkPatterns("postcodes", z.Postcodes); err != nil {
		return err
	}
	return checkPatterns("except", z.Except)
}

func checkCountry(code string) error {
	if code == "" {
		return invalid("country", "it is empty: a zone of all countries names none")
	}
	return Address{Country: code}.check()
}

func checkRegion(code string) error {
	if !isRegion(code) {
		return invalid("region", "%.40q is no code as in ISO 3166-2: write \"CA-QC\"", code)
	}
	return nil
}

// isRegion reports whether a text has the form of ISO 3166-2.
func isRegion(code string) bool {
	country, part, ok := strings.Cut(code, "-")
	return ok && len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" &&
		len(part) >= 1 && len(part) <= 3 && strings.Trim(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func (z Zone) canonical() Rule {
	return Zone{bare(z.Countries), bare(z.Regions), bare(z.Postcodes), bare(z.Except)}
}

func (z Zone) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.zones, &z)
}

// Has reports whether a destination lies in the zone: by country, region and postcode. What
// is not known of it is none of those that the zone names, of Except neither: an unknown
// postcode is in a zone that only excepts some. Case, spaces and hyphens of postcodes do
// not count.
func (z Zone) Has(to Address) bool {
	if len(z.Countries) > 0 && !slices.Contains(z.Countries, to.Country) || len(z.Regions) > 0 && !slices.Contains(z.Regions, to.Region) {
		return false
	}
	if len(z.Postcodes) == 0 && len(z.Except) == 0 {
		return true
	}
	code := postal(to.Postcode)
	return (len(z.Postcodes) == 0 || matchesAny(z.Postcodes, code)) && !matchesAny(z.Except, code)
}

// matchesAny reports whether a postcode matches one of the patterns.
func matchesAny(patterns []string, code string) bool {
	return code != "" && slices.ContainsFunc(patterns, func(p string) bool {
		if from, to, span := strings.Cut(p, ".."); span {
			from, to = postal(from), postal(to)
			return len(code) == len(from) && from <= code && code <= to
		}
		if prefix, open := strings.CutSuffix(p, "*"); open {
			return strings.HasPrefix(code, postal(prefix))
		}
		return code == postal(p)
	})
}

// postal gives a postcode without what people write differently: spaces, hyphens, case.
func postal(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, code)
}

// Home is where the shop is at home: the destination that is counted with as long as
// the buyer's is not known; a customer's is known by the account's address. The terms have one, named "home".
type Home struct {
	Country  string `json:"country"`            // ISO 3166-1 alpha-2: "GB"
	Region   string `json:"region,omitempty"`   // ISO 3166-2: "GB-LND"
	Postcode string `json:"postcode,omitempty"` // as people write it: "SW1A 1AA"
}

func (h Home) word() string { return "home" }

func (h Home) check(name string) error {
	if name != "home" {
		return invalid("name", "%q: there is one, named \"home\"", name)
	}
	if h.Country == "" {
		return invalid("country", "none was given")
	}
	if h.Region != "" {
		if err := checkRegion(h.Region); err != nil {
			return err
		}
	}
	return h.address().check()
}

func (h Home) canonical() Rule { return h }

func (h Home) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.homes, &h)
}

func (h Home) address() Address {
	return Address{Country: h.Country, Region: h.Region, Postcode: h.Postcode}
}

// destination gives where a cart goes to, as far as it is known.
func (t Terms) destination(to Address, at Instant) Address {
	if to != (Address{}) {
		return to
	}
	home, _ := t.homes.at("home", at)
	return home.address()
}

// contains reports whether a destination lies in a zone that holds at an instant; ""
// is the whole world.
func (t Terms) contains(zone string, to Address, at Instant) bool {
	if zone == "" {
		return true
	}
	z, ok := t.zones.at(zone, at)
	return ok && z.Has(to)
}
