package till

import (
	"fmt"
	"slices"
	"strings"
)

// Zone is a part of the world, for taxes and shipping: the destinations that meet
// everything that it names. The zero Zone is the whole world, the destinations that are
// not known included. Rules name a zone that was recorded before them; while it is not in
// force, they hold nowhere.
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
	switch code {
	case "":
		return invalid("country", "it is empty: a zone of all countries names none")
	case "UK", "EU", "EL": // which people write, and which are no countries of ISO 3166-1
		return invalid("country", "%q is no country of ISO 3166-1: write \"GB\", \"GR\", or each member state", code)
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
	return ok && len(country) == 2 && consists(country, isUpper) && len(part) >= 1 && len(part) <= 3 &&
		consists(part, func(c byte) bool { return isUpper(c) || isDigit(c) })
}

func (z Zone) canonical() Rule {
	return Zone{bare(z.Countries), bare(z.Regions), bare(z.Postcodes), bare(z.Except)}
}

func (z Zone) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.zones, &z)
}

// Has reports whether a destination lies in the zone: by country, region and postcode. What
// is not known of it is none of those that the zone names, of Except neither: an unknown
// postcode is in a zone that only excepts some. A region may leave the country out, "QC" for
// "CA-QC". Of postcodes the letters and digits count, in either case; of nine digits in the
// US the first five.
func (z Zone) Has(to Address) bool {
	if len(z.Countries) > 0 && !slices.Contains(z.Countries, to.Country) || len(z.Regions) > 0 && !slices.Contains(z.Regions, to.regionCode()) {
		return false
	}
	if len(z.Postcodes) == 0 && len(z.Except) == 0 {
		return true
	}
	code := postal(to.Postcode)
	if to.Country == "US" && len(code) == len("941031234") {
		code = code[:len("94103")] // ZIP+4: a part of the area that the first five name
	}
	return (len(z.Postcodes) == 0 || matchesAny(z.Postcodes, code)) && !matchesAny(z.Except, code)
}

// regionCode gives the region as a code of ISO 3166-2, which may be written without the
// country and in small letters; "" if it is other words, or of another country.
func (a Address) regionCode() string {
	if a.Region == "" {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, a.Region)
	if !strings.Contains(code, "-") {
		code = a.Country + "-" + code
	}
	if !isRegion(code) || !strings.HasPrefix(code, a.Country) {
		return ""
	}
	return code
}

// unknown names what of a destination has to be known, because a zone that could have it
// depends on it: its region or its postcode; "" if it is enough.
func (t Terms) unknown(to Address, at Instant) string {
	if to.Country == "" {
		return ""
	}
	postcode := false
	for _, z := range t.zones.on(at) {
		if len(z.Countries) > 0 && !slices.Contains(z.Countries, to.Country) {
			continue
		}
		if of := func(code string) bool { return strings.HasPrefix(code, to.Country+"-") }; len(z.Regions) > 0 {
			if !slices.ContainsFunc(z.Regions, of) {
				continue
			}
			if to.Region == "" {
				return "region"
			}
			if !slices.Contains(z.Regions, to.Region) {
				continue
			}
		} else if len(z.Countries) == 0 {
			continue // postcodes of everywhere say nothing of a country that has none
		}
		postcode = postcode || len(z.Postcodes) > 0 && postal(to.Postcode) == ""
	}
	if postcode {
		return "postcode"
	}
	return ""
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

// postal gives the letters and digits of a postcode, in capitals: what stands between
// them people write differently.
func postal(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			return r
		}
		return -1
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
	if to.Country != "" {
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
