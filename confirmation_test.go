package till

import (
	"errors"
	"html/template"
	"io"
	"strings"
	"testing"
	texttemplate "text/template"
)

func TestConfirmation(t *testing.T) {
	o := smallOrder()
	opened := must3(OpenOrder(on(12), opening(), must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(smallShop(), Terms{}, jan(11)))))
	for name, c := range map[string]Confirmation{
		"full":   o.Confirmation(buyer()),
		"erased": o.Confirmation(Contact{}),
		"opened": opened.Confirmation(Contact{Name: "Ada Byron", Email: "ada@example.com", Billing: Address{City: "London"}}),
	} {
		golden(t, "confirmation/"+name+".txt", c.Text())
		golden(t, "confirmation/"+name+".html", must(c.HTML()))
		if c.String() != c.Text() {
			t.Errorf("%s: String is not Text", name)
		}
	}
	full, erased := o.Confirmation(buyer()), o.Confirmation(Contact{})
	for _, word := range []string{"Ada", "Byron", "Babbage", "Dorset", "wrap", "Example.com", "London", "7946"} {
		if strings.Contains(erased.Text()+must(erased.HTML())+stateText(erased), word) {
			t.Errorf("%q is in the confirmation of an erased person", word)
		}
	}
	if full.Total != erased.Total || full.Number != erased.Number || len(full.Lines) != len(erased.Lines) || erased.Billing != nil || erased.Shipping != nil {
		t.Error("erasing took more than words, or less")
	}
}

// hostile puts a text at every place where somebody's words can stand.
func hostile(word string) Confirmation {
	shop := must(NewCatalog([]Product{product(1, "mug", "MUG")}, []Prices{priced("MUG", "9.50")}))
	o := must3(OpenOrder(on(12), opening(), must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(shop, Terms{}, jan(11)))))
	o.is.Lines = o.Lines() // past all checks: as from a store that somebody has written to
	o.is.Lines[0].Name, o.is.Lines[0].SKU, o.is.Lines[0].Options = word, SKU(word), []Choice{{word, word}}
	a := Address{Name: word, Company: word, Street: word, Street2: word, City: word, Region: word, Postcode: word, Country: word}
	return o.Confirmation(Contact{Name: word, Email: word, Phone: word, Billing: a, Shipping: a, Notes: map[int]string{1: word}})
}

// What people type cannot become markup, a template's action, or lines of ours.
func TestConfirmationHostile(t *testing.T) {
	for _, word := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</td></table>`, `&lt;b&gt;`, `{{.}}`, `{{.Contact.Email}}`, `${7*7}`, `%s%n`, "`'\"",
		"Bob\n\nTotal                    0.00 GBP", "Bob\r\nBcc: x@y.z", "a\u2028b\u2029c\u0085d\vd\fe", "a\u202egpj.exe\u202c", "\u2066a\u2067b\u2068c\u2069", "\u200f\u061c", "\x1b[2J\x1b[31mred", "a\bb\x7f", "a\x00b",
		"javascript:alert(1)", "--></style></script>",
	} {
		plain, c := hostile("x"), hostile(word)
		text, html := c.Text(), must(c.HTML())
		if got, want := strings.Count(text, "\n"), strings.Count(plain.Text(), "\n"); got != want {
			t.Errorf("%q makes %d lines of text, want %d:\n%s", word, got, want, text)
		}
		if got, want := strings.Count(html, "<"), strings.Count(must(plain.HTML()), "<"); got != want {
			t.Errorf("%q brings markup:\n%s", word, html)
		}
		if got, want := strings.Count(html, `"`), strings.Count(must(plain.HTML()), `"`); got != want {
			t.Errorf("%q brings quotes:\n%s", word, html)
		}
		for _, r := range text + strings.ReplaceAll(html, "\n", "") {
			if r != '\n' && (r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c) {
				t.Errorf("%q brings %U", word, r)
			}
		}
		if word == `{{.}}` && (!strings.Contains(text, "{{.}}") || !strings.Contains(html, "{{.}}")) {
			t.Error("{{.}} is not printed as it is")
		}
		if word == `<script>alert(1)</script>` && !strings.Contains(html, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("it is not escaped but gone:\n%s", html)
		}
	}
}

// A buyer's note keeps to its line, so that it cannot look like a figure of ours.
func TestConfirmationNote(t *testing.T) {
	c := smallOrder().Confirmation(Contact{Notes: map[int]string{1: "a\n\n  2. Gold  [GOLD]\n     1 x 0.01 GBP", 99: "of no line"}})
	if text := c.Text(); !strings.Contains(text, "     Note: a 2. Gold [GOLD] 1 x 0.01 GBP\n") || strings.Contains(text, "of no line") {
		t.Error(text)
	}
}

func TestConfirmationRender(t *testing.T) {
	c := smallOrder().Confirmation(buyer())
	html := template.Must(template.New("mine").Parse(`<p>{{.Number}} {{.When}} {{.Total}} for {{.Contact.Name}}</p>{{range .Lines}}<i>{{.N}} {{.Name}} {{.SKU}} {{.Label}} {{.Figure}} {{.Total}} {{.Note}}</i>{{end}}`))
	got := must(c.Render(html))
	if want := "<p>1001 2026-01-14 00:00 UTC 80.34 GBP for Ada Byron</p><i>1 Shirt SHIRT-L Shirt (Size: L, Colour: red) 2 x 15.00 GBP, instead of 20.00 GBP 30.00 GBP Please wrap it.\nThank you.</i>"; !strings.HasPrefix(got, want) {
		t.Errorf("%s, want it to begin with %s", got, want)
	}
	text := texttemplate.Must(texttemplate.New("mine").Parse(`{{range .Shipping}}{{.}}; {{end}}{{.Reasons.Amount}}`))
	if got, want := must(c.Render(text)), "C. Babbage; Engines Ltd; 1 Dorset Street; Back yard; W1U 4EG London; Kent; GB; 80.34 GBP"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := c.Render(texttemplate.Must(texttemplate.New("bad").Parse(`{{.Nothing}}`))); err == nil || !strings.Contains(err.Error(), "confirmation of order 1001") {
		t.Errorf("error %v", err)
	}
	if got, err := c.Render(failing{}); got != "" || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%q, error %v", got, err)
	}
}

type failing struct{}

func (failing) Execute(w io.Writer, _ any) error {
	io.WriteString(w, "half of it")
	return io.ErrShortWrite
}
