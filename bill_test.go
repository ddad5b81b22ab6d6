package till

import "testing"

func TestFullQuote(t *testing.T) {
	q := fullQuote()
	checkTree(t, q)
	golden(t, "quote/full.txt", q.Explain())
	golden(t, "quote/full.json", indent(t, q))
	wantError(t, q.Err(), nil)
	wantError(t, fullOrder().Verify(), nil)
}
