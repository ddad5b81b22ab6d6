package till

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"github.com/tillkit/till/money"
)

// Confirmation is what a buyer is told of an order: a pure value of the order and of
// the contact it was made with. The same order and contact give the same bytes, for
// ever. Its fields are there for templates of the host's own.
type Confirmation struct {
	Number   string
	Status   OrderStatus
	Placed   Instant
	Payable  Payable
	Contact  Contact  // zero once the person is erased
	Billing  []string // lines of the address; none if none is known
	Shipping []string
	Lines    []ConfirmedLine
	Sums     []ConfirmedSum // what stands between the lines and the total: none where the lines are all
	Reasons  Reason
	Total    money.Amount
	Included []ConfirmedSum // the taxes that the total contains
}

// ConfirmedSum is a figure of the whole order as it is printed: the sum of the lines, a
// discount, the shipping, a tax, rounding.
type ConfirmedSum struct {
	Label  string
	Amount money.Amount
}

// ConfirmedLine is a line as it is printed.
type ConfirmedLine struct {
	Line
	Label  string // name and options: "Blue mug (Size: L)"
	Figure string // "2 x 9.50 GBP"
	Note   string // the buyer's
}

// Confirmation makes the order's confirmation; its words beside the shop's own are
// English. contact is the record that
// [Order.Contact] names, or the zero Contact once it is erased.
func (o Order) Confirmation(contact Contact) Confirmation {
	contact = contact.clone()
	c := Confirmation{
		Number: o.is.Number, Status: o.status, Placed: o.placed, Payable: o.payable, Contact: contact,
		Billing: contact.postal(contact.Billing), Shipping: contact.postal(contact.ShipTo()),
		Reasons: o.Reasons(), Total: o.is.Total,
	}
	sums, beside := c.Reasons.Parts, c.Reasons.Within
	if len(sums) > 0 && sums[0].Kind == ItemsReason {
		for _, r := range sums {
			c.Sums = append(c.Sums, ConfirmedSum{r.Label, r.Amount})
		}
	}
	for _, r := range beside {
		c.Included = append(c.Included, ConfirmedSum{"includes " + r.Label, r.Amount})
	}
	for _, l := range o.Lines() {
		c.Lines = append(c.Lines, ConfirmedLine{Line: l, Label: l.label(), Figure: l.figure(), Note: contact.Notes[l.N]})
	}
	return c
}

// postal gives an address with the contact's name where it has none of its own.
func (c Contact) postal(a Address) []string {
	if a == (Address{}) {
		return nil
	}
	if a.Name == "" {
		a.Name = c.Name
	}
	lines := a.lines()
	for i, l := range lines {
		lines[i] = oneLine(l)
	}
	return lines
}

// When gives the instant of placing as it is printed: to the minute, in UTC.
func (c Confirmation) When() string {
	if c.Placed == 0 {
		return ""
	}
	return c.Placed.Time().Format("2006-01-02 15:04 UTC")
}

// String gives the text.
func (c Confirmation) String() string { return c.Text() }

// Text renders the confirmation as plain text. Words are not wrapped, however long.
func (c Confirmation) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Order %s", c.Number)
	if c.Placed != 0 {
		fmt.Fprintf(&b, ", placed %s", c.When())
	}
	b.WriteString("\n\n")
	for _, l := range c.Lines {
		fmt.Fprintf(&b, "%3d. %s  [%s]\n", l.N, oneLine(l.Label), oneLine(string(l.SKU)))
		if l.Note != "" {
			fmt.Fprintf(&b, "     Note: %s\n", oneLine(l.Note))
		}
		fmt.Fprintf(&b, "     %-50s %18s\n", l.Figure, l.Subtotal)
	}
	b.WriteString("\n")
	for _, s := range c.Sums {
		fmt.Fprintf(&b, "     %-50s %18s\n", oneLine(s.Label), s.Amount)
	}
	fmt.Fprintf(&b, "     %-50s %18s\n", "Total", c.Total)
	for _, s := range c.Included {
		fmt.Fprintf(&b, "     %-50s %18s\n", oneLine(s.Label), s.Amount)
	}
	if c.Payable == ByInvoice {
		b.WriteString("\nPayable by invoice.\n")
	}
	c.address(&b, "Bill to", c.Billing)
	c.address(&b, "Ship to", c.Shipping)
	if c.Contact.Email != "" {
		fmt.Fprintf(&b, "\nConfirmation to %s\n", oneLine(c.Contact.Email))
	}
	return b.String()
}

func (c Confirmation) address(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, l := range lines {
		fmt.Fprintf(b, "     %s\n", l)
	}
}

// oneLine keeps what somebody typed from looking like lines of ours: no line breaks,
// no control characters, none that turn the direction of what follows.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}

// HTML renders the confirmation as a fragment of HTML. Every word of the buyer's and
// of the catalog's is escaped: none can bring markup with it.
func (c Confirmation) HTML() (string, error) { return c.Render(confirmationHTML) }

// Template is a template of text/template or html/template.
type Template interface {
	Execute(w io.Writer, data any) error
}

// Render renders the confirmation by a template of the host's, whose data it is. Use
// html/template for HTML: it escapes, text/template does not.
func (c Confirmation) Render(t Template) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, c); err != nil {
		return "", fmt.Errorf("till: confirmation of order %s: %w", c.Number, err)
	}
	return b.String(), nil
}

var confirmationHTML = template.Must(template.New("confirmation").Funcs(template.FuncMap{"oneLine": oneLine}).Parse(`<article class="order">
<h1>Order {{.Number}}</h1>
{{- if .Placed}}
<p>Placed {{.When}}</p>
{{- end}}
<table>
<thead><tr><th>Article</th><th>Price</th><th>Amount</th></tr></thead>
<tbody>
{{- range .Lines}}
<tr><td>{{oneLine .Label}} <small>{{print .SKU | oneLine}}</small>{{if .Note}}<br><em>{{oneLine .Note}}</em>{{end}}</td><td>{{.Figure}}</td><td>{{.Subtotal}}</td></tr>
{{- end}}
</tbody>
<tfoot>
{{- range .Sums}}<tr><td colspan="2">{{oneLine .Label}}</td><td>{{.Amount}}</td></tr>
{{end}}<tr><th colspan="2">Total</th><td>{{.Total}}</td></tr>
{{- range .Included}}
<tr><td colspan="2">{{oneLine .Label}}</td><td>{{.Amount}}</td></tr>
{{- end}}</tfoot>
</table>
{{- if eq .Payable "invoice"}}
<p>Payable by invoice.</p>
{{- end}}
{{- with .Billing}}
<h2>Bill to</h2>
<address>{{range $i, $l := .}}{{if $i}}<br>{{end}}{{$l}}{{end}}</address>
{{- end}}
{{- with .Shipping}}
<h2>Ship to</h2>
<address>{{range $i, $l := .}}{{if $i}}<br>{{end}}{{$l}}{{end}}</address>
{{- end}}
</article>
`))
