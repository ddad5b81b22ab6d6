package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settings are what the program is asked to do.
type settings struct {
	works   []string
	callers []int
	levels  []syncLevel
	sizes   []int
	rounds  int
	slice   time.Duration
	dir     string
	charts  string
	profile string
	replay  string
	people  population
}

// parseSettings reads the command line.
func parseSettings(args []string, stderr io.Writer) (settings, error) {
	is := settings{people: population{readers: 320, adders: 320, customers: 20, orders: 50}}
	var names, callers, levels, sizes string
	var quick bool
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&names, "works", "", "`NAMES` of works and parts, with commas between: commit,checkout,add,cart,page,price,orders,growth,beside,memory,totals; all unless given; none with \"none\"")
	flags.StringVar(&callers, "callers", "1,16,64", "`NUMBERS` of callers at once")
	flags.StringVar(&levels, "sync", "full,normal", "`LEVELS` of flushing: full, normal")
	flags.StringVar(&sizes, "sizes", "1000,10000,100000", "`NUMBERS` of products, from the least; the works are done with the first")
	flags.IntVar(&is.rounds, "rounds", 9, "rounds of each figure")
	flags.DurationVar(&is.slice, "slice", 250*time.Millisecond, "how long a contender works in a round")
	flags.StringVar(&is.dir, "dir", os.TempDir(), "`DIRECTORY` on a disk, in which a temporary one is made")
	flags.StringVar(&is.charts, "charts", "", "write charts into `DIRECTORY`")
	flags.StringVar(&is.profile, "profile", "", "write CPU profiles into `DIRECTORY`")
	flags.StringVar(&is.replay, "replay", "", "replay the trade in `FILE` as well, as examples/replay does")
	flags.BoolVar(&quick, "quick", false, "see whether it works: few short rounds and people, 1,000 products, 1 and 16 callers; flags that are given hold")
	if err := flags.Parse(args); err != nil {
		return is, err
	}
	if flags.NArg() > 0 {
		return is, fmt.Errorf("%.80q is one argument too many", flags.Arg(0))
	}
	if quick {
		is.people = population{readers: 64, adders: 64, customers: 4, orders: 25}
		given := make(map[string]bool)
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		for name, value := range map[string]string{"callers": "1,16", "sizes": "1000", "rounds": "3", "slice": "50ms"} {
			if !given[name] {
				if err := flags.Set(name, value); err != nil {
					return is, err
				}
			}
		}
	}
	var err error
	if is.works, err = parseWorks(names); err != nil {
		return is, err
	}
	if is.callers, err = numbers("callers", callers, 1, 1024); err != nil {
		return is, err
	}
	if is.sizes, err = numbers("sizes", sizes, 100, 1_000_000); err != nil {
		return is, err
	}
	if !slices.IsSorted(is.sizes) {
		return is, fmt.Errorf("-sizes %s: begin with the least", sizes)
	}
	for _, name := range strings.Split(levels, ",") {
		level := syncLevel(strings.ToUpper(name))
		if level != full && level != normal {
			return is, fmt.Errorf("-sync %q: there are full and normal", name)
		}
		is.levels = append(is.levels, level)
	}
	if is.rounds < 1 || is.slice < 10*time.Millisecond || is.slice > time.Minute {
		return is, errors.New("there is at least 1 round, and a slice takes 10 ms to 1 minute")
	}
	for _, dir := range []string{is.charts, is.profile} {
		if dir != "" {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return is, err
			}
		}
	}
	return is, nil
}

// numbers reads whole numbers with commas between.
func numbers(name, text string, least, most int) ([]int, error) {
	var all []int
	for _, one := range strings.Split(text, ",") {
		n, err := strconv.Atoi(one)
		if err != nil || n < least || n > most {
			return nil, fmt.Errorf("-%s %q: give numbers from %d to %d with commas between", name, one, least, most)
		}
		all = append(all, n)
	}
	return all, nil
}

func (s settings) wants(part string) bool { return slices.Contains(s.works, part) }
