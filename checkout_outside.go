package till

import (
	"context"
	"fmt"
)

// Service answers what a quote cannot compute: taxes, or what shipping costs. It is asked
// each time a cart is quoted whose destination is handed to it, and again at the checkout,
// with no transaction open; what it says then is what the order copies, and if the buyer
// saw another figure the checkout is a [DriftError]. It may be called from many goroutines.
// An error of it is the error of the call, and changes nothing. Its answer's Need may stay
// empty; a Key of another question is refused, so that no answer is taken for a wrong one.
type Service interface {
	Answer(ctx context.Context, n Need) (Answer, error)
}

// mostAnswers is how many questions a quote can have: of shipping, and then of taxes.
const mostAnswers = 2

// ask gets the answers that a quote needs.
func (s *Shop) ask(ctx context.Context, c Cart, sh shelf, at Instant) (Terms, error) {
	terms := sh.terms
	if len(terms.outside) == 0 {
		return terms, nil
	}
	for range mostAnswers {
		needs, err := c.Needs(sh.catalog, terms, at)
		if err != nil || len(needs) == 0 {
			return terms, err
		}
		for _, n := range needs {
			service := s.opts.Services[n.Service]
			if service == nil {
				return terms, invalid("options.services", "a rule hands the %s to %q, and there is no service of this name", n.Kind, n.Service)
			}
			answer, err := service.Answer(ctx, n)
			if err != nil {
				return terms, fmt.Errorf("till: service %s: %w", n.Service, err)
			}
			if answer.Need != "" && answer.Need != n.Key {
				return terms, invalid("answer.need", "service %s answers %.80q, it was asked %q: give the Key of the Need, or none", n.Service, answer.Need, n.Key)
			}
			answer.Need = n.Key
			terms = terms.Answered(answer)
		}
	}
	return terms, nil
}
